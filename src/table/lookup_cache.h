// The cache in front of a table: bounded by bytes, short TTL, negative entries explicit, single
// flight. Built for batches: all keys of a batch are hashed first, their buckets prefetched, then
// probed.
//
// Threads: belongs to one worker (no locks). Entries are copied out on a hit, so eviction never
// invalidates what a batch holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/clock.h"
#include "data/value.h"

namespace messina::table {

struct LookupCacheOptions {
    size_t bytes_max = 64u << 20;
    Nanos ttl = std::chrono::milliseconds(5);
    Nanos negative_ttl = std::chrono::milliseconds(5);  // zero: misses are not kept
    size_t column_count = 1;                            // values per row
};

struct LookupCacheStats {
    uint64_t hits = 0;
    uint64_t negative_hits = 0;
    uint64_t misses = 0;
    uint64_t evictions = 0;
    uint64_t entries = 0;
    uint64_t bytes = 0;
};

class LookupCache {
  public:
    enum class Found : uint8_t { Miss, Row, NoRow };

    virtual ~LookupCache() = default;
    /// Probes all `keys` (see KeyEncoder) at the time `now`. For a Row the values are written to
    /// `values[i * column_count …]`, texts copied into `arena`.
    virtual void probe(std::span<const std::string_view> keys, Instant now, std::span<Found> found,
                       Value* values, Arena& arena) = 0;
    /// Puts a row (or, with `row` null, the knowledge that there is none) under `key`.
    virtual void put(std::string_view key, const Value* row, Instant now) = 0;
    /// Forgets a key: an upsert of the same pipeline went past it.
    virtual void forget(std::string_view key) = 0;
    [[nodiscard]] virtual LookupCacheStats stats() const = 0;
};

std::unique_ptr<LookupCache> make_lookup_cache(LookupCacheOptions options);

}  // namespace messina::table
