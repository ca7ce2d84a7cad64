// Mistakes of a file with their places, for programs that show them (editors, CI).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace messina::cli {

struct Finding {
    std::string file;
    int line = 0;  // from 1; 0: of the file as a whole
    int column = 0;
    std::string code = {};     // of the first of several
    std::string message = {};  // the first line: what is wrong
    std::string hint = {};
};

/// One error may tell of several mistakes, each beginning with "file:line:column: ".
std::vector<Finding> find_places(const std::string& file, const Error& error);
std::string to_json(const std::vector<Finding>& findings);

}  // namespace messina::cli
