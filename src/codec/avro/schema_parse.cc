#include "codec/avro/schema_parse.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/nearest.h"

namespace messina::codec::avro {
namespace {

constexpr std::array<std::string_view, 8> kPrimitives = {"null",  "boolean", "int",   "long",
                                                         "float", "double",  "bytes", "string"};

std::optional<SchemaKind> primitive(std::string_view name) {
    const auto at = std::ranges::find(kPrimitives, name);
    if (at == kPrimitives.end()) return std::nullopt;
    return static_cast<SchemaKind>(at - kPrimitives.begin());
}

/// The text of a string member, or empty.
std::string_view text_member(simdjson::dom::object object, std::string_view key) {
    std::string_view text;
    if (object.at_key(key).get(text) != simdjson::SUCCESS) return {};
    return text;
}

/// `,"key":value` for each member that is none of `known`.
std::string foreign_members(simdjson::dom::object object,
                            std::initializer_list<std::string_view> known) {
    std::string out;
    for (const auto member : object) {
        if (std::ranges::find(known, member.key) != known.end()) continue;
        out += fmt::format(",\"{}\":{}", member.key, simdjson::minify(member.value));
    }
    // A key that needs escapes would have to be escaped again; such keys are nobody's.
    return out.find('\\') == std::string::npos ? out : std::string();
}

std::string full_name(std::string_view name, std::string_view space) {
    if (space.empty() || name.find('.') != std::string_view::npos) return std::string(name);
    return fmt::format("{}.{}", space, name);
}

std::string_view space_of(std::string_view name) {
    const size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
}

bool is_full_name(std::string_view name) {
    while (true) {
        const size_t dot = name.find('.');
        if (!is_avro_name(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

/// Puts a step onto a JSON pointer for as long as the step is being parsed.
class Place {
  public:
    Place(std::string& place, std::string_view step) : place_(place), size_(place.size()) {
        place_ += '/';
        place_ += step;
    }
    Place(std::string& place, size_t step) : Place(place, std::to_string(step)) {}
    ~Place() { place_.resize(size_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

  private:
    std::string& place_;
    size_t size_;
};

}  // namespace

bool is_avro_name(std::string_view name) {
    const auto is_letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    };
    if (name.empty() || !is_letter(name.front())) return false;
    return std::ranges::all_of(name,
                               [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Result<SchemaRef> Schema::parse(std::string_view json, const SchemaOptions& options) {
    return SchemaParser(options).parse(json);
}

std::string SchemaParser::where() const {
    return place_.empty() ? "schema" : fmt::format("schema at {}", place_);
}

std::unexpected<Error> SchemaParser::invalid(std::string message, std::string hint) const {
    return fail(ErrorClass::Misconfigured, "avro.schema_invalid",
                fmt::format("{}: {}", where(), message), std::move(hint));
}

Result<SchemaRef> SchemaParser::parse(std::string_view json) {
    if (json.size() > options_.text_bytes_max)
        return fail(ErrorClass::Misconfigured, "avro.schema_limit",
                    fmt::format("schema of {} bytes: at most {} are taken", json.size(),
                                options_.text_bytes_max));
    // A bare name is what people write in configuration: string for "string".
    if (primitive(json)) return parse(fmt::format("\"{}\"", json));
    // Primitives without annotations are shared: node i is SchemaKind i.
    nodes_.resize(kPrimitives.size());
    for (size_t i = 0; i < kPrimitives.size(); ++i) nodes_[i].kind = static_cast<SchemaKind>(i);
    for (const std::string& definition : options_.definitions)
        MESSINA_TRY_VOID(parse_root(definition));

    std::shared_ptr<Schema> schema(new Schema());
    MESSINA_TRY(schema->root_, parse_root(json));
    schema->canonical_ = canonical_form(nodes_, schema->root_, Annotations::Stripped);
    schema->fingerprint_ = crc64_avro(schema->canonical_);
    schema->nodes_ = std::move(nodes_);
    return schema;
}

Result<NodeIndex> SchemaParser::parse_root(std::string_view json) {
    simdjson::dom::parser parser;
    Element root;
    if (const auto error = parser.parse(json.data(), json.size()).get(root);
        error != simdjson::SUCCESS) {
        return fail(ErrorClass::Misconfigured, "avro.schema_syntax",
                    fmt::format("schema is not JSON: {}", simdjson::error_message(error)));
    }
    MESSINA_TRY(const NodeIndex index, parse_type(root, ""));
    // Defaults are still JSON, which ends with the parser.
    MESSINA_TRY_VOID(encode_defaults());
    defaults_.clear();
    return index;
}

Result<NodeIndex> SchemaParser::add(Node node) {
    if (nodes_.size() >= options_.node_count_max)
        return fail(ErrorClass::Misconfigured, "avro.schema_limit",
                    fmt::format("{}: more than {} types", where(), options_.node_count_max));
    nodes_.push_back(std::move(node));
    return static_cast<NodeIndex>(nodes_.size() - 1);
}

Result<NodeIndex> SchemaParser::define(Node node) {
    std::string name = node.name;
    if (names_.contains(name))
        return invalid(fmt::format("type '{}' is defined twice", name),
                       "name it where it is used the second time instead of defining it again");
    MESSINA_TRY(const NodeIndex index, add(std::move(node)));
    names_.emplace(std::move(name), index);
    return index;
}

Result<NodeIndex> SchemaParser::parse_type(Element element, const std::string& space) {
    if (++depth_ > options_.depth_max)
        return fail(ErrorClass::Misconfigured, "avro.schema_limit",
                    fmt::format("schema is nested deeper than {}", options_.depth_max));
    Result<NodeIndex> parsed = invalid("a type is a name, an object or an array of types");
    if (std::string_view name; element.get(name) == simdjson::SUCCESS) {
        parsed = find_type(name, space);
    } else if (simdjson::dom::array branches; element.get(branches) == simdjson::SUCCESS) {
        parsed = parse_union(branches, space);
    } else if (Object object; element.get(object) == simdjson::SUCCESS) {
        parsed = parse_object(object, space);
    }
    --depth_;
    return parsed;
}

Result<NodeIndex> SchemaParser::find_type(std::string_view name, const std::string& space) const {
    if (const auto kind = primitive(name); kind) return static_cast<NodeIndex>(*kind);
    auto found = names_.find(full_name(name, space));
    // Several writers leave the namespace of a reference out when the type has none.
    if (found == names_.end()) found = names_.find(name);
    if (found != names_.end()) return found->second;

    std::vector<std::string_view> known(kPrimitives.begin(), kPrimitives.end());
    known.insert(known.end(), {"record", "enum", "array", "map", "fixed"});
    for (const auto& [known_name, index] : names_) known.push_back(known_name);
    return fail(ErrorClass::Misconfigured, "avro.schema_unknown_type",
                fmt::format("{}: unknown type '{}'", where(), name), did_you_mean(name, known));
}

Result<NodeIndex> SchemaParser::parse_object(Object object, const std::string& space) {
    Element type;
    if (object.at_key("type").get(type) != simdjson::SUCCESS)
        return invalid("an object that describes a type needs a member 'type'");
    std::string_view name;
    if (type.get(name) != simdjson::SUCCESS) {
        const Place place(place_, "type");
        return parse_type(type, space);
    }
    if (name == "record" || name == "error") return parse_record(object, space);
    if (name == "enum") return parse_enum(object, space);
    if (name == "fixed") return parse_fixed(object, space);
    if (name == "array") return parse_container(object, space, SchemaKind::Array);
    if (name == "map") return parse_container(object, space, SchemaKind::Map);
    const auto kind = primitive(name);
    if (!kind) return find_type(name, space);

    Node node;
    node.kind = *kind;
    apply_logical(object, node);
    node.attributes = node.logical == Logical::None
                          ? foreign_members(object, {"type"})
                          : foreign_members(object, {"type", "logicalType", "precision", "scale"});
    if (node.logical == Logical::None && node.attributes.empty())
        return static_cast<NodeIndex>(*kind);
    return add(std::move(node));
}

Result<NodeIndex> SchemaParser::parse_union(simdjson::dom::array branches,
                                            const std::string& space) {
    Node node;
    node.kind = SchemaKind::Union;
    for (const Element branch : branches) {
        const Place place(place_, node.branches.size());
        MESSINA_TRY(const NodeIndex index, parse_type(branch, space));
        node.branches.push_back(index);
    }
    if (node.branches.empty()) return invalid("a union needs at least one type");
    MESSINA_TRY_VOID(check_branches(node.branches));
    return add(std::move(node));
}

Result<void> SchemaParser::check_branches(const std::vector<NodeIndex>& branches) const {
    std::set<std::string> seen;
    for (const NodeIndex index : branches) {
        const Node& branch = nodes_[index];
        if (branch.kind == SchemaKind::Union)
            return invalid("a union cannot hold a union directly");
        const std::string type =
            branch.is_named() ? branch.name : std::string(to_string(branch.kind));
        if (!seen.insert(type).second)
            return invalid(fmt::format("a union holds '{}' twice", type),
                           "only records, enums and fixed types of different names may repeat");
    }
    return {};
}

Result<NodeIndex> SchemaParser::parse_container(Object object, const std::string& space,
                                                SchemaKind kind) {
    const std::string_view key = kind == SchemaKind::Array ? "items" : "values";
    Element item;
    if (object.at_key(key).get(item) != simdjson::SUCCESS)
        return invalid(fmt::format("an {} needs a member '{}'",
                                   kind == SchemaKind::Array ? "array" : "object of type map",
                                   key));
    Node node;
    node.kind = kind;
    const Place place(place_, key);
    MESSINA_TRY(node.item, parse_type(item, space));
    node.attributes = foreign_members(object, {"type", key});
    return add(std::move(node));
}

Result<Node> SchemaParser::parse_name(Object object, const std::string& space, SchemaKind kind) {
    Node node;
    node.kind = kind;
    const std::string_view name = text_member(object, "name");
    if (name.empty()) return invalid(fmt::format("a type {} needs a name", to_string(kind)));
    std::string_view own_space = space;
    if (std::string_view given; object.at_key("namespace").get(given) == simdjson::SUCCESS)
        own_space = given;
    node.name = full_name(name, own_space);
    if (!is_full_name(node.name))
        return invalid(fmt::format("'{}' is not a name: letters, digits and _ only", node.name));
    if (primitive(node.name))
        return invalid(fmt::format("'{}' is the name of a primitive type", node.name));
    node.doc = text_member(object, "doc");
    if (simdjson::dom::array aliases; object.at_key("aliases").get(aliases) == simdjson::SUCCESS) {
        for (const Element alias : aliases) {
            std::string_view text;
            if (alias.get(text) != simdjson::SUCCESS) return invalid("an alias is a string");
            node.aliases.push_back(full_name(text, space_of(node.name)));
        }
    }
    return node;
}

Result<NodeIndex> SchemaParser::parse_record(Object object, const std::string& space) {
    MESSINA_TRY(Node node, parse_name(object, space, SchemaKind::Record));
    simdjson::dom::array fields;
    if (object.at_key("fields").get(fields) != simdjson::SUCCESS)
        return invalid(fmt::format("record '{}' needs an array 'fields'", node.name));
    node.attributes =
        foreign_members(object, {"type", "name", "namespace", "doc", "aliases", "fields"});
    const std::string inner_space(space_of(node.name));
    // Defined before its fields are read: they may refer to it.
    MESSINA_TRY(const NodeIndex index, define(std::move(node)));

    const Place place(place_, "fields");
    for (const Element element : fields) {
        const size_t number = nodes_[index].fields.size();
        const Place field_place(place_, number);
        Object field_object;
        if (element.get(field_object) != simdjson::SUCCESS)
            return invalid("a field is an object with 'name' and 'type'");
        MESSINA_TRY(Field field, parse_field(field_object, inner_space, nodes_[index]));
        if (Element value; field_object.at_key("default").get(value) == simdjson::SUCCESS) {
            field.default_json = simdjson::minify(value);
            defaults_.push_back({index, number, value, place_ + "/default"});
        }
        nodes_[index].fields.push_back(std::move(field));
    }
    return index;
}

Result<Field> SchemaParser::parse_field(Object object, const std::string& space,
                                        const Node& record) {
    Field field;
    field.name = text_member(object, "name");
    if (!is_avro_name(field.name))
        return invalid(fmt::format("field name '{}': letters, digits and _ only", field.name));
    if (std::ranges::find(record.fields, field.name, &Field::name) != record.fields.end())
        return invalid(fmt::format("record '{}' has field '{}' twice", record.name, field.name));
    if (simdjson::dom::array aliases; object.at_key("aliases").get(aliases) == simdjson::SUCCESS) {
        for (const Element alias : aliases) {
            std::string_view text;
            if (alias.get(text) != simdjson::SUCCESS) return invalid("an alias is a string");
            field.aliases.emplace_back(text);
        }
    }
    field.doc = text_member(object, "doc");
    field.attributes = foreign_members(object, {"name", "type", "aliases", "doc", "default"});
    Element type;
    if (object.at_key("type").get(type) != simdjson::SUCCESS)
        return invalid(fmt::format("field '{}' needs a type", field.name));
    const Place place(place_, "type");
    MESSINA_TRY(field.node, parse_type(type, space));
    return field;
}

Result<void> SchemaParser::parse_symbols(Object object, Node& node) {
    simdjson::dom::array symbols;
    if (object.at_key("symbols").get(symbols) != simdjson::SUCCESS)
        return invalid(fmt::format("enum '{}' needs an array 'symbols'", node.name));
    std::set<std::string_view> seen;
    for (const Element element : symbols) {
        std::string_view symbol;
        if (element.get(symbol) != simdjson::SUCCESS || !is_avro_name(symbol))
            return invalid(fmt::format("enum '{}': a symbol is a name", node.name));
        if (!seen.insert(symbol).second)
            return invalid(fmt::format("enum '{}' has symbol '{}' twice", node.name, symbol));
        node.symbols.emplace_back(symbol);
    }
    return {};
}

Result<NodeIndex> SchemaParser::parse_enum(Object object, const std::string& space) {
    MESSINA_TRY(Node node, parse_name(object, space, SchemaKind::Enum));
    MESSINA_TRY_VOID(parse_symbols(object, node));
    if (std::string_view symbol; object.at_key("default").get(symbol) == simdjson::SUCCESS) {
        const auto at = std::ranges::find(node.symbols, symbol);
        if (at == node.symbols.end())
            return invalid(
                fmt::format("enum '{}': default '{}' is none of its symbols", node.name, symbol));
        node.enum_default = static_cast<int32_t>(at - node.symbols.begin());
    }
    node.attributes = foreign_members(
        object, {"type", "name", "namespace", "doc", "aliases", "symbols", "default"});
    return define(std::move(node));
}

Result<NodeIndex> SchemaParser::parse_fixed(Object object, const std::string& space) {
    MESSINA_TRY(Node node, parse_name(object, space, SchemaKind::Fixed));
    int64_t size = -1;
    if (object.at_key("size").get(size) != simdjson::SUCCESS || size < 0 || size > INT32_MAX)
        return invalid(fmt::format("fixed '{}' needs a size of 0 to 2147483647", node.name));
    node.fixed_size = static_cast<uint32_t>(size);
    apply_logical(object, node);
    node.attributes =
        foreign_members(object, {"type", "name", "namespace", "doc", "aliases", "size",
                                 node.logical == Logical::None ? "" : "logicalType",
                                 node.logical == Logical::Decimal ? "precision" : "",
                                 node.logical == Logical::Decimal ? "scale" : ""});
    return define(std::move(node));
}

Result<void> SchemaParser::encode_defaults() {
    // A record's default may rest on defaults of its own fields, so go on while that settles more.
    while (!defaults_.empty()) {
        const size_t before = defaults_.size();
        std::erase_if(defaults_, [this](const PendingDefault& pending) {
            Field& field = nodes_[pending.record].fields[pending.field];
            Result<std::string> bytes = encode_default(nodes_, field.node, pending.value);
            if (bytes) field.default_bytes = std::move(*bytes);
            return bytes.has_value();
        });
        if (defaults_.size() == before) break;
    }
    for (const PendingDefault& pending : defaults_) {
        Field& field = nodes_[pending.record].fields[pending.field];
        if (options_.bad_default == SchemaOptions::BadDefault::Drop) {
            field.default_json.clear();
            continue;
        }
        place_ = pending.place;
        Error error = encode_default(nodes_, field.node, pending.value).error();
        return invalid(fmt::format("default of field '{}': {}", field.name, error.message),
                       error.hint);
    }
    return {};
}

}  // namespace messina::codec::avro
