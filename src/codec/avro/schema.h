// An Avro schema as a graph of nodes: what the decoder, the encoder and the checker are built from.
//
// Immutable once parsed and shared by reference count; safe to read from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/type.h"

namespace messina::codec::avro {

enum class SchemaKind : uint8_t {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
};

/// A logical annotation that is valid on its node; one that is not was ignored, as the
/// specification asks.
enum class Logical : uint8_t {
    None,
    Decimal,
    Uuid,
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,
};

std::string_view to_string(SchemaKind kind);
/// As written in a schema: "timestamp-millis"; empty for None.
std::string_view to_string(Logical logical);

using NodeIndex = uint32_t;

struct Field {
    std::string name;
    NodeIndex node = 0;
    std::vector<std::string> aliases = {};
    std::string doc = {};
    /// The default, encoded under `node`; none when the schema gives none.
    std::optional<std::string> default_bytes = {};
    /// The default as JSON text; empty when there is none.
    std::string default_json = {};
    /// Members that Avro gives no meaning to, as JSON: `,"key":value…`.
    std::string attributes = {};
};

struct Node {
    SchemaKind kind = SchemaKind::Null;
    Logical logical = Logical::None;
    uint32_t precision = 0;   // Decimal
    uint32_t scale = 0;       // Decimal
    uint32_t fixed_size = 0;  // Fixed
    NodeIndex item = 0;       // Array: items; Map: values
    int32_t enum_default = -1;
    std::string name = {};  // of Record, Enum and Fixed, with its namespace
    std::string doc = {};
    std::vector<std::string> aliases = {};  // with their namespaces
    std::vector<std::string> symbols = {};
    std::vector<NodeIndex> branches = {};
    std::vector<Field> fields = {};
    std::string attributes = {};

    [[nodiscard]] bool is_named() const {
        return kind == SchemaKind::Record || kind == SchemaKind::Enum || kind == SchemaKind::Fixed;
    }
};

struct SchemaOptions {
    size_t text_bytes_max = 4 * 1024 * 1024;
    uint32_t depth_max = 64;
    uint32_t node_count_max = 65'536;
    /// What to do with a default that does not fit its field: older writers let them pass, so a
    /// schema that data was written with must stay readable.
    enum class BadDefault : uint8_t { Refuse, Drop };
    BadDefault bad_default = BadDefault::Refuse;
    /// JSON of schemas that define types which the schema names (a registry's references), each
    /// behind those that it names itself.
    std::vector<std::string> definitions = {};
};

class Schema;
using SchemaRef = std::shared_ptr<const Schema>;

class Schema {
  public:
    /// Parses a schema's JSON. Errors (Misconfigured, avro.schema_…) name the place as a JSON
    /// pointer.
    static Result<SchemaRef> parse(std::string_view json, const SchemaOptions& options = {});

    [[nodiscard]] NodeIndex root() const { return root_; }
    [[nodiscard]] const Node& node(NodeIndex index) const { return nodes_[index]; }
    [[nodiscard]] size_t node_count() const { return nodes_.size(); }

    /// The Parsing Canonical Form.
    [[nodiscard]] const std::string& canonical() const { return canonical_; }
    /// CRC-64-AVRO of the canonical form.
    [[nodiscard]] uint64_t fingerprint() const { return fingerprint_; }
    /// The whole schema, documentation and foreign attributes included.
    [[nodiscard]] std::string to_json() const;
    /// What the checker may know: recursion ends in Dynamic, and so do unions of several types.
    [[nodiscard]] TypeRef type() const;

    /// Whether data written under one means the same, value for value, under the other: canonical
    /// form, logical types and symbols alike.
    [[nodiscard]] bool reads_like(const Schema& other) const;

    /// For messages: "record shop.Order", "array", "int (date)".
    [[nodiscard]] std::string describe(NodeIndex index) const;

  private:
    friend class SchemaParser;
    Schema() = default;

    std::vector<Node> nodes_;
    NodeIndex root_ = 0;
    std::string canonical_;
    uint64_t fingerprint_ = 0;
};

/// CRC-64-AVRO of any bytes.
uint64_t crc64_avro(std::string_view bytes);

/// JSON of a graph of nodes, from `root` on: a named type is defined where it is first met.
std::string schema_to_json(const std::vector<Node>& nodes, NodeIndex root);

/// Whether the name may be given to a type, field or symbol.
bool is_avro_name(std::string_view name);

}  // namespace messina::codec::avro
