// Turns a schema's JSON into nodes. Internal to the room: use Schema::parse.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "codec/avro/schema.h"

namespace messina::codec::avro {

class SchemaParser {
  public:
    explicit SchemaParser(const SchemaOptions& options) : options_(options) {}
    Result<SchemaRef> parse(std::string_view json);

  private:
    using Element = simdjson::dom::element;
    using Object = simdjson::dom::object;

    /// A default waits until every type is known: it may be of a type defined around it.
    struct PendingDefault {
        NodeIndex record;
        size_t field;
        Element value;
        std::string place;
    };

    Result<NodeIndex> parse_root(std::string_view json);
    Result<NodeIndex> parse_type(Element element, const std::string& space);
    Result<NodeIndex> parse_object(Object object, const std::string& space);
    Result<NodeIndex> parse_union(simdjson::dom::array branches, const std::string& space);
    Result<NodeIndex> parse_record(Object object, const std::string& space);
    Result<Field> parse_field(Object object, const std::string& space, const Node& record);
    Result<NodeIndex> parse_enum(Object object, const std::string& space);
    Result<NodeIndex> parse_fixed(Object object, const std::string& space);
    Result<NodeIndex> parse_container(Object object, const std::string& space, SchemaKind kind);
    Result<void> parse_symbols(Object object, Node& node);
    Result<NodeIndex> find_type(std::string_view name, const std::string& space) const;
    Result<void> check_branches(const std::vector<NodeIndex>& branches) const;
    Result<void> encode_defaults();

    Result<Node> parse_name(Object object, const std::string& space, SchemaKind kind);
    Result<NodeIndex> define(Node node);
    Result<NodeIndex> add(Node node);

    [[nodiscard]] std::unexpected<Error> invalid(std::string message, std::string hint = {}) const;
    [[nodiscard]] std::string where() const;

    const SchemaOptions& options_;
    std::vector<Node> nodes_;
    std::map<std::string, NodeIndex, std::less<>> names_;
    std::vector<PendingDefault> defaults_;
    std::string place_;  // JSON pointer of what is being parsed
    uint32_t depth_ = 0;
};

/// Sets the logical type that the object asks for, when it is valid on the node.
void apply_logical(simdjson::dom::object object, Node& node);

/// The bytes of a default given as JSON, under nodes[node].
Result<std::string> encode_default(const std::vector<Node>& nodes, NodeIndex node,
                                   simdjson::dom::element value);

/// Canonical form; with `Annotations::Kept`, logical types are kept too (Schema::reads_like).
enum class Annotations : uint8_t { Stripped, Kept };
std::string canonical_form(const std::vector<Node>& nodes, NodeIndex root, Annotations annotations);

}  // namespace messina::codec::avro
