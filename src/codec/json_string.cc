#include "codec/json_string.h"

#include <cstring>

namespace messina::codec {
namespace {

constexpr uint32_t kNoCodeUnit = UINT32_MAX;

uint32_t hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
    return kNoCodeUnit;
}

/// The code unit of "\uXXXX" at `p`, or kNoCodeUnit.
uint32_t code_unit(const char* p, const char* end) {
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return kNoCodeUnit;
    uint32_t unit = 0;
    for (size_t i = 2; i < 6; ++i) {
        const uint32_t digit = hex_digit(p[i]);
        if (digit == kNoCodeUnit) return kNoCodeUnit;
        unit = unit << 4 | digit;
    }
    return unit;
}

bool is_high_surrogate(uint32_t unit) {
    return unit >= 0xd800 && unit <= 0xdbff;
}
bool is_low_surrogate(uint32_t unit) {
    return unit >= 0xdc00 && unit <= 0xdfff;
}

char simple_escape(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/': return c;
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return '\0';
    }
}

char* append_utf8(char* to, uint32_t point) {
    const auto put = [&to](uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0 | point >> 6);
        put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    }
    return to;
}

}  // namespace

const char* escape_end(const char* p, const char* end, JsonFault& fault) {
    fault = JsonFault::BadEscape;
    if (end - p < 2) return nullptr;
    if (simple_escape(p[1]) != '\0') return p + 2;
    const uint32_t unit = code_unit(p, end);
    if (unit == kNoCodeUnit) return nullptr;
    if (is_high_surrogate(unit)) {
        if (is_low_surrogate(code_unit(p + 6, end))) return p + 12;
        fault = JsonFault::LoneSurrogate;
        return nullptr;
    }
    if (is_low_surrogate(unit)) {
        fault = JsonFault::LoneSurrogate;
        return nullptr;
    }
    return p + 6;
}

std::string_view unescape(std::string_view raw, Arena& arena) {
    // No escape sequence is shorter than what it stands for.
    char* const begin = static_cast<char*>(arena.allocate(raw.size(), 1));
    char* to = begin;
    const char* p = raw.data();
    const char* const end = p + raw.size();
    while (p != end) {
        const void* found = std::memchr(p, '\\', static_cast<size_t>(end - p));
        const char* const slash = found == nullptr ? end : static_cast<const char*>(found);
        to = std::copy(p, slash, to);
        p = slash;
        if (p == end) break;
        const char simple = simple_escape(p[1]);
        if (simple != '\0') {
            *to++ = simple;
            p += 2;
            continue;
        }
        uint32_t point = code_unit(p, end);
        p += 6;
        if (is_high_surrogate(point)) {
            point = 0x10000 + ((point - 0xd800) << 10) + (code_unit(p, end) - 0xdc00);
            p += 6;
        }
        to = append_utf8(to, point);
    }
    return {begin, static_cast<size_t>(to - begin)};
}

}  // namespace messina::codec
