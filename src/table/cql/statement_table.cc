#include "table/cql/statement_table.h"

#include <fmt/format.h>

#include "cql/errors.h"
#include "cql/statement_facts.h"
#include "table/cql/schema_reader.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

cql::Session::StatementUse use_of(const CqlContext& context, bool is_read) {
    return is_read ? context.read_use() : cql::Session::StatementUse{};
}

Result<TableSchema> read_columns(const std::vector<cql::PreparedStatement::Column>& columns,
                                 ColumnRole role, const std::vector<cql::Type>& types) {
    TableSchema schema;
    for (const auto& column : columns) {
        Result<cql::Type> type = cql::parse_type(column.type, types);
        if (!type)
            return fail(
                std::move(type.error())
                    .at(fmt::format("'{}' of the statement, a {}", column.name, column.type)));
        schema.columns.push_back({column.name, std::move(*type), role});
    }
    return schema;
}

class StatementTable final : public Table {
  public:
    StatementTable(std::shared_ptr<CqlContext> context, StatementSpec spec)
        : context_(std::move(context)),
          spec_(std::move(spec)),
          statement_(context_->session.statement(spec_.text, use_of(*context_, spec_.is_read))) {}

    [[nodiscard]] const TableSchema& schema() const override { return spec_.schema.binds; }
    void read(const ReadRequest& request, ReadReceiver& receiver) override;
    void write(std::span<const Mutation> mutations, WriteReceiver& receiver) override;
    void read_partition(const PageRequest& /*request*/,
                        std::function<void(Result<Page>)> done) override {
        done(fail(no_range(schema())));
    }

  private:
    friend class StatementRead;
    friend class StatementWrite;

    void ask(std::string_view key, std::string_view paging, cql::RequestHandler& handler,
             uint64_t tag) {
        values_.clear();
        values_.add_encoded(key, static_cast<uint32_t>(spec_.schema.binds.columns.size()));
        context_->session.execute(statement_, values_, paging, handler, tag);
    }
    Result<void> bind(const Mutation& mutation);
    [[nodiscard]] Error cause_of(const Error& error) const;

    std::shared_ptr<CqlContext> context_;
    const StatementSpec spec_;
    cql::Statement& statement_;
    CqlCalls calls_{context_->session};
    // Scratch of one call.
    cql::ValueWriter values_;
    std::vector<const std::optional<std::string_view>*> cells_;
};

/// Takes the first row that comes for each key.
class StatementRead final : public CqlCall {
  public:
    StatementRead(StatementTable& table, ReadReceiver& receiver, const ReadRequest& request)
        : table_(table),
          receiver_(receiver),
          keys_(request.keys.begin(), request.keys.end()),
          columns_(request.columns.begin(), request.columns.end()),
          row_(table.spec_.schema.results.columns.size()),
          cells_(columns_.size()),
          outstanding_(keys_.size()) {}

    void ask_all() {
        for (size_t key = 0; key < keys_.size(); ++key) table_.ask(keys_[key], {}, *this, key);
        table_.context_->session.flush();
    }
    void on_rows(uint64_t tag, const cql::Rows& rows) override {
        const auto key = static_cast<size_t>(tag);
        cql::RowReader reader(rows);
        if (!reader.has_next() && !rows.paging.empty()) {
            // Pages may be empty, of filtered rows and of deleted ones.
            table_.ask(keys_[key], rows.paging, *this, tag);
            return;
        }
        if (!reader.has_next()) {
            receiver_.on_row(key, nullptr);
        } else if (reader.next(row_)) {
            for (size_t i = 0; i < columns_.size(); ++i) cells_[i] = row_[columns_[i]];
            const RowView view{cells_};
            receiver_.on_row(key, &view);
        } else {
            const cql::Failure failure{cql::Outcome::Protocol, 0,
                                       "the rows have other columns than the statement had"};
            receiver_.on_error(key, cql::to_error(failure, cql::Use::Execute));
        }
        settle_one();
    }
    void on_failure(uint64_t tag, const Error& error) override {
        receiver_.on_error(static_cast<size_t>(tag), error);
        settle_one();
    }

  private:
    void settle_one() {
        if (--outstanding_ > 0) return;
        const std::unique_ptr<CqlCall> held = table_.calls_.retire(*this);
        receiver_.on_end();
    }

    StatementTable& table_;
    ReadReceiver& receiver_;
    const std::vector<std::string> keys_;
    const std::vector<size_t> columns_;
    std::vector<std::optional<std::string_view>> row_;
    std::vector<std::optional<std::string_view>> cells_;
    size_t outstanding_;
};

class StatementWrite final : public CqlCall {
  public:
    StatementWrite(StatementTable& table, WriteReceiver& receiver, size_t outstanding)
        : table_(table), receiver_(receiver), outstanding_(outstanding) {}

    void on_rows(uint64_t tag, const cql::Rows& /*rows*/) override { settle(tag, nullptr); }
    void on_failure(uint64_t tag, const Error& error) override {
        const Error cause = table_.cause_of(error);
        settle(tag, &cause);
    }

  private:
    void settle(uint64_t mutation, const Error* error) {
        std::unique_ptr<CqlCall> held;
        if (--outstanding_ == 0) held = table_.calls_.retire(*this);
        receiver_.on_written(static_cast<size_t>(mutation), error);
    }

    StatementTable& table_;
    WriteReceiver& receiver_;
    size_t outstanding_;
};

void StatementTable::read(const ReadRequest& request, ReadReceiver& receiver) {
    if (request.keys.empty()) return receiver.on_end();
    calls_.start(std::make_unique<StatementRead>(*this, receiver, request)).ask_all();
}

/// Into values_.
Result<void> StatementTable::bind(const Mutation& mutation) {
    const TableSchema& binds = spec_.schema.binds;
    MESSINA_TRY_VOID(check_timestamp(mutation.timestamp_us));
    MESSINA_TRY_VOID(check_cells(mutation));
    cells_.assign(binds.columns.size(), nullptr);
    for (size_t i = 0; i < mutation.columns.size(); ++i)
        cells_[mutation.columns[i]] = &mutation.cells[i];
    // The driver looks for the partition before the server could refuse it.
    for (const size_t key : spec_.schema.partition_key)
        if (cells_[key] == nullptr || !cells_[key]->has_value())
            return fail(ErrorClass::Poison, "table.key_missing",
                        fmt::format("'{}' names the partition and is absent or null",
                                    binds.columns[key].name));
    values_.clear();
    for (const auto* cell : cells_) {
        if (cell == nullptr) {
            values_.add_unset();
        } else {
            values_.add(*cell);
        }
    }
    return {};
}

void StatementTable::write(std::span<const Mutation> mutations, WriteReceiver& receiver) {
    if (mutations.empty()) return;
    std::vector<std::pair<size_t, Error>> refused;
    StatementWrite& call =
        calls_.start(std::make_unique<StatementWrite>(*this, receiver, mutations.size()));
    for (size_t i = 0; i < mutations.size(); ++i) {
        if (auto bound = bind(mutations[i]); !bound) {
            refused.emplace_back(i, std::move(bound.error()));
            continue;
        }
        // A server takes none for conditions and counters.
        const auto timestamp =
            spec_.is_idempotent ? std::optional(mutations[i].timestamp_us) : std::nullopt;
        context_->session.execute(statement_, values_, {}, call, i, timestamp);
    }
    context_->session.flush();
    for (const auto& [index, error] : refused) call.on_failure(index, error);
}

/// What may have been applied is not to be sent again when that could apply it twice.
Error StatementTable::cause_of(const Error& error) const {
    if (spec_.is_idempotent || !cql::may_be_applied(error)) return error;
    return {ErrorClass::Poison, "cql.outcome_unknown",
            "nobody knows whether this was applied: " + error.message,
            "the statement is not idempotent, so that it is not sent again: look at the row, and "
            "send the record again if it lacks it"};
}

}  // namespace

Result<StatementSchema> describe_statement(CqlContext& context, const std::string& text) {
    MESSINA_TRY(const cql::StatementFacts facts, cql::read_statement(text));
    const bool is_read = facts.verb == cql::StatementFacts::Verb::Select;
    cql::Session& session = context.session;
    MESSINA_TRY(const cql::PreparedStatement* prepared,
                session.describe(session.statement(text, use_of(context, is_read))));
    MESSINA_TRY(const auto types, read_types(session, context.keyspace));
    StatementSchema schema;
    const std::vector<cql::PreparedStatement::Column> markers = prepared->markers();
    MESSINA_TRY(
        schema.binds,
        read_columns(markers, is_read ? ColumnRole::PartitionKey : ColumnRole::Regular, types));
    MESSINA_TRY(schema.results, read_columns(prepared->results(), ColumnRole::Regular, types));
    for (size_t i = 0; i < markers.size(); ++i)
        if (markers[i].is_partition_key) schema.partition_key.push_back(i);
    return schema;
}

std::unique_ptr<Table> make_statement_table(std::shared_ptr<CqlContext> context,
                                            StatementSpec spec) {
    return std::make_unique<StatementTable>(std::move(context), std::move(spec));
}

}  // namespace messina::table
