#include "codec/avro/derive.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/avro/type_nodes.h"

namespace messina::codec::avro {
namespace {

std::unexpected<Error> no_place(const Path& path, std::string why) {
    return fail(ErrorClass::Misconfigured, "avro.edit",
                fmt::format("'{}' cannot be set in the output: {}", to_text(path), why),
                "give an output schema of your own, or put the value elsewhere");
}

std::vector<Node> nodes_of(const Schema& schema) {
    std::vector<Node> nodes;
    for (NodeIndex i = 0; i < schema.node_count(); ++i) nodes.push_back(schema.node(i));
    return nodes;
}

Result<SchemaRef> parse_graph(NodeGraph& graph, NodeIndex root) {
    graph.give_distinct_names(root);
    SchemaOptions options;
    // Defaults of records that were edited may have lost their meaning.
    options.bad_default = SchemaOptions::BadDefault::Drop;
    return Schema::parse(schema_to_json(graph.nodes(), root), options);
}

/// The one record among a node's branches, or the node itself when it is one.
template <class NodeOf>
std::vector<size_t> record_branches(const Node& choice, NodeOf&& node_of) {
    std::vector<size_t> found;
    for (size_t i = 0; i < choice.branches.size(); ++i)
        if (node_of(choice.branches[i]).kind == SchemaKind::Record) found.push_back(i);
    return found;
}

class Deriver {
  public:
    Deriver(const Schema& writer, std::span<const SchemaEdit> edits)
        : writer_(writer), edits_(edits), graph_(nodes_of(writer)) {}

    Result<Derived> derive() {
        std::vector<size_t> all(edits_.size());
        for (size_t i = 0; i < all.size(); ++i) all[i] = i;
        NodeIndex root = writer_.root();
        if (all.size() == 1 && edits_[0].path.empty()) {
            derived_.can_splice = false;
            if (edits_[0].type == nullptr) return no_place({}, "the whole record is removed");
            MESSINA_TRY(root, graph_.add_type(edits_[0].type, record_name("value")));
        } else if (!all.empty()) {
            MESSINA_TRY(root, edit(root, all, 0));
        }
        MESSINA_TRY(derived_.schema, parse_graph(graph_, root));
        for (Placement& placement : derived_.placements)
            if (!placement.is_removal) locate(placement);
        return std::move(derived_);
    }

  private:
    /// `index` with the edits made in it, as a new node.
    Result<NodeIndex> edit(NodeIndex index, const std::vector<size_t>& edits, size_t depth) {
        Node node = graph_[index];
        switch (node.kind) {
            case SchemaKind::Record: return edit_record(std::move(node), edits, depth);
            case SchemaKind::Union: {
                const auto records = record_branches(
                    node, [this](NodeIndex branch) -> const Node& { return graph_[branch]; });
                if (records.size() != 1)
                    return no_place(
                        edits_[edits[0]].path,
                        fmt::format("the union on the way holds {} records", records.size()));
                NodeIndex& branch = node.branches[records[0]];
                MESSINA_TRY(branch, edit(branch, edits, depth));
                return graph_.add(std::move(node));
            }
            case SchemaKind::Map: derived_.can_splice = false; return index;
            default:
                return no_place(edits_[edits[0]].path,
                                fmt::format("a {} on the way has no fields", to_string(node.kind)));
        }
    }

    Result<NodeIndex> edit_record(Node node, const std::vector<size_t>& edits, size_t depth) {
        std::vector<Field> kept;
        for (Field& field : node.fields) {
            const std::vector<size_t> own = edits_of(field.name, edits, depth);
            if (own.empty()) {
                kept.push_back(std::move(field));
                continue;
            }
            const SchemaEdit& first = edits_[own[0]];
            if (first.path.size() > depth + 1) {
                MESSINA_TRY(field.node, edit(field.node, own, depth + 1));
                kept.push_back(std::move(field));
                continue;
            }
            derived_.placements.push_back({own, depth + 1, first.type == nullptr});
            if (first.type == nullptr) continue;
            MESSINA_TRY_VOID(replace(field, *first.type, first.type, first.path));
            kept.push_back(std::move(field));
        }
        const std::vector<Field> old = std::exchange(node.fields, std::move(kept));
        for (const size_t number : edits) {
            const std::string& name = edits_[number].path[depth];
            const auto is_named = [&](const Field& field) { return field.name == name; };
            if (std::ranges::any_of(old, is_named) || std::ranges::any_of(node.fields, is_named))
                continue;
            MESSINA_TRY_VOID(append(node, edits_of(name, edits, depth), depth));
        }
        return graph_.add(std::move(node));
    }

    /// Keeps the field's type where it can.
    Result<void> replace(Field& field, const Type& type, const TypeRef& ref, const Path& path) {
        const bool keeps_type = graph_.takes(field.node, type);
        if (!keeps_type) {
            MESSINA_TRY(field.node, graph_.add_type(ref, record_name(path)));
            field.default_json.clear();
        }
        if (type.is_nullable && !graph_.allows_null(field.node)) {
            field.node = graph_.with_null(field.node);
            field.default_json = "null";
        }
        return {};
    }

    Result<void> append(Node& record, const std::vector<size_t>& edits, size_t depth) {
        const Path& path = edits_[edits[0]].path;
        Placement placement{edits, depth + 1, false};
        TypeRef type = type_of(edits, depth + 1);
        // Nothing to remove where nothing is.
        if (type == nullptr) return {};
        if (!is_avro_name(path[depth]))
            return no_place(path, fmt::format("'{}' is no name that Avro allows", path[depth]));
        Field field;
        field.name = path[depth];
        const Path place(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth) + 1);
        MESSINA_TRY(const NodeIndex held, graph_.add_type(type, record_name(place)));
        field.node = graph_.with_null(held);
        field.default_json = "null";
        record.fields.push_back(std::move(field));
        derived_.placements.push_back(std::move(placement));
        return {};
    }

    /// What edits below a missing field make of it; null when they remove only.
    TypeRef type_of(const std::vector<size_t>& edits, size_t depth) {
        if (edits_[edits[0]].path.size() == depth) return edits_[edits[0]].type;
        std::vector<Type::Field> fields;
        for (const size_t number : edits) {
            const std::string& name = edits_[number].path[depth];
            if (std::ranges::find(fields, name, &Type::Field::name) != fields.end()) continue;
            TypeRef type = type_of(edits_of(name, edits, depth), depth + 1);
            if (type != nullptr) fields.push_back({name, std::move(type)});
        }
        return fields.empty() ? nullptr : Type::record(std::move(fields));
    }

    std::vector<size_t> edits_of(std::string_view name, const std::vector<size_t>& edits,
                                 size_t depth) const {
        std::vector<size_t> found;
        std::ranges::copy_if(edits, std::back_inserter(found),
                             [&](size_t number) { return edits_[number].path[depth] == name; });
        return found;
    }

    /// In the namespace of the record that is edited, after the way to the field.
    std::string record_name(const Path& path) const {
        std::string name;
        for (const std::string& step : path) name += (name.empty() ? "" : "_") + step;
        return record_name(name);
    }
    std::string record_name(const std::string& name) const {
        const std::string& root = writer_.node(writer_.root()).name;
        const size_t dot = root.rfind('.');
        return dot == std::string::npos ? name : root.substr(0, dot + 1) + name;
    }

    void locate(Placement& placement) const {
        const Schema& schema = *derived_.schema;
        const Path& path = edits_[placement.edits[0]].path;
        NodeIndex index = schema.root();
        for (size_t i = 0; i < placement.depth; ++i) {
            const Node& choice = schema.node(index);
            if (choice.kind == SchemaKind::Union)
                index =
                    choice.branches[record_branches(choice, [&](NodeIndex branch) -> const Node& {
                        return schema.node(branch);
                    })[0]];
            const std::vector<Field>& fields = schema.node(index).fields;
            placement.record = index;
            placement.field = static_cast<size_t>(std::ranges::find(fields, path[i], &Field::name) -
                                                  fields.begin());
            index = fields[placement.field].node;
        }
    }

    const Schema& writer_;
    std::span<const SchemaEdit> edits_;
    NodeGraph graph_;
    Derived derived_;
};

}  // namespace

Result<Derived> derive(const Schema& writer, std::span<const SchemaEdit> edits) {
    return Deriver(writer, edits).derive();
}

Result<SchemaRef> schema_of_type(const TypeRef& type, const std::string& record_name) {
    NodeGraph graph({});
    MESSINA_TRY(const NodeIndex root, graph.add_type(type, record_name));
    return parse_graph(graph, root);
}

}  // namespace messina::codec::avro
