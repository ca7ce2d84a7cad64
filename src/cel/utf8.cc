#include "cel/utf8.h"

#include <algorithm>

namespace messina::cel {
namespace {

struct Lead {
    uint32_t bytes;
    char32_t bits;
    char32_t smallest;  // an overlong form lies below
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
    if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

bool is_lead(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
    constexpr CodePoint malformed{kReplacement, 1, false};
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    if (lead.bytes == 0 || lead.bytes > text.size()) return malformed;
    char32_t value = lead.bits;
    for (uint32_t i = 1; i < lead.bytes; ++i) {
        if (is_lead(text[i])) return malformed;
        value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    if (value < lead.smallest || !is_scalar_value(value)) return malformed;
    return {value, lead.bytes, true};
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

size_t find_malformed_utf8(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        const CodePoint point = decode_utf8(text.substr(at));
        if (!point.is_valid) return at;
        at += point.bytes;
    }
    return std::string_view::npos;
}

size_t utf8_length(std::string_view text) {
    return static_cast<size_t>(std::ranges::count_if(text, is_lead));
}

size_t utf8_offset(std::string_view text, size_t index) {
    for (size_t at = 0; at < text.size(); ++at) {
        if (!is_lead(text[at])) continue;
        if (index == 0) return at;
        --index;
    }
    return index == 0 ? text.size() : std::string_view::npos;
}

}  // namespace messina::cel
