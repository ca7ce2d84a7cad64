#include "cql/utf8.h"

#include <charconv>
#include <cstdint>
#include <cstring>

namespace messina::cql {
namespace {

/// How many of the leading bytes are ASCII, eight at a time.
size_t ascii_prefix(std::string_view text) {
    constexpr uint64_t top_bits = 0x8080'8080'8080'8080;
    size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & top_bits) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

/// The length of the character that `text` begins with; 0 when it is malformed.
size_t character_size(std::string_view text) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool is_overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool is_surrogate = first == 0xed && byte(1) > 0x9f;
        return continues(1) && continues(2) && !is_overlong && !is_surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool is_overlong = first == 0xf0 && byte(1) < 0x90;
        const bool is_too_large = first == 0xf4 && byte(1) > 0x8f;
        return continues(1) && continues(2) && continues(3) && !is_overlong && !is_too_large ? 4
                                                                                             : 0;
    }
    return 0;
}

}  // namespace

bool is_ascii(std::string_view text) {
    return ascii_prefix(text) == text.size();
}

bool is_utf8(std::string_view text) {
    while (true) {
        text.remove_prefix(ascii_prefix(text));
        if (text.empty()) return true;
        const size_t size = character_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
}

std::optional<std::string> parse_hex(std::string_view text) {
    if (!text.starts_with("0x") || text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (size_t i = 2; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto parsed = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + i + 2) return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

}  // namespace messina::cql
