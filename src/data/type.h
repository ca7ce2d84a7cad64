// What is known of a value before it is seen: the types that a schema (Avro, CSV header, table
// definition) gives to the checker, so that a misspelt field is found by `messina check` and not at
// three in the morning.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace messina {

struct Type;
using TypeRef = std::shared_ptr<const Type>;

enum class TypeKind : uint8_t {
    Dynamic,  // anything, nothing is known
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Decimal,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,    // `element`
    Map,     // `key`, `element`
    Record,  // named fields, each of its own type; any other field is a mistake
};

struct Type {
    struct Field {
        std::string name;
        TypeRef type;
    };

    TypeKind kind = TypeKind::Dynamic;
    bool is_nullable = false;
    TypeRef key;
    TypeRef element;
    std::vector<Field> fields;

    static TypeRef dynamic();
    static TypeRef scalar(TypeKind kind, bool is_nullable = false);
    static TypeRef list(TypeRef element);
    static TypeRef map(TypeRef key, TypeRef element);
    static TypeRef record(std::vector<Field> fields);

    /// The type of a Record's field, or null.
    [[nodiscard]] const Type* field(std::string_view name) const;
    [[nodiscard]] std::string to_text() const;
};

}  // namespace messina
