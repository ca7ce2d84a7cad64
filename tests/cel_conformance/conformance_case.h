// One test of the specification, as export.cjs writes it, and the list of those that are left out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace messina::cel {

struct ConformanceCase {
    std::string id;
    std::string expr;
    std::string container;
    std::string type_env;  // JSON, as are the next four
    std::string bindings;
    std::string value;
    std::string deduced_type;
    std::string ast;    // how the parsed expression prints
    std::string type;   // how its type prints
    std::string error;  // what was wrong with it in a bare environment
    bool is_protobuf = false;
    bool disable_check = false;
    bool check_only = false;
    bool is_eval_error = false;
};

/// The cases of one set ("parsing"). Ends the program, saying how to get it, when the file is not
/// there.
std::vector<ConformanceCase> read_cases(const std::string& set);

/// Name and reason of each case that is known not to pass.
std::map<std::string, std::string> read_skipped();

}  // namespace messina::cel
