// Commented pipeline files to start from, one for each kind of job.
#pragma once

#include <span>
#include <string_view>

namespace messina::cli {

struct Template {
    std::string_view kind;
    std::string_view summary;
    std::string_view text;
};

std::span<const Template> templates();

}  // namespace messina::cli
