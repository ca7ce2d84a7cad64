#include "table/rocks_options.h"

#include <algorithm>

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "table/record_merge.h"

namespace messina::table {
namespace {

constexpr size_t kMiB = 1024 * 1024;

size_t write_buffer_bytes(const EmbeddedOptions& options) {
    return std::max(options.memory_bytes_max / 4, kMiB);
}

rocksdb::BlockBasedTableOptions block_options() {
    rocksdb::BlockBasedTableOptions options;
    // Measured: a block from the kernel's page cache costs no more than one from RocksDB's own
    // block cache, and rows are kept one by one in our row cache, which wastes nothing on their
    // neighbours.
    options.no_block_cache = true;
    options.block_size = 1024;
    options.block_restart_interval = 4;
    options.data_block_index_type =
        rocksdb::BlockBasedTableOptions::DataBlockIndexType::kDataBlockBinaryAndHash;
    options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options.checksum = rocksdb::kXXH3;
    options.format_version = 5;
    return options;
}

}  // namespace

size_t row_cache_bytes(const EmbeddedOptions& options) {
    return options.memory_bytes_max -
           std::min(options.memory_bytes_max, write_buffer_bytes(options));
}

rocksdb::DBOptions rocks_options(const EmbeddedOptions& options) {
    rocksdb::DBOptions rocks;
    rocks.create_if_missing = true;
    rocks.db_write_buffer_size = write_buffer_bytes(options);
    rocks.max_total_wal_size = 4 * write_buffer_bytes(options);
    rocks.max_background_jobs = 2;
    rocks.bytes_per_sync = kMiB;
    rocks.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    rocks.max_log_file_size = kMiB;
    rocks.keep_log_file_num = 2;
    rocks.stats_dump_period_sec = 0;
    return rocks;
}

rocksdb::ColumnFamilyOptions family_options(const EmbeddedOptions& options, Clock& clock) {
    rocksdb::ColumnFamilyOptions family;
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(block_options()));
    family.merge_operator = make_record_merge();
    family.compaction_filter_factory = make_record_purge(clock, options.grace);
    // Unpacking a block costs more than reading a row.
    family.compression = rocksdb::kNoCompression;
    family.write_buffer_size = write_buffer_bytes(options);
    family.memtable_whole_key_filtering = true;
    family.memtable_prefix_bloom_size_ratio = 0.05;
    // A row that is written over and over is folded while it is in memory, not when it is read.
    family.max_successive_merges = 64;
    family.level_compaction_dynamic_level_bytes = true;
    // What nothing else touches is compacted once a day, so that expired rows go.
    family.periodic_compaction_seconds = 24 * 60 * 60;
    return family;
}

}  // namespace messina::table
