#include "cli/finding.h"

#include <algorithm>
#include <charconv>

#include "base/arena.h"
#include "codec/json.h"

namespace messina::cli {
namespace {

constexpr std::string_view kHint = "  hint: ";

/// Takes a number and the colon after it off `text`.
bool take_number(std::string_view& text, int& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = static_cast<size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || length == text.size() || text[length] != ':') return false;
    text.remove_prefix(length + 1);
    return true;
}

/// "file:12:7: what is wrong" as a finding.
bool read_place(const std::string& file, std::string_view line, Finding& finding) {
    if (!line.starts_with(file) || !line.substr(file.size()).starts_with(':')) return false;
    line.remove_prefix(file.size() + 1);
    if (!take_number(line, finding.line) || !take_number(line, finding.column)) return false;
    if (line.starts_with(' ')) line.remove_prefix(1);
    finding.message = line;
    return true;
}

}  // namespace

std::vector<Finding> find_places(const std::string& file, const Error& error) {
    std::vector<Finding> findings;
    const std::string text = error.to_text();
    std::string_view rest = text;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        Finding finding{.file = file, .code = std::string(error.code)};
        if (read_place(file, line, finding)) {
            findings.push_back(std::move(finding));
        } else if (findings.empty()) {
            finding.message = line;
            findings.push_back(std::move(finding));
        } else if (line.starts_with(kHint)) {
            findings.back().hint = line.substr(kHint.size());
        }
    }
    return findings;
}

std::string to_json(const std::vector<Finding>& findings) {
    Arena arena;
    Value* items = arena.make_array<Value>(findings.size());
    for (size_t i = 0; i < findings.size(); ++i) {
        const Finding& finding = findings[i];
        MapEntry* entries = arena.make_array<MapEntry>(6);
        entries[0] = {Value::string("file"), Value::string(finding.file)};
        entries[1] = {Value::string("line"), Value::integer(finding.line)};
        entries[2] = {Value::string("column"), Value::integer(finding.column)};
        entries[3] = {Value::string("code"), Value::string(finding.code)};
        entries[4] = {Value::string("message"), Value::string(finding.message)};
        entries[5] = {Value::string("hint"), Value::string(finding.hint)};
        items[i] = Value::map({entries, 6});
    }
    return codec::to_json(Value::list({items, findings.size()}));
}

}  // namespace messina::cli
