// What every store refuses, in words: CQL's own rules, checked before a server could.
#pragma once

#include "base/error.h"
#include "table/store.h"

namespace messina::table {

Error unknown_column(const TableSchema& schema, size_t column);
Error incomplete_key(const TableSchema& schema);
Error malformed_record(const TableSchema& schema);
Error no_range(const TableSchema& schema);
Error column_twice(const TableSchema& schema);
/// Of a store that keeps tables of its own.
Error no_statements();
/// A place where a test asked for a failure.
Error failpoint_error(std::string_view place);

/// Whether a mutation may set or delete the column.
Result<void> check_settable(const TableSchema& schema, size_t column);
Result<void> check_ttl(int64_t ttl_seconds);
Result<void> check_timestamp(int64_t timestamp_us);
/// An Upsert has as many cells as columns.
Result<void> check_cells(const Mutation& mutation);

}  // namespace messina::table
