// The bytes of Avro's binary encoding: zigzag varints, little-endian floats, lengths.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace messina::codec::avro {

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

/// Where reading stands in one datum.
struct Cursor {
    const char* at;
    const char* end;

    [[nodiscard]] size_t left() const { return static_cast<size_t>(end - at); }
};

enum class VarintState : uint8_t { Ok, Truncated, TooLong };

/// Varints near the end of the input, longer than 8 bytes, or broken.
VarintState read_varint_slowly(Cursor& cursor, uint64_t& value);

inline constexpr uint64_t kContinues = 0x8080'8080'8080'8080;

/// The 7-bit groups of a varint that lies in the low bytes of a word, put together.
inline uint64_t join_varint(uint64_t word) {
    word &= ~kContinues;
    word = (word & 0x007f'007f'007f'007f) | ((word & 0x7f00'7f00'7f00'7f00) >> 1);
    word = (word & 0x0000'3fff'0000'3fff) | ((word & 0x3fff'0000'3fff'0000) >> 2);
    return (word & 0x0000'0000'0fff'ffff) | ((word & 0x0fff'ffff'0000'0000) >> 4);
}

inline VarintState read_varint(Cursor& cursor, uint64_t& value) {
    if (cursor.at != cursor.end && static_cast<signed char>(*cursor.at) >= 0) [[likely]] {
        value = static_cast<unsigned char>(*cursor.at++);
        return VarintState::Ok;
    }
    if (cursor.left() < 8) return read_varint_slowly(cursor, value);
    uint64_t word;
    std::memcpy(&word, cursor.at, sizeof(word));
    const uint64_t stops = ~word & kContinues;
    if (stops == 0) [[unlikely]]
        return read_varint_slowly(cursor, value);
    cursor.at += (static_cast<unsigned>(std::countr_zero(stops)) >> 3) + 1;
    value = join_varint(word & (stops ^ (stops - 1)));
    return VarintState::Ok;
}

inline VarintState skip_varint(Cursor& cursor) {
    if (cursor.left() >= 8) [[likely]] {
        uint64_t word;
        std::memcpy(&word, cursor.at, sizeof(word));
        const uint64_t stops = ~word & kContinues;
        if (stops != 0) [[likely]] {
            cursor.at += (static_cast<unsigned>(std::countr_zero(stops)) >> 3) + 1;
            return VarintState::Ok;
        }
    }
    uint64_t value;
    return read_varint_slowly(cursor, value);
}

inline int64_t unzigzag(uint64_t value) {
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}
inline uint64_t zigzag(int64_t value) {
    return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

inline void append_long(Buffer& out, int64_t value) {
    out.reserve_more(10);
    char* to = out.end_pointer();
    char* const begin = to;
    uint64_t rest = zigzag(value);
    while (rest >= 0x80) {
        *to++ = static_cast<char>(rest | 0x80);
        rest >>= 7;
    }
    *to++ = static_cast<char>(rest);
    out.advance(static_cast<size_t>(to - begin));
}
inline void append_prefixed(Buffer& out, std::string_view bytes) {
    append_long(out, static_cast<int64_t>(bytes.size()));
    out.append(bytes);
}
template <class T>
void append_little_endian(Buffer& out, T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append({bytes, sizeof(T)});
}
template <class T>
T load_little_endian(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

/// Whether the text is UTF-8; quick for short ASCII.
bool is_utf8_slowly(std::string_view text);
inline bool is_utf8(std::string_view text) {
    const char* at = text.data();
    size_t left = text.size();
    uint64_t seen = 0;
    for (; left >= 8; at += 8, left -= 8) seen |= load_little_endian<uint64_t>(at);
    if (left >= 4) {
        seen |= load_little_endian<uint32_t>(at);
        at += 4;
        left -= 4;
    }
    for (; left > 0; ++at, --left) seen |= static_cast<unsigned char>(*at);
    if ((seen & kContinues) == 0) [[likely]]
        return true;
    return is_utf8_slowly(text);
}

}  // namespace messina::codec::avro
