// One table of a cluster, for one worker.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cql/session.h"
#include "table/cql/cql_calls.h"
#include "table/cql/segments.h"
#include "table/cql/statement_text.h"
#include "table/store.h"
#include "table/stored_key.h"

namespace messina::table {

/// What the tables of one store share.
struct CqlContext {
    CqlContext(cql::Loop& loop, cql::ConnectOptions connection, cql::SessionLimits limits)
        : session(loop, std::move(connection), limits) {}

    cql::Session session;
    std::string keyspace;
    std::optional<cql::Consistency> read_consistency;
    std::vector<TableSchema> tables;

    [[nodiscard]] cql::Session::StatementUse read_use() const {
        return {.is_read = true, .consistency = read_consistency};
    }
};

/// INSERTs of one shape of key: one statement for all columns that were ever written; those that a
/// mutation does not name are left as they are. So there are never more statements than columns.
class InsertPlan {
  public:
    InsertPlan(size_t column_count, size_t key_count)
        : positions_(column_count), key_count_(key_count) {}
    /// The statement that can take these columns.
    cql::Statement& statement(std::span<const size_t> columns, const StatementText& text,
                              cql::Session& session);
    /// Appends a value for each column of the statement.
    void append_cells(const Mutation& mutation, cql::ValueWriter& values);

  private:
    static constexpr size_t kNone = SIZE_MAX;
    std::vector<size_t> columns_;                   // of the statement
    std::vector<std::optional<size_t>> positions_;  // of each column of the table among these
    std::vector<size_t> cells_;                     // scratch: for each, its cell in the mutation
    size_t key_count_;
    cql::Statement* statement_ = nullptr;
};

class CqlTable final : public Table {
  public:
    CqlTable(std::shared_ptr<CqlContext> context, const TableSchema& schema);

    [[nodiscard]] const TableSchema& schema() const override { return schema_; }
    void read(const ReadRequest& request, ReadReceiver& receiver) override;
    void write(std::span<const Mutation> mutations, WriteReceiver& receiver) override;
    void read_partition(const PageRequest& request,
                        std::function<void(Result<Page>)> done) override;

    // For its calls:
    std::unique_ptr<CqlCall> retire(CqlCall& call) { return calls_.retire(call); }
    [[nodiscard]] Error in_table(const Error& error) const;
    [[nodiscard]] cql::Session& session() { return context_->session; }

  private:
    // cql_read.cc
    Result<cql::Statement*> read_statement(std::span<const size_t> columns);
    [[nodiscard]] Result<void> check_row_key(std::string_view key) const;
    // cql_write.cc; what is asked for is put to `handler` with `tag`; gives how many requests.
    Result<size_t> send(const Mutation& mutation, cql::RequestHandler& handler, uint64_t tag);
    Result<size_t> send_upsert(const Mutation& mutation, const StoredKeys::Parts& parts,
                               cql::RequestHandler& handler, uint64_t tag);
    Result<size_t> send_delete_columns(const Mutation& mutation, const StoredKeys::Parts& parts,
                                       cql::RequestHandler& handler, uint64_t tag);
    Result<size_t> send_delete_range(const Mutation& mutation, const StoredKeys::Parts& parts,
                                     cql::RequestHandler& handler, uint64_t tag);
    void send_delete(std::span<const size_t> columns, std::string_view key, size_t key_count,
                     int64_t timestamp, cql::RequestHandler& handler, uint64_t tag);
    [[nodiscard]] Result<void> sort_columns(const Mutation& mutation);

    std::shared_ptr<CqlContext> context_;
    const TableSchema schema_;
    const StoredKeys keys_;
    const StatementText text_;
    const size_t partition_count_;
    const size_t key_count_;
    CqlCalls calls_{context_->session};

    std::map<std::vector<size_t>, cql::Statement*> reads_;  // by columns
    InsertPlan row_insert_;
    InsertPlan static_insert_;
    // Scratch of one call.
    cql::ValueWriter values_;
    std::vector<size_t> columns_;
    std::vector<size_t> static_columns_;
    std::vector<size_t> regular_columns_;
};

}  // namespace messina::table
