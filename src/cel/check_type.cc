#include "cel/check_type.h"

#include <fmt/core.h>

namespace messina::cel {
namespace {

std::string scalar_text(CheckKind kind) {
    switch (kind) {
        case CheckKind::Null: return "null";
        case CheckKind::Bool: return "bool";
        case CheckKind::Int: return "int";
        case CheckKind::Uint: return "uint";
        case CheckKind::Double: return "double";
        case CheckKind::String: return "string";
        case CheckKind::Bytes: return "bytes";
        case CheckKind::Timestamp: return "timestamp";
        case CheckKind::Duration: return "duration";
        default: return "dyn";
    }
}

TypeKind data_kind(CheckKind kind) {
    switch (kind) {
        case CheckKind::Null: return TypeKind::Null;
        case CheckKind::Bool: return TypeKind::Bool;
        case CheckKind::Int: return TypeKind::Int;
        case CheckKind::Uint: return TypeKind::Uint;
        case CheckKind::Double: return TypeKind::Double;
        case CheckKind::String: return TypeKind::String;
        case CheckKind::Bytes: return TypeKind::Bytes;
        case CheckKind::Timestamp: return TypeKind::Timestamp;
        case CheckKind::Duration: return TypeKind::Duration;
        default: return TypeKind::Dynamic;
    }
}

CheckKind scalar_kind(TypeKind kind) {
    switch (kind) {
        case TypeKind::Null: return CheckKind::Null;
        case TypeKind::Bool: return CheckKind::Bool;
        case TypeKind::Int: return CheckKind::Int;
        case TypeKind::Uint: return CheckKind::Uint;
        case TypeKind::Double:
        // An exact number computes like a double.
        case TypeKind::Decimal: return CheckKind::Double;
        case TypeKind::String: return CheckKind::String;
        case TypeKind::Bytes: return CheckKind::Bytes;
        case TypeKind::Timestamp: return CheckKind::Timestamp;
        case TypeKind::Duration: return CheckKind::Duration;
        default: return CheckKind::Dyn;
    }
}

}  // namespace

std::string to_text(const CheckType& type) {
    switch (type.kind) {
        case CheckKind::List: return fmt::format("list({})", to_text(*type.first));
        case CheckKind::Map:
            return fmt::format("map({}, {})", to_text(*type.first), to_text(*type.second));
        case CheckKind::Type:
            return type.first == nullptr ? "type" : fmt::format("type({})", to_text(*type.first));
        case CheckKind::Optional: return fmt::format("optional_type({})", to_text(*type.first));
        case CheckKind::Record: return type.record->to_text();
        case CheckKind::Param: return fmt::format("_var{}", type.param);
        default: break;
    }
    const std::string text = scalar_text(type.kind);
    return type.is_nullable ? fmt::format("wrapper({})", text) : text;
}

TypeRef to_data_type(const CheckType& type) {
    switch (type.kind) {
        case CheckKind::List: return messina::Type::list(to_data_type(*type.first));
        case CheckKind::Map:
            return messina::Type::map(to_data_type(*type.first), to_data_type(*type.second));
        case CheckKind::Record: return std::make_shared<messina::Type>(*type.record);
        default: break;
    }
    const TypeKind kind = data_kind(type.kind);
    return kind == TypeKind::Dynamic ? messina::Type::dynamic()
                                     : messina::Type::scalar(kind, type.is_nullable);
}

const CheckType* simple_type(CheckKind kind, bool is_nullable) {
    static const std::vector<CheckType> types = [] {
        std::vector<CheckType> all;
        for (size_t i = 0; i <= static_cast<size_t>(CheckKind::Param); ++i)
            for (const bool nullable : {false, true})
                all.push_back({static_cast<CheckKind>(i), nullable, nullptr, nullptr, nullptr, 0});
        return all;
    }();
    return &types[static_cast<size_t>(kind) * 2 + (is_nullable ? 1 : 0)];
}

const CheckType* TypePool::list(const CheckType* element) {
    return add({CheckKind::List, false, element, nullptr, nullptr, 0});
}
const CheckType* TypePool::map(const CheckType* key, const CheckType* value) {
    return add({CheckKind::Map, false, key, value, nullptr, 0});
}
const CheckType* TypePool::optional(const CheckType* held) {
    return add({CheckKind::Optional, false, held, nullptr, nullptr, 0});
}
const CheckType* TypePool::type_of(const CheckType* type) {
    return add({CheckKind::Type, false, type, nullptr, nullptr, 0});
}
const CheckType* TypePool::param(uint32_t number) {
    return add({CheckKind::Param, false, nullptr, nullptr, nullptr, number});
}

const CheckType* TypePool::from(const messina::Type& type) {
    switch (type.kind) {
        case TypeKind::List: return list(from(*type.element));
        case TypeKind::Map: return map(from(*type.key), from(*type.element));
        case TypeKind::Record:
            return add({CheckKind::Record, type.is_nullable, nullptr, nullptr, &type, 0});
        case TypeKind::Dynamic: return simple_type(CheckKind::Dyn);
        default: return simple_type(scalar_kind(type.kind), type.is_nullable);
    }
}

}  // namespace messina::cel
