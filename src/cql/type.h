// CQL's types and the serialized form of their values (CQL native protocol v5 specification,
// section 6; also what cells of the embedded store hold, so that "greater value wins" compares the
// same bytes as a server does).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "data/type.h"
#include "data/value.h"

namespace messina::cql {

enum class TypeKind : uint8_t {
    Ascii,
    Bigint,
    Blob,
    Boolean,
    Counter,
    Date,
    Decimal,
    Double,
    Duration,
    Float,
    Inet,
    Int,
    Smallint,
    Text,
    Time,
    Timestamp,
    Timeuuid,
    Tinyint,
    Uuid,
    Varint,
    List,
    Set,
    Map,
    Tuple,
    Udt,
    Vector,
};

struct Type {
    TypeKind kind = TypeKind::Text;
    std::vector<Type> arguments;           // of List, Set, Vector (1), Map (2), Tuple, Udt (any)
    std::vector<std::string> field_names;  // of Udt
    std::string name;                      // of Udt
    uint32_t dimension = 0;                // of Vector

    /// CQL text: "map<text, frozen<list<int>>>".
    [[nodiscard]] std::string to_text() const;
    bool operator==(const Type&) const = default;
};

/// "text", "varchar", "list<int>", "frozen<map<text, int>>", "tuple<int, text>", "vector<float,
/// 3>"; errors name the place. Any other name must be one of `udts`. frozen<> is read and
/// forgotten: a collection is always written and compared as a whole.
Result<Type> parse_type(std::string_view text, std::span<const Type> udts = {});

/// What the checker may know of a column of this type.
TypeRef to_data_type(const Type& type);

/// Appends the serialized form (without a length prefix). Values that cannot be represented are
/// refused with class Poison: what was given, what the type allows. Conversions are exact or
/// refused: Int → smallint checks its range; String → uuid, inet, date, time, timestamp (ISO 8601),
/// duration, decimal, varint parse; Double → int only when integral; Timestamp → timestamp cuts to
/// milliseconds, Int → timestamp counts milliseconds; Bytes of the right size → uuid, inet. float
/// and double round to the nearest, as is their nature, and refuse what becomes infinite; an Int
/// that they cannot hold is refused. Null and Absent are refused (a null is the absence of a cell),
/// except as fields of tuples and udts. Sets are written sorted and without repetitions, maps
/// sorted by key with the last of equal keys, as a server stores them.
Result<void> serialize(const Type& type, const Value& value, Buffer& out);

/// The value of serialized bytes, text and bytes viewing into `bytes` where possible, the rest in
/// `arena`. uuid, inet, date, time and duration become text; decimal and varint Int when they fit,
/// else Decimal; timestamp a Timestamp; set a List; udt a Map.
Result<Value> deserialize(const Type& type, std::string_view bytes, Arena& arena);

}  // namespace messina::cql
