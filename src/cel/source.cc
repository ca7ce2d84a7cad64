#include "cel/source.h"

#include <algorithm>

#include <fmt/core.h>

namespace messina::cel {
namespace {

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

size_t character_count(std::string_view text) {
    return static_cast<size_t>(
        std::ranges::count_if(text, [](char byte) { return !is_continuation(byte); }));
}

}  // namespace

Location Source::locate(Offset offset) const {
    const std::string_view before = text_.substr(0, offset);
    const size_t newline = before.rfind('\n');
    const std::string_view line =
        newline == std::string_view::npos ? before : before.substr(newline + 1);
    return {static_cast<uint32_t>(std::ranges::count(before, '\n') + 1),
            static_cast<uint32_t>(character_count(line) + 1)};
}

std::string Source::excerpt(Offset offset, Location location) const {
    // Only the surroundings of the place are shown of a very long line.
    constexpr size_t before_bytes_max = 80;
    constexpr size_t after_bytes_max = 60;
    size_t begin = text_.substr(0, offset).rfind('\n');
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    size_t end = std::min(text_.find('\n', offset), text_.size());
    if (offset - begin > before_bytes_max) begin = offset - before_bytes_max;
    if (end - offset > after_bytes_max) end = offset + after_bytes_max;
    while (begin < offset && is_continuation(text_[begin])) ++begin;
    while (end > offset && end < text_.size() && is_continuation(text_[end])) --end;

    std::string line(text_.substr(begin, end - begin));
    std::ranges::replace(line, '\t', ' ');
    std::erase(line, '\r');
    const size_t indent = character_count(text_.substr(begin, offset - begin));
    return fmt::format("{:5} | {}\n      | {:>{}}", location.line, line, '^', indent + 1);
}

std::unexpected<Error> Source::fail(Offset offset, std::string_view code, std::string_view message,
                                    std::string hint) const {
    const Location location = locate(offset);
    return messina::fail(ErrorClass::Misconfigured, code,
                         fmt::format("{}:{}: {}\n{}", location.line, location.column, message,
                                     excerpt(offset, location)),
                         std::move(hint));
}

}  // namespace messina::cel
