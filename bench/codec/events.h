// The event of the codec benchmarks: an ad event of 224 bytes JSON on average, 12 fields, of which
// a pipeline wants 6.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "codec/codec.h"

namespace messina::codec {

inline constexpr size_t kBatchRows = 512;
inline constexpr size_t kBatches = 64;

inline constexpr std::string_view kWantedFields[] = {"ts",          "type",    "user_id",
                                                     "campaign_id", "country", "price"};

std::string json_event(Random& random);

/// Batches over one text of many records with a line end after each, as a source cuts them.
struct EventBatches {
    std::string text;
    std::vector<std::unique_ptr<Batch>> batches;
};
EventBatches make_batches(std::string (*make_event)(Random&), size_t slot_count, size_t site_count);

/// The wanted fields as slots 0…5.
Projection wanted_projection();

/// Reports the time of one event, each pass of the benchmark having gone through `batches`.
void report_per_event(benchmark::State& state, size_t batches);
/// Runs a benchmark nine times and shows the least and the median.
void repeat(benchmark::internal::Benchmark* benchmark);

}  // namespace messina::codec
