#include "data/type.h"

namespace messina {

TypeRef Type::dynamic() {
    static const TypeRef type = std::make_shared<Type>();
    return type;
}
TypeRef Type::scalar(TypeKind kind, bool is_nullable) {
    return std::make_shared<Type>(Type{kind, is_nullable, nullptr, nullptr, {}});
}
TypeRef Type::list(TypeRef element) {
    return std::make_shared<Type>(Type{TypeKind::List, false, nullptr, std::move(element), {}});
}
TypeRef Type::map(TypeRef key, TypeRef element) {
    return std::make_shared<Type>(
        Type{TypeKind::Map, false, std::move(key), std::move(element), {}});
}
TypeRef Type::record(std::vector<Field> fields) {
    return std::make_shared<Type>(
        Type{TypeKind::Record, false, nullptr, nullptr, std::move(fields)});
}

const Type* Type::field(std::string_view name) const {
    for (const Field& field : fields)
        if (field.name == name) return field.type.get();
    return nullptr;
}

std::string Type::to_text() const {
    std::string text;
    switch (kind) {
        case TypeKind::Dynamic: return "any";
        case TypeKind::Null: return "null";
        case TypeKind::Bool: text = "bool"; break;
        case TypeKind::Int: text = "int"; break;
        case TypeKind::Uint: text = "uint"; break;
        case TypeKind::Double: text = "double"; break;
        case TypeKind::Decimal: text = "decimal"; break;
        case TypeKind::String: text = "string"; break;
        case TypeKind::Bytes: text = "bytes"; break;
        case TypeKind::Timestamp: text = "timestamp"; break;
        case TypeKind::Duration: text = "duration"; break;
        case TypeKind::List: text = "list(" + element->to_text() + ")"; break;
        case TypeKind::Map: text = "map(" + key->to_text() + ", " + element->to_text() + ")"; break;
        case TypeKind::Record:
            text = "{";
            for (const Field& field : fields)
                text += (text.size() > 1 ? ", " : "") + field.name + ": " + field.type->to_text();
            text += "}";
            break;
    }
    return is_nullable ? text + "?" : text;
}

}  // namespace messina
