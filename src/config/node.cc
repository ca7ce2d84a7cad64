#include "config/node.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "config/source_text.h"

namespace messina::config {
namespace {

constexpr size_t kExcerptCharactersMax = 120;
constexpr size_t kExcerptCharactersAfter = 30;  // shown from the marked place on, at least
constexpr size_t kErrorsToldMax = 20;

/// Characters of `line` as they can be shown: no tabs (carets must line up), no control characters
/// (a terminal would obey them).
std::vector<std::string> shown_characters(std::string_view line, size_t characters_max) {
    std::vector<std::string> shown;
    for (size_t i = 0; i < line.size() && shown.size() < characters_max;) {
        size_t end = i + 1;
        while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) ++end;
        const std::string_view character = line.substr(i, end - i);
        const auto byte = static_cast<unsigned char>(character[0]);
        const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
        if (is_control || find_invalid_utf8(character)) {
            shown.emplace_back("?");
        } else {
            shown.emplace_back(byte == '\t' ? " " : character);
        }
        i = end;
    }
    return shown;
}

/// Number of characters of the word or quoted text that `text` begins with.
size_t length_of_word(std::string_view text) {
    if (text.starts_with('"') || text.starts_with('\'')) {
        for (size_t i = 1; i < text.size(); ++i) {
            if (text[0] == '"' && text[i] == '\\') {
                ++i;
            } else if (text[i] == text[0]) {
                return count_characters(text.substr(0, i + 1));
            }
        }
        return count_characters(text);
    }
    size_t end = 0;
    while (end < text.size() &&
           std::string_view(" \t,[]{}").find(text[end]) == std::string_view::npos &&
           !(text[end] == ':' && (end + 1 == text.size() || text[end + 1] == ' '))) {
        ++end;
    }
    return count_characters(text.substr(0, end));
}

/// The line with carets under `length` characters from `column` (from 0). A long line is cut around
/// them.
std::string excerpt(const Mark& mark, size_t length) {
    const std::string_view line = line_of(mark);
    if (!mark.text || line.find_first_not_of(" \t") == std::string_view::npos) return {};
    const auto column = static_cast<size_t>(mark.column) - 1;
    const bool is_far = column + kExcerptCharactersAfter > kExcerptCharactersMax;
    const size_t before = is_far ? column + kExcerptCharactersAfter - kExcerptCharactersMax : 0;
    std::vector<std::string> shown = shown_characters(line, before + kExcerptCharactersMax);
    const bool is_cut = shown.size() == before + kExcerptCharactersMax;

    if (length == 0) {
        const size_t line_offset = offset_of(Mark{mark.file, mark.text, mark.line, 1});
        const size_t offset = std::min(offset_of(mark) - line_offset, line.size());
        length = length_of_word(line.substr(offset));
    }
    const size_t from = before < shown.size() ? before : 0;
    const size_t indent = std::min(column, shown.size()) - from;
    const size_t carets =
        std::clamp<size_t>(length, 1, std::max<size_t>(1, shown.size() - from - indent));
    const std::string_view cut_before = from > 0 ? "…" : "";
    return fmt::format(
        "\n{:>6} | {}{}{}\n{:>6} | {:{}}{:^>{}}", mark.line, cut_before,
        fmt::join(shown.begin() + static_cast<std::ptrdiff_t>(from), shown.end(), ""),
        is_cut ? "…" : "", "", "", indent + (from > 0 ? 1 : 0), "", carets);
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, value] : entries) {
        if (name.scalar == key) return &value;
    }
    return nullptr;
}

Error error_at(const Mark& mark, std::string_view code, std::string message, std::string hint,
               size_t length) {
    return Error{ErrorClass::Misconfigured, code,
                 fmt::format("{}:{}:{}: {}{}", mark.file ? *mark.file : "config", mark.line,
                             mark.column, message, excerpt(mark, length)),
                 std::move(hint)};
}

Error join_errors(std::vector<Error> errors) {
    MESSINA_CHECK(!errors.empty(), "join_errors without errors");
    if (errors.size() == 1) return std::move(errors.front());
    std::string message;
    for (size_t i = 0; i < std::min(errors.size(), kErrorsToldMax); ++i) {
        if (i > 0) message += '\n';
        message += errors[i].to_text();
    }
    if (errors.size() > kErrorsToldMax) {
        message += fmt::format("\n… and {} more", errors.size() - kErrorsToldMax);
    }
    return Error{ErrorClass::Misconfigured, "config.invalid", std::move(message)};
}

}  // namespace messina::config
