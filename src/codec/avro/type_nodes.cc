#include "codec/avro/type_nodes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace messina::codec::avro {

NodeIndex NodeGraph::add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeIndex>(nodes_.size() - 1);
}

NodeIndex NodeGraph::add(SchemaKind kind, Logical logical) {
    Node node;
    node.kind = kind;
    node.logical = logical;
    return add(std::move(node));
}

NodeIndex NodeGraph::add_union(std::vector<NodeIndex> branches) {
    Node node;
    node.kind = SchemaKind::Union;
    node.branches = std::move(branches);
    return add(std::move(node));
}

bool NodeGraph::allows_null(NodeIndex index) const {
    const Node& node = nodes_[index];
    if (node.kind == SchemaKind::Null) return true;
    return std::ranges::any_of(node.branches, [this](NodeIndex branch) {
        return nodes_[branch].kind == SchemaKind::Null;
    });
}

NodeIndex NodeGraph::with_null(NodeIndex index) {
    std::vector<NodeIndex> branches{add(SchemaKind::Null)};
    if (nodes_[index].kind == SchemaKind::Union) {
        for (const NodeIndex branch : nodes_[index].branches)
            if (nodes_[branch].kind != SchemaKind::Null) branches.push_back(branch);
    } else if (nodes_[index].kind != SchemaKind::Null) {
        branches.push_back(index);
    }
    return add_union(std::move(branches));
}

NodeIndex NodeGraph::add_dynamic() {
    const auto scalars = [this] {
        return std::vector<NodeIndex>{add(SchemaKind::Null),   add(SchemaKind::Boolean),
                                      add(SchemaKind::Long),   add(SchemaKind::Double),
                                      add(SchemaKind::String), add(SchemaKind::Bytes)};
    };
    std::vector<NodeIndex> branches = scalars();
    for (const SchemaKind kind : {SchemaKind::Array, SchemaKind::Map}) {
        Node container;
        container.kind = kind;
        container.item = add_union(scalars());
        branches.push_back(add(std::move(container)));
    }
    return add_union(std::move(branches));
}

Result<NodeIndex> NodeGraph::add_type(const TypeRef& type, const std::string& record_name) {
    switch (type->kind) {
        case TypeKind::Dynamic: return add_dynamic();
        case TypeKind::Null: return add_union({add(SchemaKind::Null), add(SchemaKind::String)});
        case TypeKind::Bool: return add(SchemaKind::Boolean);
        case TypeKind::Int: return add(SchemaKind::Long);
        case TypeKind::Double: return add(SchemaKind::Double);
        case TypeKind::Bytes: return add(SchemaKind::Bytes);
        case TypeKind::Timestamp: return add(SchemaKind::Long, Logical::TimestampMicros);
        // A decimal's scale is known only with its value, and Avro's duration is one of calendars.
        case TypeKind::String:
        case TypeKind::Decimal:
        case TypeKind::Duration: return add(SchemaKind::String);
        case TypeKind::Uint: {
            const NodeIndex index = add(SchemaKind::Bytes, Logical::Decimal);
            nodes_[index].precision = 20;
            return index;
        }
        case TypeKind::List:
        case TypeKind::Map: {
            Node node;
            node.kind = type->kind == TypeKind::List ? SchemaKind::Array : SchemaKind::Map;
            MESSINA_TRY(node.item, add_type(type->element, record_name + "_item"));
            if (type->element->is_nullable) node.item = with_null(node.item);
            return add(std::move(node));
        }
        case TypeKind::Record: break;
    }
    Node node;
    node.kind = SchemaKind::Record;
    node.name = record_name;
    for (const Type::Field& part : type->fields) {
        if (!is_avro_name(part.name))
            return fail(ErrorClass::Misconfigured, "avro.edit",
                        fmt::format("'{}' cannot be a field of an Avro record", part.name),
                        "rename it: Avro names have letters, digits and _ only");
        Field field;
        field.name = part.name;
        MESSINA_TRY(const NodeIndex held, add_type(part.type, record_name + "_" + part.name));
        field.node = with_null(held);
        field.default_json = "null";
        node.fields.push_back(std::move(field));
    }
    return add(std::move(node));
}

bool NodeGraph::takes_scalar(const Node& node, const Type& type) const {
    const bool is_plain = node.logical == Logical::None;
    const bool is_integer = node.kind == SchemaKind::Int || node.kind == SchemaKind::Long;
    const bool is_timestamp = node.logical == Logical::TimestampMillis ||
                              node.logical == Logical::TimestampMicros ||
                              node.logical == Logical::TimestampNanos;
    const bool is_binary = node.kind == SchemaKind::Bytes || node.kind == SchemaKind::Fixed;
    switch (type.kind) {
        case TypeKind::Bool: return node.kind == SchemaKind::Boolean;
        case TypeKind::Int:
            return (is_integer && is_plain) ||
                   (node.logical == Logical::Decimal && node.scale == 0);
        case TypeKind::Uint: return node.logical == Logical::Decimal && node.precision >= 20;
        case TypeKind::Double:
            return node.kind == SchemaKind::Float || node.kind == SchemaKind::Double;
        case TypeKind::Decimal: return node.logical == Logical::Decimal;
        case TypeKind::Timestamp: return is_timestamp;
        case TypeKind::Bytes: return is_binary && is_plain;
        case TypeKind::Duration: return node.kind == SchemaKind::String && is_plain;
        // Texts of dates, times and identifiers are what the decoder gives for them.
        case TypeKind::String:
            return node.kind == SchemaKind::String || node.kind == SchemaKind::Enum ||
                   node.logical == Logical::Uuid || (is_integer && !is_plain && !is_timestamp);
        default: return false;
    }
}

bool NodeGraph::takes(NodeIndex index, const Type& type, uint32_t depth) const {
    constexpr uint32_t depth_max = 32;
    if (depth > depth_max) return false;
    const Node& node = nodes_[index];
    if (type.kind == TypeKind::Dynamic) return true;
    if (type.kind == TypeKind::Null) return allows_null(index);
    if (node.kind == SchemaKind::Union)
        return std::ranges::any_of(
            node.branches, [&](NodeIndex branch) { return takes(branch, type, depth + 1); });
    const auto takes_element = [&] {
        return takes(node.item, *type.element, depth + 1) &&
               (!type.element->is_nullable || allows_null(node.item));
    };
    if (type.kind == TypeKind::List) return node.kind == SchemaKind::Array && takes_element();
    if (type.kind == TypeKind::Map) return node.kind == SchemaKind::Map && takes_element();
    if (type.kind != TypeKind::Record) return takes_scalar(node, type);
    if (node.kind != SchemaKind::Record) return false;
    return std::ranges::all_of(type.fields, [&](const Type::Field& part) {
        const auto field = std::ranges::find(node.fields, part.name, &Field::name);
        return field != node.fields.end() && takes(field->node, *part.type, depth + 1);
    });
}

void NodeGraph::give_distinct_names(NodeIndex root) {
    std::set<std::string> names;
    std::vector<bool> is_seen(nodes_.size());
    // A stack of our own, first branches on top: schemas are as deep as they like.
    std::vector<NodeIndex> open{root};
    while (!open.empty()) {
        const NodeIndex index = open.back();
        open.pop_back();
        if (is_seen[index]) continue;
        is_seen[index] = true;
        Node& node = nodes_[index];
        if (node.is_named()) {
            std::string name = node.name;
            for (int number = 2; !names.insert(name).second; ++number)
                name = fmt::format("{}_{}", node.name, number);
            node.name = name;
        }
        if (node.kind == SchemaKind::Array || node.kind == SchemaKind::Map)
            open.push_back(node.item);
        for (auto branch = node.branches.rbegin(); branch != node.branches.rend(); ++branch)
            open.push_back(*branch);
        for (auto field = node.fields.rbegin(); field != node.fields.rend(); ++field)
            open.push_back(field->node);
    }
}

}  // namespace messina::codec::avro
