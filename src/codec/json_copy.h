// Copying text while looking at it: one pass instead of a search and a copy. For texts of tens to
// hundreds of bytes, where a call of memcpy costs as much as the copy itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/buffer.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace messina::codec {

/// Whether a string with this byte needs an escape.
constexpr bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// Appends a few bytes (a key, a line end) without a call of memcpy.
inline void append_short(Buffer& out, std::string_view bytes) {
    const size_t size = bytes.size();
    out.reserve_more(size);
    char* const to = out.end_pointer();
    const char* const from = bytes.data();
    uint64_t first = 0;
    uint64_t last = 0;
    if (size > 16) [[unlikely]] {
        std::memcpy(to, from, size);
    } else if (size >= 8) {
        std::memcpy(&first, from, 8);
        std::memcpy(&last, from + size - 8, 8);
        std::memcpy(to, &first, 8);
        std::memcpy(to + size - 8, &last, 8);
    } else {
        for (size_t i = 0; i < size; ++i) to[i] = from[i];
    }
    out.advance(size);
}

#if defined(__SSE2__)

/// Which bytes to look for.
enum class JsonLookFor : uint8_t { Escapes, Controls };

template <JsonLookFor kWhat>
inline __m128i found_in(__m128i bytes) {
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    if constexpr (kWhat == JsonLookFor::Controls) return controls;
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return _mm_or_si128(_mm_or_si128(quotes, slashes), controls);
}

/// Copies `size` bytes; true when none of those looked for is among them. The last block overlaps
/// the one before it.
template <JsonLookFor kWhat>
inline bool copy_looking(char* to, const char* from, size_t size) {
    const auto step = [&](size_t i) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), bytes);
        return found_in<kWhat>(bytes);
    };
    if (size >= 16) [[likely]] {
        __m128i found = step(size - 16);
        size_t i = 0;
        for (; i + 64 < size; i += 64) {
            const __m128i front = _mm_or_si128(step(i), step(i + 16));
            const __m128i back = _mm_or_si128(step(i + 32), step(i + 48));
            found = _mm_or_si128(found, _mm_or_si128(front, back));
        }
        for (; i + 16 < size; i += 16) found = _mm_or_si128(found, step(i));
        return _mm_movemask_epi8(found) == 0;
    }
    const auto half_step = [&](size_t i) {
        const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to + i), bytes);
        return _mm_movemask_epi8(found_in<kWhat>(bytes)) & 0xff;
    };
    if (size >= 8) return (half_step(0) | half_step(size - 8)) == 0;
    bool is_clean = true;
    for (size_t i = 0; i < size; ++i) {
        to[i] = from[i];
        is_clean = is_clean &&
                   (kWhat == JsonLookFor::Controls ? static_cast<unsigned char>(from[i]) >= 0x20
                                                   : !needs_escape(from[i]));
    }
    return is_clean;
}

/// Copies a string's text; true when no byte of it needs an escape.
inline bool copy_plain(char* to, const char* from, size_t size) {
    return copy_looking<JsonLookFor::Escapes>(to, from, size);
}
/// Copies text; true when no byte of it is a control character.
inline bool copy_without_controls(char* to, const char* from, size_t size) {
    return copy_looking<JsonLookFor::Controls>(to, from, size);
}

#else

inline bool copy_plain(char* to, const char* from, size_t size) {
    if (size != 0) std::memcpy(to, from, size);
    return std::none_of(from, from + size, needs_escape);
}
inline bool copy_without_controls(char* to, const char* from, size_t size) {
    if (size != 0) std::memcpy(to, from, size);
    return std::none_of(from, from + size,
                        [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

#endif

}  // namespace messina::codec
