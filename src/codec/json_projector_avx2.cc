// The JSON decoder once more, compiled for AVX2 and chosen at run time.
//
// Only the templates of json_scanner.h and json_projector.h are inside the region, and only with
// the kernel below: everything else that they use is compiled before it, for any machine. So no
// inline function that other files share can be linked in from here with instructions the machine
// may lack.
#include "codec/json_kernel.h"

#if defined(__x86_64__)
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <immintrin.h>

#include "codec/json_builder.h"
#include "codec/json_error.h"
#include "codec/json_number.h"
#include "codec/json_simd.h"
#include "codec/json_site.h"
#include "codec/json_string.h"
#include "codec/json_trie.h"
#include "codec/json_utf8.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi")
#endif

#include "codec/json_projector.h"

namespace messina::codec {
namespace {

struct JsonAvx2 {
    static uint32_t string_stops(const char* block, uint32_t& high) {
        const __m256i bytes = load(block);
        const __m256i quotes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
        const __m256i slashes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
        const __m256i controls =
            _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
        high |= bits(bytes);
        return bits(_mm256_or_si256(_mm256_or_si256(quotes, slashes), controls));
    }
    static bool is_equal(const char* block, const char* other, uint32_t mask) {
        return (~bits(_mm256_cmpeq_epi8(load(block), load(other))) & mask) == 0;
    }

  private:
    static __m256i load(const char* p) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    static uint32_t bits(__m256i bytes) {
        return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
    }
};

std::unique_ptr<Decoder> make(const Projection& projection, JsonOptions options) {
    return std::unique_ptr<Decoder>(new JsonProjector<JsonAvx2>(projection, options));
}

}  // namespace
}  // namespace messina::codec

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace messina::codec {

std::unique_ptr<Decoder> make_avx2_json_decoder(const Projection& projection, JsonOptions options) {
    return make(projection, options);
}

}  // namespace messina::codec
#else
namespace messina::codec {

std::unique_ptr<Decoder> make_avx2_json_decoder(const Projection&, JsonOptions) {
    return nullptr;
}

}  // namespace messina::codec
#endif
