// From a table's keys (see KeyEncoder) to RocksDB's keys and back.
//
// Without clustering columns a row has its encoded key (of a single key column just its bytes).
// With clustering columns a partition is a run of keys: its encoded partition key, then 0 for its
// head (partition deletion, deleted ranges, static columns) or 1 and the sortable clustering
// columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/error.h"
#include "table/store.h"

namespace messina::table {

class StoredKeys {
  public:
    explicit StoredKeys(const TableSchema& schema);

    [[nodiscard]] bool has_clustering() const { return !clustering_.empty(); }

    /// An encoded key taken apart: its partition key, and the clustering columns after it (none,
    /// some or all). Errors are of class Poison.
    struct Parts {
        std::string_view partition;   // encoded
        std::string_view clustering;  // encoded
        size_t clustering_count = 0;
    };
    Result<Parts> split(std::string_view key) const;
    /// What a server refuses in a partition key when it is written or read.
    [[nodiscard]] Result<void> check_partition(std::string_view partition) const;

    /// For tables without clustering columns: a view into `partition`.
    [[nodiscard]] std::string_view single(std::string_view partition) const {
        return partition_count_ == 1 ? partition.substr(sizeof(uint32_t)) : partition;
    }
    static void append_head(std::string_view partition, Buffer& out);
    /// The rows of a partition begin with this.
    static void append_rows_prefix(std::string_view partition, Buffer& out);
    /// Appends the sortable form of the encoded leading clustering columns.
    Result<void> append_clustering(std::string_view encoded, Buffer& out) const;
    /// The serialized clustering columns of a sortable form.
    Result<std::vector<std::optional<std::string>>> clustering_of(std::string_view ordered) const;

    /// Serialized key column number `index` out of an encoded key, if it has that many.
    static std::optional<std::string_view> column_of(std::string_view key, size_t index);

  private:
    size_t partition_count_;
    std::vector<Column> partition_;
    std::vector<Column> clustering_;
};

/// A piece of a partition, in sortable clustering bytes: from `begin` up to before `end`.
struct Bounds {
    std::string begin;
    std::string end;
    bool is_endless = false;  // then `end` is empty
};
Result<Bounds> make_bounds(const StoredKeys& keys, const ClusteringBound& from,
                           const ClusteringBound& to);

/// The smallest text greater than all that begin with `prefix`; empty when there is none.
std::string after_prefix(std::string_view prefix);

}  // namespace messina::table
