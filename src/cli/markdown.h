// Pipeline files inside Markdown: code blocks tagged yaml that hold `pipeline:` or `pipelines:`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace messina::cli {

struct CodeBlock {
    /// The block, with empty lines before it for those of the document: marks then show the
    /// document's lines.
    std::string text;
};

std::vector<CodeBlock> find_pipelines(std::string_view markdown);

}  // namespace messina::cli
