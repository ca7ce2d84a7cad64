#include "table/catalog.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/buffer.h"
#include "cql/bytes.h"
#include "cql/order.h"

namespace messina::table {
namespace {

constexpr std::chrono::seconds kTtlMax{630'720'000};  // 20 years, a server's limit

bool is_key(ColumnRole role) {
    return role == ColumnRole::PartitionKey || role == ColumnRole::ClusteringKey;
}

/// The type with the definition of every udt in it.
std::string signature(const cql::Type& type) {
    std::string text = type.to_text();
    if (type.arguments.empty()) return text;
    text += '(';
    for (size_t i = 0; i < type.arguments.size(); ++i) {
        if (i < type.field_names.size()) text += type.field_names[i] + ' ';
        text += signature(type.arguments[i]) + ',';
    }
    return text + ')';
}

std::unexpected<Error> refuse(const TableSchema& schema, std::string why, std::string hint = {}) {
    return fail(ErrorClass::Misconfigured, "table.schema",
                fmt::format("table {}: {}", schema.name, why), std::move(hint));
}

std::unexpected<Error> changed(const TableSchema& schema, std::string what) {
    return fail(ErrorClass::Misconfigured, "table.schema_changed",
                fmt::format("table {}: {}", schema.name, what),
                "restore the definition, or give the table another name");
}

void append_text(Buffer& out, std::string_view text) {
    cql::append_vint(out, text.size());
    out.append(text);
}

std::optional<std::string> take_text(cql::ByteReader& reader) {
    const auto size = reader.take_vint();
    const auto text = size ? reader.take_bytes(*size) : std::nullopt;
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

Result<void> check_column(const TableSchema& schema, const Column& column) {
    if (column.name.empty()) return refuse(schema, "a column has no name");
    if (column.type.kind == cql::TypeKind::Counter)
        return refuse(schema, fmt::format("column {} is a counter", column.name),
                      "counting twice cannot be told from counting once; use bigint");
    if (is_key(column.role) && !cql::is_ordered(column.type))
        return refuse(schema, fmt::format("column {} of type {} cannot be part of a key",
                                          column.name, column.type.to_text()));
    if (column.is_descending && column.role != ColumnRole::ClusteringKey)
        return refuse(
            schema, fmt::format("column {} has an order but is no clustering column", column.name));
    if (column.role == ColumnRole::Static && schema.clustering_key_count() == 0)
        return refuse(
            schema,
            fmt::format("column {} is static, but there are no clustering columns", column.name));
    return {};
}

std::vector<const CatalogColumn*> keys_of(const CatalogTable& table) {
    std::vector<const CatalogColumn*> keys;
    for (const CatalogColumn& column : table.columns)
        if (is_key(column.role)) keys.push_back(&column);
    return keys;
}

CatalogColumn describe(const Column& column) {
    return {column.name, signature(column.type), column.role, column.is_descending, 0};
}

Result<void> check_keys(const TableSchema& schema, const CatalogTable& stored) {
    const auto keys = keys_of(stored);
    size_t index = 0;
    for (const Column& column : schema.columns) {
        if (!is_key(column.role)) continue;
        if (index >= keys.size() || describe(column) != *keys[index]) {
            const std::string was =
                index < keys.size()
                    ? fmt::format("it was {} {}", keys[index]->name, keys[index]->type)
                    : "there was none";
            return changed(schema, fmt::format("key column {} is now {} {}; {}", index + 1,
                                               column.name, column.type.to_text(), was));
        }
        ++index;
    }
    if (index != keys.size())
        return changed(schema, fmt::format("key column {} is gone; it was {} {}", index + 1,
                                           keys[index]->name, keys[index]->type));
    return {};
}

}  // namespace

std::string CatalogTable::encode() const {
    Buffer out;
    cql::append_vint(out, number);
    cql::append_vint(out, next_column);
    cql::append_vint(out, columns.size());
    for (const CatalogColumn& column : columns) {
        append_text(out, column.name);
        append_text(out, column.type);
        out.push_back(static_cast<char>(column.role));
        out.push_back(column.is_descending ? '\1' : '\0');
        cql::append_vint(out, column.number);
    }
    return std::string(out.view());
}

std::optional<CatalogTable> CatalogTable::decode(std::string_view bytes) {
    cql::ByteReader reader(bytes);
    const auto number = reader.take_vint();
    const auto next_column = reader.take_vint();
    const auto count = reader.take_vint();
    if (!number || *number > UINT16_MAX || !next_column || !count) return std::nullopt;
    CatalogTable table{static_cast<uint16_t>(*number), static_cast<uint32_t>(*next_column), {}};
    for (uint64_t i = 0; i < *count; ++i) {
        auto name = take_text(reader);
        auto type = take_text(reader);
        const auto role = reader.take<uint8_t>();
        const auto is_descending = reader.take<uint8_t>();
        const auto column_number = reader.take_vint();
        if (!name || !type || !role || !is_descending || !column_number) return std::nullopt;
        table.columns.push_back({std::move(*name), std::move(*type), static_cast<ColumnRole>(*role),
                                 *is_descending != 0, static_cast<uint32_t>(*column_number)});
    }
    return reader.is_empty() ? std::optional(std::move(table)) : std::nullopt;
}

std::vector<uint32_t> CatalogTable::column_numbers(const TableSchema& schema) const {
    std::vector<uint32_t> numbers;
    for (const Column& column : schema.columns)
        numbers.push_back(std::ranges::find(columns, column.name, &CatalogColumn::name)->number);
    return numbers;
}

Result<void> check_schema(const TableSchema& schema) {
    if (schema.name.empty()) return refuse(schema, "it has no name");
    std::set<std::string_view> names;
    int stage = 0;
    for (const Column& column : schema.columns) {
        MESSINA_TRY_VOID(check_column(schema, column));
        if (!names.insert(column.name).second)
            return refuse(schema, fmt::format("column {} is there twice", column.name));
        const int rank = column.role == ColumnRole::PartitionKey    ? 0
                         : column.role == ColumnRole::ClusteringKey ? 1
                                                                    : 2;
        if (rank < stage)
            return refuse(schema, fmt::format("key column {} comes after others", column.name),
                          "list the partition key first, then the clustering columns");
        stage = rank;
    }
    if (schema.partition_key_count() == 0) return refuse(schema, "it has no partition key");
    if (schema.default_ttl < std::chrono::seconds(0) || schema.default_ttl > kTtlMax)
        return refuse(schema, fmt::format("its default TTL is not between 0 and {} seconds",
                                          kTtlMax.count()));
    return {};
}

Result<CatalogTable> reconcile(const TableSchema& schema, const CatalogTable& stored) {
    const bool is_new = stored.columns.empty();
    if (!is_new) MESSINA_TRY_VOID(check_keys(schema, stored));
    CatalogTable table = stored;
    for (const Column& column : schema.columns) {
        CatalogColumn wanted = describe(column);
        const auto found = std::ranges::find(table.columns, column.name, &CatalogColumn::name);
        if (found == table.columns.end()) {
            if (!is_key(column.role)) wanted.number = table.next_column++;
            table.columns.push_back(std::move(wanted));
            continue;
        }
        wanted.number = found->number;
        if (*found != wanted)
            return changed(
                schema,
                fmt::format("column {} is now {}{}; it was {}{}", column.name,
                            wanted.role == ColumnRole::Static ? "static " : "", wanted.type,
                            found->role == ColumnRole::Static ? "static " : "", found->type));
    }
    return table;
}

}  // namespace messina::table
