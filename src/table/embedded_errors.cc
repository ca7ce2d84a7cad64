#include "table/embedded_errors.h"

#include <fmt/core.h>

namespace messina::table {

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

Error failpoint_error(std::string_view place) {
    return {ErrorClass::Transient, "table.io", fmt::format("failpoint {}", place), ""};
}

}  // namespace messina::table
