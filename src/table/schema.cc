// What a TableSchema says of itself.
#include <algorithm>

#include <fmt/core.h>

#include "table/store.h"

namespace messina::table {
namespace {

size_t count_of(const TableSchema& schema, ColumnRole role) {
    return static_cast<size_t>(std::ranges::count(schema.columns, role, &Column::role));
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && (name[0] < '0' || name[0] > '9') &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

bool is_multi_cell(const cql::Type& type) {
    return type.kind >= cql::TypeKind::List && type.kind != cql::TypeKind::Tuple &&
           type.kind != cql::TypeKind::Vector;
}

}  // namespace

std::string to_cql_name(std::string_view name) {
    if (is_plain_name(name)) return std::string(name);
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
    return text + "\"";
}

std::string to_cql_type(const cql::Type& type) {
    const std::string text = type.to_text();
    return is_multi_cell(type) ? fmt::format("frozen<{}>", text) : text;
}

std::optional<size_t> TableSchema::find(std::string_view column) const {
    const auto found = std::ranges::find(columns, column, &Column::name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<size_t>(found - columns.begin());
}

size_t TableSchema::partition_key_count() const {
    return count_of(*this, ColumnRole::PartitionKey);
}

size_t TableSchema::clustering_key_count() const {
    return count_of(*this, ColumnRole::ClusteringKey);
}

std::string TableSchema::to_cql(std::string_view keyspace) const {
    std::string text = "CREATE TABLE ";
    if (!keyspace.empty()) text += to_cql_name(keyspace) + ".";
    text += to_cql_name(name) + " (\n";
    std::string partition_key;
    std::string clustering_key;
    std::string order;
    for (const Column& column : columns) {
        const std::string column_name = to_cql_name(column.name);
        text += fmt::format("    {} {}{},\n", column_name, to_cql_type(column.type),
                            column.role == ColumnRole::Static ? " static" : "");
        if (column.role == ColumnRole::PartitionKey)
            partition_key += (partition_key.empty() ? "" : ", ") + column_name;
        if (column.role == ColumnRole::ClusteringKey) {
            clustering_key += ", " + column_name;
            order += (order.empty() ? "" : ", ") + column_name +
                     (column.is_descending ? " DESC" : " ASC");
        }
    }
    text += fmt::format("    PRIMARY KEY (({}){})\n)", partition_key, clustering_key);
    std::string_view joint = " WITH ";
    if (!order.empty()) {
        text += fmt::format("{}CLUSTERING ORDER BY ({})", joint, order);
        joint = " AND ";
    }
    if (default_ttl.count() != 0)
        text += fmt::format("{}default_time_to_live = {}", joint, default_ttl.count());
    return text + ";";
}

}  // namespace messina::table
