// What a schema tells the checker: which kind of value the decoder gives for each field.
#include <algorithm>
#include <utility>

#include "codec/avro/schema.h"

namespace messina::codec::avro {
namespace {

class Typer {
  public:
    explicit Typer(const Schema& schema)
        : schema_(schema), known_(schema.node_count()), is_open_(schema.node_count()) {}

    TypeRef type(NodeIndex index) {
        if (known_[index] != nullptr) return known_[index];
        if (is_open_[index]) return Type::dynamic();
        is_open_[index] = true;
        known_[index] = make(schema_.node(index));
        return known_[index];
    }

  private:
    TypeRef make(const Node& node) {
        switch (node.kind) {
            case SchemaKind::Null: return Type::scalar(TypeKind::Null, true);
            case SchemaKind::Boolean: return Type::scalar(TypeKind::Bool);
            case SchemaKind::Int:
            case SchemaKind::Long: return integer(node.logical);
            case SchemaKind::Float:
            case SchemaKind::Double: return Type::scalar(TypeKind::Double);
            case SchemaKind::Bytes:
            case SchemaKind::Fixed: return bytes(node);
            case SchemaKind::String:
            case SchemaKind::Enum: return Type::scalar(TypeKind::String);
            case SchemaKind::Array: return Type::list(type(node.item));
            case SchemaKind::Map: return Type::map(Type::scalar(TypeKind::String), type(node.item));
            case SchemaKind::Record: return record(node);
            case SchemaKind::Union: return choice(node);
        }
        std::unreachable();
    }

    static TypeRef integer(Logical logical) {
        switch (logical) {
            case Logical::None: return Type::scalar(TypeKind::Int);
            case Logical::TimestampMillis:
            case Logical::TimestampMicros:
            case Logical::TimestampNanos: return Type::scalar(TypeKind::Timestamp);
            default: return Type::scalar(TypeKind::String);
        }
    }

    static TypeRef bytes(const Node& node) {
        if (node.logical == Logical::Uuid) return Type::scalar(TypeKind::String);
        if (node.logical == Logical::Duration)
            return Type::record({{"months", Type::scalar(TypeKind::Int)},
                                 {"days", Type::scalar(TypeKind::Int)},
                                 {"milliseconds", Type::scalar(TypeKind::Int)}});
        if (node.logical != Logical::Decimal) return Type::scalar(TypeKind::Bytes);
        if (node.scale > 0) return Type::scalar(TypeKind::Decimal);
        // Whole numbers are Int where they fit; only a short precision promises that they do.
        return node.precision <= 18 ? Type::scalar(TypeKind::Int) : Type::dynamic();
    }

    TypeRef record(const Node& node) {
        std::vector<Type::Field> fields;
        for (const Field& field : node.fields) fields.push_back({field.name, type(field.node)});
        return Type::record(std::move(fields));
    }

    TypeRef choice(const Node& node) {
        TypeRef only;
        bool is_nullable = false;
        for (const NodeIndex branch : node.branches) {
            const TypeRef branch_type = type(branch);
            if (branch_type->kind == TypeKind::Null) {
                is_nullable = true;
            } else if (only == nullptr) {
                only = branch_type;
            } else if (branch_type->kind != only->kind || only->kind >= TypeKind::List) {
                return Type::dynamic();
            }
        }
        if (only == nullptr) return Type::scalar(TypeKind::Null, true);
        if (!is_nullable || only->kind == TypeKind::Dynamic) return only;
        auto nullable = std::make_shared<Type>(*only);
        nullable->is_nullable = true;
        return nullable;
    }

    const Schema& schema_;
    std::vector<TypeRef> known_;
    std::vector<bool> is_open_;
};

}  // namespace

TypeRef Schema::type() const {
    return Typer(*this).type(root_);
}

}  // namespace messina::codec::avro
