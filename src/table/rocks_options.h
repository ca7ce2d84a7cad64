// How RocksDB is set up for point reads of small rows.
#pragma once

#include <rocksdb/options.h>

#include "base/clock.h"
#include "table/embedded.h"

namespace messina::table {

/// How `memory_bytes_max` is divided.
size_t row_cache_bytes(const EmbeddedOptions& options);

rocksdb::DBOptions rocks_options(const EmbeddedOptions& options);
rocksdb::ColumnFamilyOptions family_options(const EmbeddedOptions& options, Clock& clock);

}  // namespace messina::table
