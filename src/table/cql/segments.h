// A clustering range, cut into pieces that CQL can name.
//
// The port's bounds are in clustering order; CQL compares values, so a range over columns of mixed
// direction is no single WHERE. Each segment fixes leading columns and bounds the next one, which
// CQL takes in any direction. Most ranges are one segment.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cql/rows.h"
#include "table/store.h"

namespace messina::table {

struct Segment {
    struct Limit {
        std::string_view value;  // serialized
        bool is_inclusive = false;
    };
    std::vector<std::string_view> equal;  // of the leading clustering columns, serialized
    /// Of the column after them, in clustering order: of a descending one `from` has the greater
    /// value.
    std::optional<Limit> from;
    std::optional<Limit> to;

    [[nodiscard]] bool is_everything() const { return equal.empty() && !from && !to; }
};

/// In clustering order, without overlap; none when nothing lies between the bounds. Views lead into
/// the bounds. Malformed bounds are Poison.
Result<std::vector<Segment>> split_range(const TableSchema& schema, const ClusteringBound& from,
                                         const ClusteringBound& to);

/// Appends the values that the segment's WHERE binds.
void append_values(const Segment& segment, cql::ValueWriter& values);

/// Two segments that hold every row between them. A deletion of everything would take the static
/// columns too. `pivot` gets the value between them and outlives the segments.
std::vector<Segment> split_everything(const TableSchema& schema, std::string& pivot);

}  // namespace messina::table
