// How many bytes a serialized value has, for types where that never varies.
#pragma once

#include <cstddef>

#include "cql/type.h"

namespace messina::cql {

/// 0: varies.
constexpr size_t fixed_size(TypeKind kind) {
    switch (kind) {
        case TypeKind::Boolean:
        case TypeKind::Tinyint: return 1;
        case TypeKind::Smallint: return 2;
        case TypeKind::Int:
        case TypeKind::Float:
        case TypeKind::Date: return 4;
        case TypeKind::Bigint:
        case TypeKind::Counter:
        case TypeKind::Double:
        case TypeKind::Time:
        case TypeKind::Timestamp: return 8;
        case TypeKind::Timeuuid:
        case TypeKind::Uuid: return 16;
        default: return 0;
    }
}

/// Of a vector's elements: without length prefixes when this is not 0. Servers treat tinyint,
/// smallint, date, time and counter as varying here.
constexpr size_t fixed_element_size(const Type& type) {
    switch (type.kind) {
        case TypeKind::Tinyint:
        case TypeKind::Smallint:
        case TypeKind::Date:
        case TypeKind::Time:
        case TypeKind::Counter: return 0;
        case TypeKind::Vector: return type.dimension * fixed_element_size(type.arguments[0]);
        default: return fixed_size(type.kind);
    }
}

}  // namespace messina::cql
