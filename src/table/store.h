// The port to tables: rows by key with CQL's semantics, whoever keeps them (embedded store on
// RocksDB; ScyllaDB or Cassandra).
//
// Threads: a Store is opened once and shared; a Session belongs to one worker, and its callbacks
// run on that worker's loop. Errors: classes decide what the caller does (engine/retry.h). Every
// write is idempotent: same row, same values, same timestamp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cql/type.h"
#include "data/value.h"

namespace messina::table {

enum class ColumnRole : uint8_t { PartitionKey, ClusteringKey, Static, Regular };

struct Column {
    std::string name;
    cql::Type type;
    ColumnRole role = ColumnRole::Regular;
    bool is_descending = false;  // clustering order
};

/// A table's definition. `columns` has partition key columns first, then clustering columns, each
/// in key order.
struct TableSchema {
    std::string name;  // without store or keyspace
    std::vector<Column> columns;
    std::chrono::seconds default_ttl{0};  // 0: none

    [[nodiscard]] std::optional<size_t> find(std::string_view column) const;
    [[nodiscard]] size_t partition_key_count() const;
    [[nodiscard]] size_t clustering_key_count() const;
    /// CREATE TABLE text, for messages and `check`.
    [[nodiscard]] std::string to_cql(std::string_view keyspace = {}) const;
};

/// A name as CQL has it: quoted where it must be.
std::string to_cql_name(std::string_view name);
/// A column's type as CREATE TABLE has it: collections frozen, since they are written whole.
std::string to_cql_type(const cql::Type& type);

/// A key is serialized once by the caller's KeyEncoder and used for cache, de-duplication and store
/// alike: each key column in key order, CQL serialized form, each with a 4-byte big-endian length
/// before it.
class KeyEncoder {
  public:
    /// For the first `column_count` key columns (at least the whole partition key).
    static Result<KeyEncoder> make(const TableSchema& schema, size_t column_count);
    /// Appends the key of `values` to `out`; an Absent or Null one, NaN, or one of a wrong type is
    /// refused with class Poison.
    Result<void> encode(std::span<const Value> values, Buffer& out) const;

  private:
    std::vector<cql::Type> types_;
};

/// One row as read: the wanted columns' serialized cells back to back; `cells[i]` is empty-optional
/// for a null cell.
struct RowView {
    std::span<const std::optional<std::string_view>> cells;
};

struct ReadRequest {
    std::span<const std::string_view> keys;  // encoded by KeyEncoder; full primary keys; distinct
    std::span<const size_t> columns;         // indexes into TableSchema::columns
};

/// Receives the outcome of key number `key`: a row, null when there is none, or an error. Views die
/// when it returns.
class ReadReceiver {
  public:
    virtual ~ReadReceiver() = default;
    virtual void on_row(size_t key, const RowView* row) = 0;
    virtual void on_error(size_t key, const Error& error) = 0;
    /// After the last key.
    virtual void on_end() = 0;
};

/// An Upsert is CQL's INSERT: the row exists from then on even when all its cells are null or gone,
/// until its TTL is over or it is deleted. Collections are written whole.
enum class MutationKind : uint8_t {
    Upsert,
    DeleteRow,
    DeletePartition,
    DeleteRange,
    DeleteColumns
};

/// A bound of a clustering range: a prefix of the clustering key (same encoding as keys, clustering
/// columns only); empty: no bound. `from` comes before `to` in the table's clustering order, so of
/// a descending column `from` has the greater value.
struct ClusteringBound {
    std::string_view prefix;
    bool is_inclusive = true;
};

struct Mutation {
    MutationKind kind = MutationKind::Upsert;
    std::string_view key;  // full primary key; partition key only for DeletePartition and
                           // DeleteRange, or when only static columns are written
    std::span<const size_t>
        columns;  // of Upsert and DeleteColumns: indexes into TableSchema::columns
    std::span<const std::optional<std::string_view>>
        cells;                 // of Upsert: serialized; nullopt writes a null (a cell tombstone)
    int64_t timestamp_us = 0;  // write timestamp
    int64_t ttl_seconds = 0;   // of Upsert; 0: the table's default, or none
    ClusteringBound from, to;  // of DeleteRange
};

class WriteReceiver {
  public:
    virtual ~WriteReceiver() = default;
    /// Mutation number `index` is durable as the store's options say (null error), or failed.
    virtual void on_written(size_t index, const Error* error) = 0;
};

struct PageRequest {
    std::string_view partition_key;
    std::span<const size_t> columns;
    ClusteringBound from, to;
    bool is_reversed = false;  // from `to` back to `from`
    size_t rows_max = 1000;
    std::string_view resume_after;  // Page::resume of the page before; empty: start
};

struct Page {
    struct Row {
        std::vector<std::optional<std::string>> clustering;  // serialized clustering columns
        std::vector<std::optional<std::string>> cells;
    };
    std::vector<Row> rows;
    std::string resume;  // empty: the partition has no more rows
};

class Table {
  public:
    virtual ~Table() = default;
    [[nodiscard]] virtual const TableSchema& schema() const = 0;
    /// Asks for all keys at once; receivers may be called before it returns. `receiver` must
    /// outlive the last call.
    virtual void read(const ReadRequest& request, ReadReceiver& receiver) = 0;
    virtual void write(std::span<const Mutation> mutations, WriteReceiver& receiver) = 0;
    virtual void read_partition(const PageRequest& request,
                                std::function<void(Result<Page>)> done) = 0;
};

struct StatementSchema;  // statement.h
struct StatementSpec;

class Store {
  public:
    virtual ~Store() = default;
    /// The table for the calling worker. An unknown name is Misconfigured, with the nearest known
    /// one as hint.
    virtual Result<std::unique_ptr<Table>> open_table(std::string_view name) = 0;
    [[nodiscard]] virtual std::vector<TableSchema> tables() const = 0;
    /// What a statement binds and gives; Misconfigured when the store refuses it, or runs none.
    virtual Result<StatementSchema> describe(const std::string& text);
    /// The statement as a table for the calling worker. It reads rows by `binds`, or writes
    /// mutations that have a cell for each bind (one without is left unset), no key, and a write
    /// timestamp that holds where the text has none.
    virtual Result<std::unique_ptr<Table>> open_statement(const StatementSpec& spec);
    /// Makes everything reported as written durable against loss of the machine too.
    virtual Result<void> sync() = 0;
};

}  // namespace messina::table
