// The closing summary of a run: what came in, what went out, what was dropped where, look-ups, time
// and memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "observe/metrics.h"

namespace messina::cli {

struct Summary {
    struct Step {
        std::string name;
        std::string what;
        uint64_t dropped = 0;
        uint64_t failed = 0;
        double seconds = 0;  // inside the step, all workers
    };
    struct Table {
        std::string name;
        uint64_t hits = 0, misses = 0, cache_hits = 0, cache_misses = 0, shared = 0, writes = 0;
    };
    struct Sink {
        std::string name;
        std::string what;
        uint64_t records = 0;
        uint64_t bytes = 0;
    };
    std::string pipeline;
    uint64_t records_in = 0, bytes_in = 0, records_done = 0, dead_letters = 0, retries = 0;
    std::vector<Step> steps;
    std::vector<Table> tables;
    std::vector<Sink> sinks;
    Nanos elapsed{0};
    Nanos cpu{0};
    uint64_t memory_peak_bytes = 0;
    Nanos latency_p50{0}, latency_p99{0};

    /// Over all sinks.
    [[nodiscard]] uint64_t records_out() const;
    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] std::string to_json() const;
};

}  // namespace messina::cli
