#include "table/cql/schema_reader.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/check.h"
#include "base/nearest.h"
#include "cql/bytes.h"
#include "cql/parts.h"

namespace messina::table {
namespace {

using Cell = std::optional<std::string>;

std::string text_of(const Cell& cell) {
    return cell.value_or("");
}

int32_t int_of(const Cell& cell) {
    return cell && cell->size() == sizeof(int32_t) ? cql::load_big_endian<int32_t>(cell->data())
                                                   : 0;
}

std::vector<std::string> texts_of(const Cell& cell) {
    static const cql::Type list = *cql::parse_type("list<text>");
    std::vector<std::string> texts;
    auto parts = cql::PartReader::make(list, cell ? std::string_view(*cell) : std::string_view());
    while (parts && parts->has_next()) {
        const auto part = parts->next();
        if (!part) break;
        texts.emplace_back(part->value_or(""));
    }
    return texts;
}

/// Types may name each other: those are read first that name none that is still to come.
std::vector<cql::Type> types_in(const cql::Session::Table& rows) {
    std::vector<cql::Type> known;
    const auto read_one = [&](const std::vector<Cell>& row) {
        cql::Type type;
        type.kind = cql::TypeKind::Udt;
        type.name = text_of(row[0]);
        type.field_names = texts_of(row[1]);
        for (const std::string& field : texts_of(row[2])) {
            auto parsed = cql::parse_type(field, known);
            if (!parsed) return false;
            type.arguments.push_back(std::move(*parsed));
        }
        known.push_back(std::move(type));
        return true;
    };
    std::vector<const std::vector<Cell>*> rest;
    for (const auto& row : rows) rest.push_back(&row);
    while (std::erase_if(rest, [&](const auto* row) { return read_one(*row); }) > 0) {
    }
    return known;
}

ColumnRole role_of(std::string_view kind) {
    if (kind == "partition_key") return ColumnRole::PartitionKey;
    if (kind == "clustering") return ColumnRole::ClusteringKey;
    return kind == "static" ? ColumnRole::Static : ColumnRole::Regular;
}

/// Key columns in key order, then the others by name.
struct ReadColumn {
    Column column;
    int32_t position;
    [[nodiscard]] auto rank() const {
        return std::tuple(std::min(column.role, ColumnRole::Static), position, column.name);
    }
};

Result<Column> add_column(const std::vector<Cell>& row, const std::vector<cql::Type>& types,
                          std::vector<ReadColumn>& columns) {
    Column column;
    column.name = text_of(row[1]);
    column.role = role_of(text_of(row[3]));
    column.is_descending = text_of(row[2]) == "desc";
    MESSINA_TRY(column.type, cql::parse_type(text_of(row[5]), types));
    columns.push_back({column, int_of(row[4])});
    return column;
}

cql::ValueWriter bind(std::string_view text) {
    cql::ValueWriter values;
    values.add(text);
    return values;
}

Result<void> check_keyspace(cql::Session& session, std::string_view keyspace) {
    MESSINA_TRY(const auto rows,
                session.select("SELECT keyspace_name FROM system_schema.keyspaces", {}));
    std::vector<std::string_view> names;
    for (const auto& row : rows)
        if (row[0]) names.push_back(*row[0]);
    if (std::ranges::find(names, keyspace) != names.end()) return {};
    std::string hint = did_you_mean(keyspace, names);
    if (hint.empty())
        hint = fmt::format(
            "CREATE KEYSPACE {} WITH replication = {{'class': 'NetworkTopologyStrategy', "
            "'replication_factor': 3}};",
            to_cql_name(keyspace));
    return fail(ErrorClass::Misconfigured, "cql.no_keyspace",
                fmt::format("there is no keyspace '{}'", keyspace), std::move(hint));
}

}  // namespace

Result<std::vector<cql::Type>> read_types(cql::Session& session, std::string_view keyspace) {
    MESSINA_TRY(const auto rows, session.select("SELECT type_name, field_names, field_types FROM "
                                                "system_schema.types WHERE keyspace_name = ?",
                                                bind(keyspace)));
    return types_in(rows);
}

Result<std::vector<TableSchema>> read_tables(cql::Session& session, std::string_view keyspace) {
    MESSINA_TRY_VOID(check_keyspace(session, keyspace));
    const cql::ValueWriter name = bind(keyspace);
    MESSINA_TRY(const std::vector<cql::Type> types, read_types(session, keyspace));
    MESSINA_TRY(const auto table_rows,
                session.select("SELECT table_name, default_time_to_live FROM "
                               "system_schema.tables WHERE keyspace_name = ?",
                               name));
    MESSINA_TRY(const auto column_rows,
                session.select("SELECT table_name, column_name, clustering_order, kind, position, "
                               "type FROM system_schema.columns WHERE keyspace_name = ?",
                               name));
    std::map<std::string, std::vector<ReadColumn>> columns;
    std::vector<std::string> unreadable;  // tables with a key of an unknown type
    for (const auto& row : column_rows) {
        const std::string table = text_of(row[0]);
        const auto added = add_column(row, types, columns[table]);
        const ColumnRole role = role_of(text_of(row[3]));
        if (!added && role <= ColumnRole::ClusteringKey) unreadable.push_back(table);
    }
    std::vector<TableSchema> tables;
    for (const auto& row : table_rows) {
        TableSchema table;
        table.name = text_of(row[0]);
        table.default_ttl = std::chrono::seconds(int_of(row[1]));
        if (std::ranges::find(unreadable, table.name) != unreadable.end()) continue;
        auto& read = columns[table.name];
        std::ranges::sort(read, {}, &ReadColumn::rank);
        for (ReadColumn& column : read) table.columns.push_back(std::move(column.column));
        tables.push_back(std::move(table));
    }
    return tables;
}

namespace {

std::string name_in(std::string_view keyspace, const TableSchema& table) {
    return fmt::format("{}.{}", to_cql_name(keyspace), to_cql_name(table.name));
}

std::string_view role_text(ColumnRole role) {
    switch (role) {
        case ColumnRole::PartitionKey: return "a partition key column";
        case ColumnRole::ClusteringKey: return "a clustering column";
        case ColumnRole::Static: return "a static column";
        case ColumnRole::Regular: return "a column";
    }
    return "a column";
}

/// The statements that add what is missing, or the first difference that none can mend.
Result<void> check_columns(const TableSchema& wanted, const TableSchema& there,
                           std::string_view keyspace) {
    const auto differs = [&](std::string message) {
        return fail(ErrorClass::Misconfigured, "table.differs", std::move(message),
                    fmt::format("the table there:\n{}", there.to_cql(keyspace)));
    };
    const std::string name = name_in(keyspace, wanted);
    std::string missing;
    std::string additions;
    for (size_t i = 0; i < wanted.columns.size(); ++i) {
        const Column& column = wanted.columns[i];
        const auto found = there.find(column.name);
        const bool is_key = column.role <= ColumnRole::ClusteringKey;
        if (!found && !is_key) {
            missing += (missing.empty() ? "" : ", ") + column.name;
            additions += fmt::format("\nALTER TABLE {} ADD {} {}{};", name,
                                     to_cql_name(column.name), to_cql_type(column.type),
                                     column.role == ColumnRole::Static ? " static" : "");
            continue;
        }
        if (!found || (is_key && *found != i) || there.columns[*found].role != column.role)
            return differs(fmt::format("in table {} '{}' is {}, in the file {}", name, column.name,
                                       found ? role_text(there.columns[*found].role) : "missing",
                                       role_text(column.role)));
        if (!(there.columns[*found].type == column.type))
            return differs(fmt::format("in table {} '{}' is of type {}, in the file of type {}",
                                       name, column.name, there.columns[*found].type.to_text(),
                                       column.type.to_text()));
    }
    if (wanted.partition_key_count() != there.partition_key_count() ||
        wanted.clustering_key_count() != there.clustering_key_count())
        return differs(fmt::format("table {} has more key columns than the file says", name));
    if (missing.empty()) return {};
    return fail(ErrorClass::Misconfigured, "table.column_missing",
                fmt::format("table {} has no column {}", name, missing),
                "add what is missing:" + additions);
}

}  // namespace

Result<void> check_tables(const std::vector<TableSchema>& wanted,
                          const std::vector<TableSchema>& there, std::string_view keyspace) {
    for (const TableSchema& table : wanted) {
        const auto found = std::ranges::find(there, table.name, &TableSchema::name);
        if (found == there.end())
            return fail(ErrorClass::Misconfigured, "table.missing",
                        fmt::format("there is no table {}", name_in(keyspace, table)),
                        "create it:\n" + table.to_cql(keyspace));
        MESSINA_TRY_VOID(check_columns(table, *found, keyspace));
    }
    return {};
}

}  // namespace messina::table
