// RocksDB's side of records: how it merges writes of one key, and what it drops while compacting.
#pragma once

#include <chrono>
#include <memory>

#include <rocksdb/compaction_filter.h>
#include <rocksdb/merge_operator.h>

#include "base/clock.h"

namespace messina::table {

std::shared_ptr<rocksdb::MergeOperator> make_record_merge();

/// Drops what is expired or deleted for longer than `grace`.
std::shared_ptr<rocksdb::CompactionFilterFactory> make_record_purge(Clock& clock,
                                                                    std::chrono::seconds grace);

/// Seconds since the epoch as records hold them.
uint32_t seconds_of(WallTime time);

}  // namespace messina::table
