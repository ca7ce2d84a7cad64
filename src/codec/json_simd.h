// The few vector operations of the JSON scanner, 32 bytes at a time whatever the machine's width.
// A kernel is a type with the two functions below; the AVX2 kernel is in json_projector_avx2.cc,
// the only file compiled for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace messina::codec {

inline constexpr size_t kJsonBlockBytes = 32;

struct JsonPortable {
    /// Bit i is set when byte i ends a run of plain string bytes: a quote, a backslash or a control
    /// character. `high` becomes non-zero when a byte is not ASCII.
    static uint32_t string_stops(const char* block, uint32_t& high) {
        uint32_t stops = 0;
        for (size_t i = 0; i < kJsonBlockBytes; ++i) {
            const auto byte = static_cast<unsigned char>(block[i]);
            high |= byte & 0x80U;
            if (byte < 0x20 || byte == '"' || byte == '\\') stops |= 1U << i;
        }
        return stops;
    }
    /// Whether the bytes agree where `mask` has a bit.
    static bool is_equal(const char* block, const char* other, uint32_t mask) {
        uint32_t equal = 0;
        for (size_t i = 0; i < kJsonBlockBytes; ++i)
            if (block[i] == other[i]) equal |= 1U << i;
        return (~equal & mask) == 0;
    }
};

#if defined(__SSE2__)
struct JsonSse2 {
    static uint32_t string_stops(const char* block, uint32_t& high) {
        return half_stops(block, high) | half_stops(block + 16, high) << 16;
    }
    static bool is_equal(const char* block, const char* other, uint32_t mask) {
        const uint32_t equal = half_equal(block, other) | half_equal(block + 16, other + 16) << 16;
        return (~equal & mask) == 0;
    }

  private:
    static __m128i load(const char* p) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    }
    static uint32_t half_stops(const char* p, uint32_t& high) {
        const __m128i bytes = load(p);
        const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
        const __m128i slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
        const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        high |= static_cast<uint32_t>(_mm_movemask_epi8(bytes));
        return static_cast<uint32_t>(
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), controls)));
    }
    static uint32_t half_equal(const char* a, const char* b) {
        return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(load(a), load(b))));
    }
};
using JsonBaseline = JsonSse2;
#else
using JsonBaseline = JsonPortable;
#endif

}  // namespace messina::codec
