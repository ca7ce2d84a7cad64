// The statements of one table, as text. Values are always bound, names always quoted.
#pragma once

#include <span>
#include <string>

#include "table/cql/segments.h"
#include "table/store.h"

namespace messina::table {

class StatementText {
  public:
    StatementText(const TableSchema& schema, std::string_view keyspace);

    /// Binds the primary key. For tables with clustering columns one of these comes last besides:
    /// static columns alone cannot be read by a whole key.
    [[nodiscard]] std::string read_row(std::span<const size_t> columns) const;
    /// Binds the partition key, then the segment. Gives the clustering columns first.
    [[nodiscard]] std::string read_segment(std::span<const size_t> columns, const Segment& segment,
                                           bool is_reversed) const;
    /// Binds the first `key_count` key columns, the columns, the timestamp (µs), the TTL (s).
    [[nodiscard]] std::string insert(std::span<const size_t> columns, size_t key_count) const;
    /// Binds the timestamp, then the first `key_count` key columns; all columns when there are
    /// none.
    [[nodiscard]] std::string remove(std::span<const size_t> columns, size_t key_count) const;
    /// Binds the timestamp, the partition key, then the segment.
    [[nodiscard]] std::string remove_segment(const Segment& segment) const;

  private:
    [[nodiscard]] std::string where(size_t key_count) const;
    [[nodiscard]] std::string where(const Segment& segment) const;
    [[nodiscard]] std::string list(std::span<const size_t> columns) const;

    const TableSchema& schema_;
    std::string table_;
    size_t partition_count_;
    size_t clustering_count_;
};

}  // namespace messina::table
