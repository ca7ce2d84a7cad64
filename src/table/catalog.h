// What the embedded store remembers of its tables, so that a changed definition is found at open
// and values stay with their columns when columns come and go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "table/store.h"

namespace messina::table {

struct CatalogColumn {
    std::string name;
    std::string type;
    ColumnRole role = ColumnRole::Regular;
    bool is_descending = false;
    uint32_t number = 0;  // what cells carry instead of the name; key columns have none
    bool operator==(const CatalogColumn&) const = default;
};

struct CatalogTable {
    uint16_t number = 0;  // names its column family
    uint32_t next_column = 0;
    std::vector<CatalogColumn> columns;  // also those that the definition no longer has
    bool operator==(const CatalogTable&) const = default;

    [[nodiscard]] std::string encode() const;
    static std::optional<CatalogTable> decode(std::string_view bytes);
    /// Of each column of `schema`, in its order; 0 for key columns.
    [[nodiscard]] std::vector<uint32_t> column_numbers(const TableSchema& schema) const;
};

/// Whether CQL would take the definition. Misconfigured otherwise.
Result<void> check_schema(const TableSchema& schema);

/// The catalog's entry after opening a table as `schema` says. Misconfigured when key columns, or
/// the type of any column, are not what `stored` has.
Result<CatalogTable> reconcile(const TableSchema& schema, const CatalogTable& stored);

}  // namespace messina::table
