#include "cli/markdown.h"

#include <algorithm>

namespace messina::cli {
namespace {

std::string_view trim(std::string_view line) {
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return line;
}

bool holds_pipeline(std::string_view text) {
    return text.find("\npipeline:") != std::string_view::npos ||
           text.find("\npipelines:") != std::string_view::npos;
}

}  // namespace

std::vector<CodeBlock> find_pipelines(std::string_view markdown) {
    std::vector<CodeBlock> blocks;
    bool is_inside = false;
    bool is_yaml = false;
    size_t line_number = 0;
    std::string block;
    while (!markdown.empty()) {
        const size_t end = std::min(markdown.find('\n'), markdown.size());
        const std::string_view line = markdown.substr(0, end);
        markdown.remove_prefix(std::min(end + 1, markdown.size()));
        ++line_number;
        if (!trim(line).starts_with("```")) {
            if (is_inside) block.append(line).push_back('\n');
            continue;
        }
        if (is_inside && is_yaml && holds_pipeline(block)) blocks.push_back({std::move(block)});
        is_inside = !is_inside;
        const std::string_view tag = trim(line).substr(3);
        is_yaml = tag == "yaml" || tag == "yml";
        block.assign(line_number, '\n');
    }
    return blocks;
}

}  // namespace messina::cli
