#include "pipeline/scenario_tables.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/nearest.h"
#include "codec/json.h"
#include "cql/type.h"
#include "pipeline/scenario_value.h"

namespace messina::pipeline {
namespace {

constexpr std::string_view kAbsent = "$absent";

Error wrong(const config::Node& node, std::string_view what) {
    return config::error_at(node.mark, "scenario.form", fmt::format("expected {}", what));
}

/// A row of the scenario file, ready for its table.
struct Row {
    std::string key;
    std::string key_text;  // for messages
    bool is_absent = false;
    std::vector<size_t> columns;  // of the schema; key columns are not among them
    std::vector<std::optional<std::string>> cells;
};

Result<std::string> serialize_cell(const table::Column& column, const config::Node& node,
                                   Arena& arena) {
    Buffer bytes;
    Result<void> done = cql::serialize(column.type, value_of(node, arena), bytes);
    if (!done)
        return fail(
            config::error_at(node.mark, done.error().code,
                             fmt::format("column {}: {}", column.name, done.error().message),
                             "quote a number or word that is meant as text"));
    return std::string(bytes.view());
}

Result<void> read_key(Row& row, const config::Node& node, const table::TableSchema& schema,
                      Arena& arena) {
    const size_t key_count = schema.partition_key_count() + schema.clustering_key_count();
    std::vector<Value> values;
    std::vector<std::string> texts;
    for (size_t i = 0; i < key_count; ++i) {
        const config::Node* value = node.find(schema.columns[i].name);
        if (value == nullptr)
            return fail(config::error_at(node.mark, "scenario.key",
                                         fmt::format("this row of {} lacks '{}' of its key",
                                                     schema.name, schema.columns[i].name)));
        values.push_back(value_of(*value, arena));
        texts.push_back(codec::to_json(values.back()));
    }
    MESSINA_TRY(const table::KeyEncoder encoder, table::KeyEncoder::make(schema, key_count));
    Buffer bytes;
    if (Result<void> encoded = encoder.encode(values, bytes); !encoded)
        return fail(config::error_at(node.mark, encoded.error().code, encoded.error().message,
                                     "quote a number or word that is meant as text"));
    row.key = bytes.view();
    row.key_text = fmt::format("{}({})", schema.name, fmt::join(texts, ", "));
    return {};
}

Result<Row> read_row(const config::Node& node, const table::TableSchema& schema, Arena& arena) {
    if (node.kind != config::NodeKind::Map) return fail(wrong(node, "a row: a map of columns"));
    Row row;
    MESSINA_TRY_VOID(read_key(row, node, schema, arena));
    const size_t key_count = schema.partition_key_count() + schema.clustering_key_count();
    std::vector<std::string_view> names;
    for (const table::Column& column : schema.columns) names.push_back(column.name);
    for (const auto& [name, value] : node.entries) {
        if (name.scalar == kAbsent) {
            row.is_absent = value.scalar == "true";
            continue;
        }
        const auto index = schema.find(name.scalar);
        if (!index)
            return fail(config::error_at(
                name.mark, "table.unknown_column",
                fmt::format("table {} has no column '{}'", schema.name, name.scalar),
                did_you_mean(name.scalar, names)));
        if (*index < key_count) continue;
        row.columns.push_back(*index);
        if (value.kind == config::NodeKind::Null) {
            row.cells.emplace_back();
        } else {
            MESSINA_TRY(std::string cell, serialize_cell(schema.columns[*index], value, arena));
            row.cells.emplace_back(std::move(cell));
        }
    }
    return row;
}

/// Calls `use(table, row)` for every row of {table: [row, …]}.
template <class Use>
Result<void> for_each_row(const config::Node& tables, const plan::Stores& stores, Arena& arena,
                          Use&& use) {
    if (tables.kind != config::NodeKind::Map) return fail(wrong(tables, "a map of tables"));
    for (const auto& [name, rows] : tables.entries) {
        Result<plan::TableName> found = stores.resolve(name.scalar);
        if (!found)
            return fail(config::error_at(name.mark, found.error().code, found.error().message,
                                         found.error().hint));
        MESSINA_TRY(const auto table, stores.open_table(*found));
        if (rows.kind != config::NodeKind::Sequence) return fail(wrong(rows, "a list of rows"));
        for (const config::Node& node : rows.items) {
            MESSINA_TRY(const Row row, read_row(node, table->schema(), arena));
            MESSINA_TRY_VOID(use(*table, row));
        }
    }
    return {};
}

class WriteOutcome final : public table::WriteReceiver {
  public:
    void on_written(size_t, const Error* error) override {
        outcome_ = error == nullptr ? Result<void>() : Result<void>(fail(*error));
    }
    Result<void> take() { return std::move(outcome_); }

  private:
    Result<void> outcome_ =
        fail(ErrorClass::Fatal, "scenario.store", "the store did not answer at once");
};

/// One row as it is stored now.
class ReadOutcome final : public table::ReadReceiver {
  public:
    void on_row(size_t, const table::RowView* row) override {
        is_found = row != nullptr;
        if (row == nullptr) return;
        for (const auto& cell : row->cells)
            cells.push_back(cell ? std::optional<std::string>(*cell) : std::nullopt);
    }
    void on_error(size_t, const Error& error) override { error_ = error; }
    void on_end() override {}

    bool is_found = false;
    std::vector<std::optional<std::string>> cells;
    std::optional<Error> error_;
};

Result<Value> row_value(const Row& row, const table::TableSchema& schema,
                        const std::vector<std::optional<std::string>>& cells, Arena& arena) {
    MapEntry* entries = arena.make_array<MapEntry>(row.columns.size());
    for (size_t i = 0; i < row.columns.size(); ++i) {
        const table::Column& column = schema.columns[row.columns[i]];
        Value value = Value::null();
        if (cells[i]) {
            MESSINA_TRY(value, cql::deserialize(column.type, arena.copy(*cells[i]), arena));
        }
        entries[i] = {Value::string(column.name), value};
    }
    return Value::map({entries, row.columns.size()});
}

Result<void> compare_row(table::Table& table, const Row& row, Arena& arena,
                         std::vector<std::string>& differences) {
    const std::string_view keys[] = {row.key};
    // A row without listed columns is still asked for: by a column of its key.
    const std::vector<size_t> columns = row.columns.empty() ? std::vector<size_t>{0} : row.columns;
    ReadOutcome read;
    table.read({keys, columns}, read);
    if (read.error_) return fail(*read.error_);
    if (row.is_absent || !read.is_found) {
        if (row.is_absent && read.is_found)
            differences.push_back(
                fmt::format("{}: this row must not exist, but it does\n", row.key_text));
        if (!row.is_absent && !read.is_found)
            differences.push_back(fmt::format("{}: there is no such row\n", row.key_text));
        return {};
    }
    if (row.columns.empty()) return {};
    MESSINA_TRY(const Value expected, row_value(row, table.schema(), row.cells, arena));
    MESSINA_TRY(const Value actual, row_value(row, table.schema(), read.cells, arena));
    if (const auto difference = first_difference(expected, actual, Extent::Listed))
        differences.push_back(
            fmt::format("{}: the row differs\n{}", row.key_text, difference->to_text()));
    return {};
}

}  // namespace

Result<void> store_rows(const config::Node& tables, const plan::Stores& stores, WallTime now) {
    Arena arena;
    const int64_t timestamp_us = now.time_since_epoch().count() / 1000 - 1;
    return for_each_row(
        tables, stores, arena, [&](table::Table& table, const Row& row) -> Result<void> {
            std::vector<std::optional<std::string_view>> cells(row.cells.begin(), row.cells.end());
            table::Mutation mutation;
            mutation.key = row.key;
            mutation.columns = row.columns;
            mutation.cells = cells;
            mutation.timestamp_us = timestamp_us;
            WriteOutcome outcome;
            table.write({&mutation, 1}, outcome);
            return outcome.take();
        });
}

Result<void> compare_rows(const config::Node& tables, const plan::Stores& stores,
                          std::vector<std::string>& differences) {
    Arena arena;
    return for_each_row(tables, stores, arena, [&](table::Table& table, const Row& row) {
        return compare_row(table, row, arena, differences);
    });
}

}  // namespace messina::pipeline
