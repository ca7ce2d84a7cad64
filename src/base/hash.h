// The hash of everything inside one process (caches, samples, lanes): XXH3. Not for what other
// programs must agree with.
#pragma once

#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace messina {

inline uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace messina
