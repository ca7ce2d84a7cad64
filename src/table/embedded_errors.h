// What the embedded store refuses, in words.
#pragma once

#include "base/error.h"
#include "table/store.h"

namespace messina::table {

Error unknown_column(const TableSchema& schema, size_t column);
Error incomplete_key(const TableSchema& schema);
Error malformed_record(const TableSchema& schema);
/// A place where a test asked for a failure.
Error failpoint_error(std::string_view place);

}  // namespace messina::table
