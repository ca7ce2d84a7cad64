// Figures of look-ups, their caches, and writes of one table; cells of one worker.
#pragma once

#include <string>

#include "observe/metrics.h"
#include "table/lookup_cache.h"

namespace messina::plan {

struct TableMeter {
    TableMeter(observe::Metrics& metrics, const std::string& pipeline, const std::string& table)
        : hits(metrics.counter(observe::kLookupHits, {{"pipeline", pipeline}, {"table", table}})),
          misses(
              metrics.counter(observe::kLookupMisses, {{"pipeline", pipeline}, {"table", table}})),
          cache_hits(metrics.counter(observe::kLookupCacheHits,
                                     {{"pipeline", pipeline}, {"table", table}})),
          cache_negative_hits(metrics.counter(observe::kLookupCacheNegativeHits,
                                              {{"pipeline", pipeline}, {"table", table}})),
          cache_misses(metrics.counter(observe::kLookupCacheMisses,
                                       {{"pipeline", pipeline}, {"table", table}})),
          shared(
              metrics.counter(observe::kLookupShared, {{"pipeline", pipeline}, {"table", table}})),
          errors(
              metrics.counter(observe::kLookupErrors, {{"pipeline", pipeline}, {"table", table}})),
          writes(
              metrics.counter(observe::kTableWrites, {{"pipeline", pipeline}, {"table", table}})) {}

    observe::Counter& hits;                 // rows found, wherever they came from
    observe::Counter& misses;               // keys without a row
    observe::Counter& cache_hits;           // answered by the cache, found or known to be missing
    observe::Counter& cache_negative_hits;  // of them, known to be missing
    observe::Counter& cache_misses;         // keys asked of the store
    observe::Counter& shared;               // answered by a read already under way
    observe::Counter& errors;
    observe::Counter& writes;
};

/// What one worker's look-up remembers.
struct CacheMeter {
    CacheMeter(observe::Metrics& metrics, const std::string& pipeline, const std::string& step)
        : evictions(metrics.counter(observe::kLookupCacheEvictions,
                                    {{"pipeline", pipeline}, {"step", step}})),
          entries(metrics.gauge(observe::kLookupCacheEntries,
                                {{"pipeline", pipeline}, {"step", step}})),
          bytes(metrics.gauge(observe::kLookupCacheBytes,
                              {{"pipeline", pipeline}, {"step", step}})) {}
    void note(const table::LookupCacheStats& stats) {
        evictions.set_total(stats.evictions);
        entries.set(static_cast<double>(stats.entries));
        bytes.set(static_cast<double>(stats.bytes));
    }

    observe::Counter& evictions;
    observe::Gauge& entries;
    observe::Gauge& bytes;
};

}  // namespace messina::plan
