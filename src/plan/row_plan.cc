#include "plan/row_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"

namespace messina::plan {

std::vector<config::Option> row_options() {
    std::vector<config::Option> options = {
        {.name = "table",
         .type = config::text(),
         .doc = "Table to write: store.table. This and `key`, or a statement with `cql`.",
         .example = "tracking.id_match"},
        {.name = "key",
         .type = config::expression_map(),
         .doc = "Every column of the primary key, each a CEL expression.",
         .example = "{ id_type: '\"cookie\"', id: event.cookie }"},
        {.name = "set",
         .type = config::expression_map(),
         .doc = "Column to CEL expression. Null removes the cell; an expression that finds nothing "
                "leaves it as it is.",
         .example = "{ user_id: event.user_id }"},
        {.name = "delete_when",
         .type = config::expression(),
         .doc = "When true, the row is deleted instead.",
         .example = "event.op == \"d\""},
        {.name = "ttl",
         .type = config::expression(),
         .doc = "How long the row lives: a duration or seconds. 0 or absent: the table's default.",
         .example = "duration(\"720h\")"},
        {.name = "timestamp",
         .type = config::expression(),
         .doc = "Write timestamp: a timestamp, or microseconds since the epoch. The record's own "
                "when absent; the newest write of a "
                "cell wins, whatever order writes arrive in.",
         .example = "event.updated_at"},
    };
    std::ranges::move(statement_options(StatementUse::Write), std::back_inserter(options));
    return options;
}

namespace {

Result<std::vector<RowPlan::Column>> compile_columns(const config::Options& options,
                                                     const table::TableSchema& schema,
                                                     BuildContext& context) {
    std::vector<RowPlan::Column> columns;
    if (!options.has("set")) return columns;
    const size_t key_count = schema.partition_key_count() + schema.clustering_key_count();
    std::vector<std::string_view> names;
    for (size_t i = key_count; i < schema.columns.size(); ++i)
        names.push_back(schema.columns[i].name);
    for (const auto& [name, expression] : options.get_expression_map("set")) {
        const auto index = schema.find(name);
        if (!index || *index < key_count)
            return fail(config::error_at(
                expression.mark, "table.unknown_column",
                index ? fmt::format("'{}' belongs to the key of {}: set it under `key:`", name,
                                    schema.name)
                      : fmt::format("table {} has no column '{}'", schema.name, name),
                did_you_mean(name, names)));
        MESSINA_TRY(auto program, context.compile(expression));
        columns.push_back({*index, std::move(program), expression.text});
    }
    return columns;
}

Result<std::unique_ptr<cel::Program>> compile_optional(const config::Options& options,
                                                       std::string_view name,
                                                       BuildContext& context) {
    if (!options.has(name)) return nullptr;
    return context.compile(options.get_expression(name));
}

}  // namespace

Result<RowPlan> RowPlan::make(const config::Options& options, BuildContext& context) {
    MESSINA_TRY(const bool is_statement, names_statement(options, {"set", "delete_when", "ttl"}));
    MESSINA_TRY(RowPlan plan, is_statement ? make_for_statement(options, context)
                                           : make_for_table(options, context));
    MESSINA_TRY(plan.timestamp, compile_optional(options, "timestamp", context));
    return plan;
}

Result<RowPlan> RowPlan::make_for_statement(const config::Options& options, BuildContext& context) {
    RowPlan plan;
    MESSINA_TRY(plan.statement, StatementPlan::make(options, StatementUse::Write, context));
    StatementPlan& statement = *plan.statement;
    const bool takes_timestamp = !statement.has_timestamp && statement.spec.is_idempotent;
    if (options.is_given("timestamp") && !takes_timestamp)
        return fail(config::error_at(options.mark_of("timestamp"), "cql.timestamp_twice",
                                     statement.has_timestamp
                                         ? "the statement has a TIMESTAMP of its own"
                                         : "a statement that is not idempotent takes no timestamp",
                                     "leave `timestamp` out"));
    plan.table_text = statement.table_text();
    for (size_t i = 0; i < statement.binds.columns.size(); ++i)
        plan.columns.push_back(
            {i, std::move(statement.binds.columns[i]), statement.binds.texts[i]});
    return plan;
}

Result<RowPlan> RowPlan::make_for_table(const config::Options& options, BuildContext& context) {
    RowPlan plan;
    plan.table_text = options.get_text("table");
    Result<TableName> table = context.stores().resolve(plan.table_text);
    if (!table)
        return fail(config::error_at(options.mark_of("table"), table.error().code,
                                     table.error().message, table.error().hint,
                                     plan.table_text.size()));
    plan.table = *table;
    const table::TableSchema& schema = context.stores().schema(plan.table);
    MESSINA_TRY(plan.key, KeyPlan::make(schema, options.get_expression_map("key"),
                                        options.mark_of("key"), context));
    MESSINA_TRY(plan.columns, compile_columns(options, schema, context));
    MESSINA_TRY(plan.delete_when, compile_optional(options, "delete_when", context));
    MESSINA_TRY(plan.ttl, compile_optional(options, "ttl", context));
    return plan;
}

std::string RowPlan::describe() const {
    if (statement) return statement->describe();
    return fmt::format("{} by ({}), {} column{}{}", table_text, fmt::join(key.texts, ", "),
                       columns.size(), columns.size() == 1 ? "" : "s",
                       ttl == nullptr ? "" : ", with TTL");
}

RowWriter::RowWriter(const RowPlan& plan, KeyBuilder keys, std::unique_ptr<table::Table> table,
                     TableMeter meter)
    : plan_(plan), keys_(std::move(keys)), table_(std::move(table)), meter_(meter) {
    for (const RowPlan::Column& column : plan.columns) column_indexes_.push_back(column.index);
}

Result<std::unique_ptr<RowWriter>> RowWriter::make(const RowPlan& plan, BuildContext& context,
                                                   StepSupport support) {
    const Stores& stores = context.stores();
    MESSINA_TRY(KeyBuilder keys, KeyBuilder::make(plan.key, plan.schema(stores)));
    MESSINA_TRY(auto table, plan.statement
                                ? stores.open_statement(plan.statement->store, plan.statement->spec,
                                                        support.worker)
                                : stores.open_table(plan.table, support.worker));
    return std::unique_ptr<RowWriter>(new RowWriter(plan, std::move(keys), std::move(table),
                                                    support.table_meter(plan.table_text)));
}

void RowWriter::prepare(Batch& batch, std::span<const RowIndex> rows, const Refuse& refuse) {
    rows_.clear();
    mutations_.clear();
    for (const RowIndex row : rows) {
        table::Mutation mutation;
        Result<void> prepared = prepare_row(batch, row, mutation);
        if (!prepared) {
            refuse(row, std::move(prepared.error()).at("table " + plan_.table_text));
            continue;
        }
        rows_.push_back(row);
        mutations_.push_back(mutation);
    }
}

void RowWriter::write(Batch&, table::WriteReceiver& receiver) {
    meter_.writes.add(mutations_.size());
    table_->write(mutations_, receiver);
}

Result<void> RowWriter::prepare_row(Batch& batch, RowIndex row, table::Mutation& mutation) {
    scratch_.clear();
    Error error;
    switch (keys_.append(batch, row, scratch_, error)) {
        case KeyState::Encoded: break;
        case KeyState::Failed: return fail(std::move(error));
        case KeyState::Incomplete:
            return fail(ErrorClass::Poison, "table.key_missing",
                        fmt::format("a part of the key ({}) is absent or null",
                                    fmt::join(plan_.key.texts, ", ")));
    }
    mutation.key = batch.arena.copy(scratch_.view());
    MESSINA_TRY(mutation.timestamp_us, timestamp_us(batch, row));
    if (plan_.delete_when != nullptr) {
        const Value verdict = evaluate(*plan_.delete_when, batch, row);
        if (verdict.is(Kind::Bool) && verdict.as_bool()) {
            mutation.kind = table::MutationKind::DeleteRow;
            return {};
        }
        if (!verdict.is(Kind::Bool) && !verdict.is_absent())
            return fail(expression_error(verdict, "delete_when"));
    }
    if (plan_.ttl != nullptr) {
        MESSINA_TRY(mutation.ttl_seconds, ttl_seconds(batch, row));
    }
    return encode_cells(batch, row, mutation);
}

Result<void> RowWriter::encode_cells(Batch& batch, RowIndex row, table::Mutation& mutation) {
    const size_t count = plan_.columns.size();
    auto* cells = batch.arena.make_array<std::optional<std::string_view>>(count);
    auto* columns = batch.arena.make_array<size_t>(count);
    size_t written = 0;
    for (const RowPlan::Column& column : plan_.columns) {
        Value value = evaluate(*column.program, batch, row);
        if (value.is(Kind::Optional))
            value = value.as_optional() == nullptr ? Value() : *value.as_optional();
        if (value.is_absent()) continue;  // leaves the cell as it is
        if (value.is(Kind::Error)) return fail(expression_error(value, column.text));
        columns[written] = column.index;
        if (!value.is_null()) {
            const table::Column& definition = table_->schema().columns[column.index];
            scratch_.clear();
            if (Result<void> encoded = cql::serialize(definition.type, value, scratch_); !encoded)
                return fail(std::move(encoded.error()).at("column " + definition.name));
            cells[written] = batch.arena.copy(scratch_.view());
        }
        ++written;
    }
    mutation.kind = table::MutationKind::Upsert;
    mutation.columns = {columns, written};
    mutation.cells = {cells, written};
    return {};
}

Result<int64_t> RowWriter::ttl_seconds(Batch& batch, RowIndex row) const {
    constexpr int64_t ttl_seconds_max = 630'720'000;  // 20 years, CQL's own bound
    const Value ttl = evaluate(*plan_.ttl, batch, row);
    if (!ttl.has_content()) return 0;
    int64_t seconds = 0;
    if (ttl.is(Kind::Duration)) {
        seconds = ttl.seconds() + (ttl.nanos() > 0 ? 1 : 0);
    } else if (ttl.is(Kind::Int)) {
        seconds = ttl.as_int();
    } else {
        return fail(expression_error(ttl, "ttl"));
    }
    if (seconds < 0 || seconds > ttl_seconds_max)
        return fail(ErrorClass::Poison, "table.ttl_out_of_range",
                    fmt::format("a TTL of {} seconds is outside 0 … {}", seconds, ttl_seconds_max));
    return seconds;
}

Result<int64_t> RowWriter::timestamp_us(Batch& batch, RowIndex row) const {
    if (plan_.timestamp == nullptr) return batch.record_of(row).timestamp_us;
    const Value timestamp = evaluate(*plan_.timestamp, batch, row);
    if (timestamp.is(Kind::Timestamp))
        return timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1000;
    if (timestamp.is(Kind::Int)) return timestamp.as_int();
    return fail(expression_error(timestamp, "timestamp"));
}

}  // namespace messina::plan
