// The embedded store: tables in one RocksDB directory of this process, with CQL's rules for
// timestamps, TTL and deletion.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "table/store.h"

namespace messina::table {

/// When a write counts as durable.
enum class Sync : uint8_t {
    Process,  // default: survives kill -9 of this process (write-ahead log handed to the kernel);
              // the last moments may be lost with the machine
    Machine,  // every write batch is synced to disk: survives loss of power, slower
};

struct EmbeddedOptions {
    std::string path;  // created when missing; ":memory:" keeps everything in memory (tests,
                       // `messina test`)
    std::vector<TableSchema> tables;
    Sync sync = Sync::Process;
    size_t memory_bytes_max = 64u << 20;  // row cache and write buffers together; besides them
                                          // about 3 bytes a row for indexes and filters
    Clock* clock = nullptr;               // null: the system clock; TTLs are seen through it
    std::chrono::seconds grace = std::chrono::hours(24);  // how long a deletion is remembered: an
                                                          // older write that comes later still may
                                                          // bring the row back
};

/// Opens or creates. A table whose definition differs from the stored one in its key is
/// Misconfigured; added columns are fine.
Result<std::unique_ptr<Store>> open_embedded(const EmbeddedOptions& options);

}  // namespace messina::table
