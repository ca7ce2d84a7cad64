#include "config/yaml_syntax.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace messina::config {
namespace {

enum class Place : uint8_t {
    There,      // where yaml-cpp stumbled
    Opening,    // where the list or map begins that it was reading
    LastValue,  // where it still read well
};

struct Explanation {
    std::string_view said;  // the beginning of yaml-cpp's message
    std::string_view meant;
    std::string_view hint;
    Place place = Place::There;
};

constexpr std::array<Explanation, 12> kExplanations = {{
    {"end of map not found", "this does not belong to the map before it",
     "keys of one map stand in the same column; text with ': ' in it, or with a quote or bracket "
     "in front, needs quotes"},
    {"end of sequence not found", "this does not belong to the list before it",
     "the items of a list each begin with '- ', all in the same column"},
    {"end of map flow not found", "this '{' is not closed by '}'",
     "inside braces, text with one of ,?[]{} needs quotes", Place::Opening},
    {"end of sequence flow not found", "this '[' is not closed by ']'",
     "inside brackets, text with one of ,?[]{} needs quotes", Place::Opening},
    {"illegal flow end", "this bracket closes nothing", "put text with brackets in quotes"},
    {"illegal map value", "unexpected ':'",
     "put text that contains ': ' in quotes, or mend the indentation"},
    {"illegal map key", "unexpected '?'", "put text that begins with '?' in quotes"},
    {"illegal block entry", "unexpected '-'",
     "a list begins on the line after its key; put text that begins with '- ' in quotes"},
    {"illegal EOF in scalar", "a quote opened after this is not closed", "", Place::LastValue},
    {"illegal document indicator in scalar", "a quote opened after this is not closed", "",
     Place::LastValue},
    {"unknown token", "unexpected character",
     "put the text in quotes: it has a character with a meaning in YAML, such as @ ` % | > ? *"},
    {"the referenced anchor is not defined", "an alias without its anchor",
     "define it before with &name, or put text that begins with '*' in quotes"},
}};

}  // namespace

Error explain_syntax(const YAML::Exception& exception, Marker& marker, const ReadSoFar& so_far) {
    const size_t line_start =
        marker.line_start(static_cast<size_t>(std::max(0, exception.mark.line)) + 1);
    const Mark there =
        marker.at(line_start + static_cast<size_t>(std::max(0, exception.mark.column)));
    const std::string_view line = line_of(there);
    const size_t tab = line.find('\t');
    if (tab != std::string_view::npos && tab < line.find_first_not_of(" \t")) {
        return error_at(marker.at(line_start + tab), "config.yaml", "a tab in the indentation",
                        "YAML is indented with spaces", 1);
    }
    for (const Explanation& explanation : kExplanations) {
        if (!exception.msg.starts_with(explanation.said)) continue;
        const bool is_opening = explanation.place == Place::Opening;
        const bool is_last = explanation.place == Place::LastValue;
        return error_at(is_opening ? so_far.innermost_opened
                        : is_last  ? so_far.last_value
                                   : there,
                        "config.yaml", std::string(explanation.meant),
                        std::string(explanation.hint), is_last ? 0 : 1);
    }
    return error_at(there, "config.yaml", exception.msg);
}

}  // namespace messina::config
