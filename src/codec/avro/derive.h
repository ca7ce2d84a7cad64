// The output schema of a pipeline that edits records of a known schema, such that the bytes of
// everything it does not touch stay as they are.
//
// Added fields go to the end of their record, nullable with default null: readers of the old
// schema read the new data, and the other way round. A replaced field keeps its place, and its type
// where that takes the new values. A record type that is edited in one place and used in another
// too becomes two types: the one met later gets a number behind its name.
#pragma once

#include <span>
#include <vector>

#include "codec/avro/schema.h"
#include "data/path.h"

namespace messina::codec::avro {

struct SchemaEdit {
    Path path;
    /// What is known of the new value; null: the field is removed.
    TypeRef type;
};

/// One place in the bytes where edits are put in.
struct Placement {
    /// Which edits, by number: one; or several, when they make up a record that was not there.
    std::vector<size_t> edits;
    /// How many names of the edits' paths lead to the place.
    size_t depth = 0;
    bool is_removal = false;
    /// The field in the derived schema; of a removal nothing.
    NodeIndex record = 0;
    size_t field = 0;
};

struct Derived {
    SchemaRef schema;
    /// In the order of the bytes.
    std::vector<Placement> placements;
    /// False when an edit goes where bytes cannot be exchanged (inside a map, or the whole record):
    /// records have to be encoded anew.
    bool can_splice = true;
};

/// Fails (Misconfigured, avro.edit) when an edit has no place in a record of that schema.
Result<Derived> derive(const Schema& writer, std::span<const SchemaEdit> edits);

/// The schema of a single value of which only the type is known.
Result<SchemaRef> schema_of_type(const TypeRef& type, const std::string& record_name);

}  // namespace messina::codec::avro
