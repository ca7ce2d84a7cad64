#include "table/cql/cql_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "table/cql/cql_table.h"
#include "table/cql/schema_reader.h"
#include "table/cql/statement_table.h"

namespace messina::table {
namespace {

class CqlStore final : public Store {
  public:
    explicit CqlStore(std::shared_ptr<CqlContext> context) : context_(std::move(context)) {}

    Result<std::unique_ptr<Table>> open_table(std::string_view name) override {
        const auto found = std::ranges::find(context_->tables, name, &TableSchema::name);
        if (found != context_->tables.end()) return std::make_unique<CqlTable>(context_, *found);
        std::vector<std::string_view> names;
        for (const TableSchema& known : context_->tables) names.emplace_back(known.name);
        return fail(ErrorClass::Misconfigured, "table.unknown",
                    fmt::format("there is no table '{}' in keyspace {}", name, context_->keyspace),
                    did_you_mean(name, names));
    }
    Result<StatementSchema> describe(const std::string& text) override {
        return describe_statement(*context_, text);
    }
    Result<std::unique_ptr<Table>> open_statement(const StatementSpec& spec) override {
        return make_statement_table(context_, spec);
    }
    [[nodiscard]] std::vector<TableSchema> tables() const override { return context_->tables; }
    /// What was acknowledged is durable already.
    Result<void> sync() override { return {}; }

  private:
    std::shared_ptr<CqlContext> context_;
};

/// The order of rows is the table's, whatever the file says of it.
void take_order(std::vector<TableSchema>& wanted, const std::vector<TableSchema>& there) {
    for (TableSchema& table : wanted) {
        const auto found = std::ranges::find(there, table.name, &TableSchema::name);
        const size_t key_count = table.partition_key_count() + table.clustering_key_count();
        for (size_t i = 0; i < key_count; ++i)
            table.columns[i].is_descending = found->columns[i].is_descending;
    }
}

Result<void> create_missing(cql::Session& session, const CqlOptions& options,
                            std::vector<TableSchema>& there) {
    bool has_created = false;
    for (const TableSchema& table : options.tables) {
        if (std::ranges::find(there, table.name, &TableSchema::name) != there.end()) continue;
        constexpr std::string_view create = "CREATE TABLE ";
        const std::string text = table.to_cql(options.keyspace);
        MESSINA_TRY_VOID(
            session.query(std::string(create) + "IF NOT EXISTS " + text.substr(create.size())));
        has_created = true;
    }
    if (has_created) {
        MESSINA_TRY(there, read_tables(session, options.keyspace));
    }
    return {};
}

/// What is used of the tables there.
Result<std::vector<TableSchema>> find_tables(cql::Session& session, CqlOptions& options) {
    if (!options.checks_tables) return std::move(options.tables);
    MESSINA_TRY(auto there, read_tables(session, options.keyspace));
    if (options.tables.empty()) return there;
    if (options.creates_tables) MESSINA_TRY_VOID(create_missing(session, options, there));
    MESSINA_TRY_VOID(check_tables(options.tables, there, options.keyspace));
    take_order(options.tables, there);
    return std::move(options.tables);
}

}  // namespace

Result<std::unique_ptr<Store>> open_cql(cql::Loop& loop, CqlOptions options) {
    auto context = std::make_shared<CqlContext>(loop, options.connection, options.limits);
    if (options.meter != nullptr) context->session.measure(*options.meter);
    MESSINA_TRY_VOID(context->session.open());
    MESSINA_TRY(context->tables, find_tables(context->session, options));
    context->keyspace = std::move(options.keyspace);
    context->read_consistency = options.read_consistency;
    return std::make_unique<CqlStore>(std::move(context));
}

}  // namespace messina::table
