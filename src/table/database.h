// The RocksDB database behind an embedded store: its tables, how writes get into it, what it drops.
//
// Threads: opened once, then used by all workers and their tables, which keep it alive.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "table/embedded.h"
#include "table/record.h"
#include "table/row_cache.h"
#include "table/stored_key.h"

namespace messina::table {

/// One table of the database.
struct StoredTable {
    StoredTable(TableSchema table_schema, uint16_t table_number, std::vector<uint32_t> numbers)
        : schema(std::move(table_schema)),
          keys(schema),
          number(table_number),
          column_numbers(std::move(numbers)) {}

    /// Cells of columns that the definition no longer has are hidden.
    [[nodiscard]] bool has_column(uint32_t column_number) const {
        for (size_t i = first_cell; i < column_numbers.size(); ++i)
            if (column_numbers[i] == column_number) return true;
        return false;
    }

    const TableSchema schema;
    const StoredKeys keys;
    const uint16_t number;
    const std::vector<uint32_t> column_numbers;  // by column of the schema
    const size_t first_cell = schema.partition_key_count() + schema.clustering_key_count();
    rocksdb::ColumnFamilyHandle* family = nullptr;
    /// Whether any partition may have a head; reads look for one only then. Never goes back.
    std::atomic<bool> has_heads = false;
};

/// The error of a RocksDB call; `what` says what was tried.
Error to_error(const rocksdb::Status& status, std::string_view what);

class Database {
  public:
    static Result<std::shared_ptr<Database>> open(const EmbeddedOptions& options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] StoredTable* find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::unique_ptr<StoredTable>>& tables() const {
        return tables_;
    }
    rocksdb::DB& rocks() { return *rocks_; }
    RowCache& row_cache() { return row_cache_; }
    [[nodiscard]] uint32_t now_seconds() const;

    /// Writes a batch with the durability that was asked for.
    Result<void> commit(rocksdb::WriteBatch& batch);
    Result<void> sync();

    /// Puts into `batch` what lets garbage collection find a deletion in the head of `partition`.
    void note_head(StoredTable& table, std::string_view partition, bool has_deletion,
                   rocksdb::WriteBatch& batch);
    /// Drops deletions of partitions and ranges whose time is over, together with what they
    /// deleted. Writers call it; it does something once a minute at most.
    void collect_garbage();

  private:
    Database(const EmbeddedOptions& options, Clock& clock);
    Result<void> open_rocks();
    Result<void> open_table(const TableSchema& schema);
    Result<void> collect(StoredTable& table, std::string_view partition,
                         std::string_view queue_key);
    Result<std::string> read_head(StoredTable& table, std::string_view key);
    /// Writes the deletions to the rows that they delete.
    Result<void> hand_down(StoredTable& table, std::string_view partition, const Record& deletions);

    EmbeddedOptions options_;
    Clock& clock_;
    RowCache row_cache_;
    std::unique_ptr<rocksdb::Env> env_;  // only when everything is in memory
    std::unique_ptr<rocksdb::DB> rocks_;
    rocksdb::ColumnFamilyOptions family_options_;
    std::vector<rocksdb::ColumnFamilyHandle*> families_;
    std::vector<std::unique_ptr<StoredTable>> tables_;
    /// Writers share it; rewriting a head excludes them.
    std::shared_mutex head_mutex_;
    std::mutex garbage_mutex_;
    std::atomic<uint32_t> next_collection_ = 0;
};

}  // namespace messina::table
