#include "table/cql/statement_text.h"

#include <fmt/format.h>

namespace messina::table {
namespace {

/// Quoted always: a plain name may be one of CQL's own words.
std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
    return text + "\"";
}

std::string limit(const Column& column, bool is_from, bool is_inclusive) {
    const bool is_greater = is_from != column.is_descending;
    return fmt::format(" AND {} {}{} ?", quoted(column.name), is_greater ? ">" : "<",
                       is_inclusive ? "=" : "");
}

}  // namespace

StatementText::StatementText(const TableSchema& schema, std::string_view keyspace)
    : schema_(schema),
      table_(quoted(keyspace) + "." + quoted(schema.name)),
      partition_count_(schema.partition_key_count()),
      clustering_count_(schema.clustering_key_count()) {}

std::string StatementText::list(std::span<const size_t> columns) const {
    std::string text;
    for (const size_t column : columns)
        text += (text.empty() ? "" : ", ") + quoted(schema_.columns[column].name);
    return text;
}

std::string StatementText::where(size_t key_count) const {
    std::string text;
    for (size_t i = 0; i < key_count; ++i)
        text +=
            fmt::format("{}{} = ?", i == 0 ? " WHERE " : " AND ", quoted(schema_.columns[i].name));
    return text;
}

std::string StatementText::where(const Segment& segment) const {
    std::string text = where(partition_count_ + segment.equal.size());
    if (!segment.from && !segment.to) return text;
    const Column& column = schema_.columns[partition_count_ + segment.equal.size()];
    if (segment.from) text += limit(column, true, segment.from->is_inclusive);
    if (segment.to) text += limit(column, false, segment.to->is_inclusive);
    return text;
}

std::string StatementText::read_row(std::span<const size_t> columns) const {
    std::string wanted = list(columns);
    if (clustering_count_ > 0) wanted += ", " + quoted(schema_.columns[partition_count_].name);
    return fmt::format("SELECT {} FROM {}{}", wanted, table_,
                       where(partition_count_ + clustering_count_));
}

std::string StatementText::read_segment(std::span<const size_t> columns, const Segment& segment,
                                        bool is_reversed) const {
    std::vector<size_t> all;
    for (size_t i = 0; i < clustering_count_; ++i) all.push_back(partition_count_ + i);
    all.insert(all.end(), columns.begin(), columns.end());
    std::string text = fmt::format("SELECT {} FROM {}{}", list(all), table_, where(segment));
    if (!is_reversed || clustering_count_ == 0) return text;
    for (size_t i = 0; i < clustering_count_; ++i) {
        const Column& column = schema_.columns[partition_count_ + i];
        text += fmt::format("{}{} {}", i == 0 ? " ORDER BY " : ", ", quoted(column.name),
                            column.is_descending ? "ASC" : "DESC");
    }
    return text;
}

std::string StatementText::insert(std::span<const size_t> columns, size_t key_count) const {
    std::vector<size_t> all;
    for (size_t i = 0; i < key_count; ++i) all.push_back(i);
    all.insert(all.end(), columns.begin(), columns.end());
    std::string marks;
    for (size_t i = 0; i < all.size(); ++i) marks += i == 0 ? "?" : ", ?";
    return fmt::format("INSERT INTO {} ({}) VALUES ({}) USING TIMESTAMP ? AND TTL ?", table_,
                       list(all), marks);
}

std::string StatementText::remove(std::span<const size_t> columns, size_t key_count) const {
    return fmt::format("DELETE {}{}FROM {} USING TIMESTAMP ?{}", list(columns),
                       columns.empty() ? "" : " ", table_, where(key_count));
}

std::string StatementText::remove_segment(const Segment& segment) const {
    return fmt::format("DELETE FROM {} USING TIMESTAMP ?{}", table_, where(segment));
}

}  // namespace messina::table
