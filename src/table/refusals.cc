#include "table/refusals.h"

#include <fmt/core.h>

#include "table/record.h"

namespace messina::table {
namespace {

constexpr int64_t kTtlSecondsMax = 630'720'000;  // 20 years, a server's limit

}  // namespace

Error unknown_column(const TableSchema& schema, size_t column) {
    return {ErrorClass::Misconfigured, "table.unknown_column",
            fmt::format("table {} has no column number {}", schema.name, column), ""};
}

Error incomplete_key(const TableSchema& schema) {
    return {ErrorClass::Misconfigured, "table.key_incomplete",
            fmt::format("table {} needs all {} columns of its primary key here", schema.name,
                        schema.partition_key_count() + schema.clustering_key_count()),
            "give every clustering column"};
}

Error malformed_record(const TableSchema& schema) {
    return {ErrorClass::Fatal, "table.corrupt",
            fmt::format("table {}: a stored row is malformed", schema.name),
            "restore the directory from a copy, or fill the table anew"};
}

Error no_range(const TableSchema& schema) {
    return {ErrorClass::Misconfigured, "table.no_range",
            fmt::format("table {} has no clustering columns to delete a range of", schema.name),
            ""};
}

Error no_statements() {
    return {ErrorClass::Misconfigured, "table.no_statements",
            "an embedded store runs no statements of CQL",
            "name one of its tables with `table:`, or use a store in a cluster"};
}

Error column_twice(const TableSchema& schema) {
    return {ErrorClass::Misconfigured, "table.column_twice",
            fmt::format("a write to table {} names a column twice", schema.name), ""};
}

Result<void> check_settable(const TableSchema& schema, size_t column) {
    if (column >= schema.columns.size()) return fail(unknown_column(schema, column));
    const ColumnRole role = schema.columns[column].role;
    if (role == ColumnRole::Regular || role == ColumnRole::Static) return {};
    return fail(ErrorClass::Misconfigured, "table.key_column",
                fmt::format("column {} of table {} is part of the key and cannot be set",
                            schema.columns[column].name, schema.name));
}

Result<void> check_ttl(int64_t ttl_seconds) {
    if (ttl_seconds >= 0 && ttl_seconds <= kTtlSecondsMax) return {};
    return fail(
        ErrorClass::Poison, "table.ttl_range",
        fmt::format("a TTL of {} seconds is not between 0 and {}", ttl_seconds, kTtlSecondsMax));
}

Result<void> check_timestamp(int64_t timestamp_us) {
    if (timestamp_us != kNoTimestamp) return {};
    return fail(ErrorClass::Poison, "table.timestamp",
                "the smallest write timestamp means that there is none");
}

Result<void> check_cells(const Mutation& mutation) {
    if (mutation.cells.size() == mutation.columns.size()) return {};
    return fail(ErrorClass::Misconfigured, "table.cells",
                "a mutation needs as many cells as columns");
}

Error failpoint_error(std::string_view place) {
    return {ErrorClass::Transient, "table.io", fmt::format("failpoint {}", place), ""};
}

}  // namespace messina::table
