// What the checker knows of a column: the Value kinds that deserialize() gives.
#include "cql/type.h"

namespace messina::cql {
namespace {

using DataKind = messina::TypeKind;

TypeRef nullable(const TypeRef& type) {
    auto copy = std::make_shared<messina::Type>(*type);
    copy->is_nullable = true;
    return copy;
}

}  // namespace

TypeRef to_data_type(const Type& type) {
    using Data = messina::Type;
    switch (type.kind) {
        case TypeKind::Bigint:
        case TypeKind::Counter:
        case TypeKind::Int:
        case TypeKind::Smallint:
        case TypeKind::Tinyint: return Data::scalar(DataKind::Int);
        case TypeKind::Boolean: return Data::scalar(DataKind::Bool);
        case TypeKind::Double:
        case TypeKind::Float: return Data::scalar(DataKind::Double);
        case TypeKind::Blob: return Data::scalar(DataKind::Bytes);
        case TypeKind::Timestamp: return Data::scalar(DataKind::Timestamp);
        case TypeKind::Ascii:
        case TypeKind::Date:
        case TypeKind::Duration:
        case TypeKind::Inet:
        case TypeKind::Text:
        case TypeKind::Time:
        case TypeKind::Timeuuid:
        case TypeKind::Uuid: return Data::scalar(DataKind::String);
        // Int when it fits, else Decimal: not known before the value is seen.
        case TypeKind::Decimal:
        case TypeKind::Varint: return Data::dynamic();
        case TypeKind::List:
        case TypeKind::Set:
        case TypeKind::Vector: return Data::list(to_data_type(type.arguments[0]));
        case TypeKind::Map:
            return Data::map(to_data_type(type.arguments[0]), to_data_type(type.arguments[1]));
        case TypeKind::Tuple: return Data::list(Data::dynamic());
        case TypeKind::Udt: {
            std::vector<Data::Field> fields;
            for (size_t i = 0; i < type.arguments.size(); ++i)
                fields.push_back({type.field_names[i], nullable(to_data_type(type.arguments[i]))});
            return Data::record(std::move(fields));
        }
    }
    return Data::dynamic();
}

}  // namespace messina::cql
