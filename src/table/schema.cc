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

std::string quoted(std::string_view name) {
    if (is_plain_name(name)) return std::string(name);
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
    return text + "\"";
}

bool is_multi_cell(const cql::Type& type) {
    return type.kind >= cql::TypeKind::List && type.kind != cql::TypeKind::Tuple &&
           type.kind != cql::TypeKind::Vector;
}

}  // namespace

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

std::string TableSchema::to_cql() const {
    std::string text = fmt::format("CREATE TABLE {} (\n", quoted(name));
    std::string partition_key;
    std::string clustering_key;
    std::string order;
    for (const Column& column : columns) {
        const std::string column_name = quoted(column.name);
        const std::string type = column.type.to_text();
        text += fmt::format("    {} {}{},\n", column_name,
                            is_multi_cell(column.type) ? fmt::format("frozen<{}>", type) : type,
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
