// Types of the checker as nodes of a schema, and whether a node takes values of a type. Internal to
// the room: derive.h uses it.
#pragma once

#include <string>
#include <vector>

#include "codec/avro/schema.h"

namespace messina::codec::avro {

/// Grows a schema. Named types may collide while it grows; give_distinct_names() ends that.
class NodeGraph {
  public:
    explicit NodeGraph(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

    [[nodiscard]] const Node& operator[](NodeIndex index) const { return nodes_[index]; }
    Node& operator[](NodeIndex index) { return nodes_[index]; }
    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    NodeIndex add(Node node);
    NodeIndex add(SchemaKind kind, Logical logical = Logical::None);
    NodeIndex add_union(std::vector<NodeIndex> branches);

    /// A type's node; records are named `record_name`, with field names put behind for inner ones.
    Result<NodeIndex> add_type(const TypeRef& type, const std::string& record_name);
    /// The node with null allowed, and put first.
    NodeIndex with_null(NodeIndex index);
    [[nodiscard]] bool allows_null(NodeIndex index) const;
    /// Whether the node takes what the type promises, unions and records looked into.
    [[nodiscard]] bool takes(NodeIndex index, const Type& type, uint32_t depth = 0) const;

    void give_distinct_names(NodeIndex root);

  private:
    NodeIndex add_dynamic();
    [[nodiscard]] bool takes_scalar(const Node& node, const Type& type) const;

    std::vector<Node> nodes_;
};

}  // namespace messina::codec::avro
