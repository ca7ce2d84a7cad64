// A statement of the user's own in the place of a table: rows are asked for by what it binds, and
// are what it gives.
#pragma once

#include <string>
#include <vector>

#include "table/store.h"

namespace messina::table {

/// What a cluster says of a statement that it prepared.
struct StatementSchema {
    /// One column for each bind marker, in order; a name that the text has twice is there twice. Of
    /// a SELECT they are the partition key, which rows are read by; of a write regular columns.
    TableSchema binds;
    TableSchema results;                // the columns of its rows
    std::vector<size_t> partition_key;  // numbers of the binds that name the partition
};

struct StatementSpec {
    std::string text;
    StatementSchema schema;
    bool is_read = false;
    /// Whether a write may be sent again when nobody knows what became of it.
    bool is_idempotent = true;
};

}  // namespace messina::table
