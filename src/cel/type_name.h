// Types as values: type(x) gives one, and they compare by name.
#pragma once

#include <array>
#include <string_view>

#include "data/value.h"

namespace messina::cel {

/// The name of the value's type: "int", "google.protobuf.Timestamp", ….
constexpr std::string_view type_name(Kind kind) {
    switch (kind) {
        case Kind::Null: return "null_type";
        case Kind::Bool: return "bool";
        case Kind::Int: return "int";
        case Kind::Uint: return "uint";
        case Kind::Double:
        case Kind::Decimal: return "double";
        case Kind::String: return "string";
        case Kind::Bytes: return "bytes";
        case Kind::Timestamp: return "google.protobuf.Timestamp";
        case Kind::Duration: return "google.protobuf.Duration";
        case Kind::List: return "list";
        case Kind::Map: return "map";
        case Kind::Type: return "type";
        case Kind::Optional: return "optional_type";
        case Kind::Absent: return "absent";
        case Kind::Error: return "error";
    }
    return "error";
}

/// The kinds that have a type a person can name.
inline constexpr std::array kNamedKinds = {
    Kind::Null,   Kind::Bool,  Kind::Int,       Kind::Uint,     Kind::Double,
    Kind::String, Kind::Bytes, Kind::Timestamp, Kind::Duration, Kind::List,
    Kind::Map,    Kind::Type,  Kind::Optional};

/// `name` itself (with static lifetime) when it names a type, else empty.
constexpr std::string_view known_type_name(std::string_view name) {
    for (const Kind kind : kNamedKinds)
        if (type_name(kind) == name) return type_name(kind);
    return {};
}

}  // namespace messina::cel
