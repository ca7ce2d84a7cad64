// From expressions to row writes: what the `upsert` step and the `table` sink share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/option.h"
#include "plan/key_plan.h"
#include "plan/statement_plan.h"
#include "plan/step_plan.h"

namespace messina::plan {

/// The options both declare: a table with its key and what is set, or a statement with its binds.
std::vector<config::Option> row_options();

/// What to write for one record. Immutable; shared by the workers.
struct RowPlan {
    struct Column {
        size_t index;  // in the schema
        std::unique_ptr<cel::Program> program;
        std::string text;
    };
    TableName table;
    std::string table_text;
    std::optional<StatementPlan> statement;  // instead of a table; then `columns` are its binds
    KeyPlan key;
    std::vector<Column> columns;
    std::unique_ptr<cel::Program> delete_when;  // null: never
    std::unique_ptr<cel::Program> ttl;          // seconds or a duration; null: the table's default
    std::unique_ptr<cel::Program> timestamp;    // null: the record's own

    static Result<RowPlan> make(const config::Options& options, BuildContext& context);
    [[nodiscard]] std::string describe() const;
    /// Whether a row written again changes nothing.
    [[nodiscard]] bool is_idempotent() const { return !statement || statement->spec.is_idempotent; }
    [[nodiscard]] const table::TableSchema& schema(const Stores& stores) const {
        return statement ? statement->spec.schema.binds : stores.schema(table);
    }

  private:
    static Result<RowPlan> make_for_table(const config::Options& options, BuildContext& context);
    static Result<RowPlan> make_for_statement(const config::Options& options,
                                              BuildContext& context);
};

/// Turns rows of a batch into mutations and writes them; one for each worker.
class RowWriter {
  public:
    static Result<std::unique_ptr<RowWriter>> make(const RowPlan& plan, BuildContext& context,
                                                   StepSupport support);

    /// Called for each row that cannot be turned into a mutation.
    using Refuse = std::function<void(RowIndex row, Error error)>;
    /// Prepares mutations for `rows`; those refused are not among them. Several of one key keep
    /// their order.
    void prepare(Batch& batch, std::span<const RowIndex> rows, const Refuse& refuse);
    /// The rows of the prepared mutations, in order.
    [[nodiscard]] const std::vector<RowIndex>& prepared() const { return rows_; }
    /// Writes what was prepared; `receiver` hears of mutation i as of row prepared()[i]. Everything
    /// given is copied by the store or lives in `batch`.
    void write(Batch& batch, table::WriteReceiver& receiver);
    /// The encoded key of prepared row i, until the next prepare().
    [[nodiscard]] std::string_view key(size_t i) const { return mutations_[i].key; }

  private:
    RowWriter(const RowPlan& plan, KeyBuilder keys, std::unique_ptr<table::Table> table,
              TableMeter meter);
    Result<void> prepare_row(Batch& batch, RowIndex row, table::Mutation& mutation);
    Result<void> encode_cells(Batch& batch, RowIndex row, table::Mutation& mutation);
    Result<int64_t> ttl_seconds(Batch& batch, RowIndex row) const;
    Result<int64_t> timestamp_us(Batch& batch, RowIndex row) const;

    const RowPlan& plan_;
    KeyBuilder keys_;
    std::unique_ptr<table::Table> table_;
    TableMeter meter_;
    Buffer scratch_;
    std::vector<RowIndex> rows_;
    std::vector<table::Mutation> mutations_;
    std::vector<size_t> column_indexes_;
};

}  // namespace messina::plan
