// UTF-8: the strings of CEL are sequences of code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace messina::cel {

inline constexpr char32_t kReplacement = 0xFFFD;

struct CodePoint {
    char32_t value = 0;
    uint32_t bytes = 1;
    bool is_valid = true;
};

/// The code point at the start of `text`, which is not empty. A malformed one has one byte and the
/// value kReplacement.
CodePoint decode_utf8(std::string_view text);
/// Appends `code_point`, which is a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);
inline bool is_scalar_value(char32_t code_point) {
    return code_point < 0xD800 || (code_point > 0xDFFF && code_point <= 0x10FFFF);
}
/// The offset of the first malformed byte, or npos.
size_t find_malformed_utf8(std::string_view text);
/// Number of code points.
size_t utf8_length(std::string_view text);
/// The byte offset of code point number `index`; text.size() when there are exactly so many; npos
/// beyond.
size_t utf8_offset(std::string_view text, size_t index);
inline bool is_ascii(std::string_view text) {
    for (const char byte : text)
        if (static_cast<unsigned char>(byte) >= 0x80) return false;
    return true;
}

}  // namespace messina::cel
