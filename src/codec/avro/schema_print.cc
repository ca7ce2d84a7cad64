// A schema back as text: the canonical form that fingerprints rest on, and the full JSON.
#include <array>

#include <fmt/format.h>

#include "codec/avro/schema_parse.h"

namespace messina::codec::avro {
namespace {

/// Common to both forms: a named type is written out where it is met first, named after that.
class Printer {
  public:
    explicit Printer(const std::vector<Node>& nodes) : nodes_(nodes), is_defined_(nodes.size()) {}

  protected:
    bool is_first_meeting(NodeIndex index) {
        if (!nodes_[index].is_named()) return true;
        const bool is_first = !is_defined_[index];
        is_defined_[index] = true;
        return is_first;
    }
    /// Names and symbols are plain ASCII by the grammar and need no escapes.
    void quote(std::string_view name) { out_ += fmt::format("\"{}\"", name); }
    template <class Items, class Print>
    void list(const Items& items, Print&& print) {
        out_ += '[';
        bool is_first = true;
        for (const auto& item : items) {
            if (!is_first) out_ += ',';
            is_first = false;
            print(item);
        }
        out_ += ']';
    }

    const std::vector<Node>& nodes_;
    std::vector<bool> is_defined_;
    std::string out_;
};

class CanonicalPrinter : Printer {
  public:
    CanonicalPrinter(const std::vector<Node>& nodes, Annotations annotations)
        : Printer(nodes), annotations_(annotations) {}

    std::string print(NodeIndex root) && {
        type(root);
        return std::move(out_);
    }

  private:
    void type(NodeIndex index) {
        const Node& node = nodes_[index];
        if (!is_first_meeting(index)) return quote(node.name);
        if (annotations_ == Annotations::Kept && node.logical != Logical::None)
            out_ += fmt::format("<{} {} {}>", to_string(node.logical), node.precision, node.scale);
        switch (node.kind) {
            case SchemaKind::Union:
                return list(node.branches, [this](NodeIndex branch) { type(branch); });
            case SchemaKind::Array:
            case SchemaKind::Map:
                out_ += node.kind == SchemaKind::Array ? R"({"type":"array","items":)"
                                                       : R"({"type":"map","values":)";
                type(node.item);
                out_ += '}';
                return;
            case SchemaKind::Record:
                out_ += fmt::format(R"({{"name":"{}","type":"record","fields":)", node.name);
                list(node.fields, [this](const Field& field) {
                    out_ += fmt::format(R"({{"name":"{}","type":)", field.name);
                    type(field.node);
                    out_ += '}';
                });
                out_ += '}';
                return;
            case SchemaKind::Enum:
                out_ += fmt::format(R"({{"name":"{}","type":"enum","symbols":)", node.name);
                list(node.symbols, [this](const std::string& symbol) { quote(symbol); });
                out_ += '}';
                return;
            case SchemaKind::Fixed:
                out_ += fmt::format(R"({{"name":"{}","type":"fixed","size":{}}})", node.name,
                                    node.fixed_size);
                return;
            default: quote(to_string(node.kind));
        }
    }

    Annotations annotations_;
};

/// `text` as a JSON string, quotes included.
std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

class FullPrinter : Printer {
  public:
    explicit FullPrinter(const std::vector<Node>& nodes) : Printer(nodes) {}

    std::string print(NodeIndex root) && {
        type(root, "");
        return std::move(out_);
    }

  private:
    void type(NodeIndex index, std::string_view space) {
        const Node& node = nodes_[index];
        if (!is_first_meeting(index)) return quote(node.name);
        if (node.kind == SchemaKind::Union)
            return list(node.branches, [&](NodeIndex branch) { type(branch, space); });
        const bool is_plain = node.kind < SchemaKind::Record && node.logical == Logical::None &&
                              node.attributes.empty();
        if (is_plain) return quote(to_string(node.kind));
        out_ += fmt::format(R"({{"type":"{}")", to_string(node.kind));
        if (node.is_named()) {
            named(node, space);
        } else if (node.kind == SchemaKind::Array || node.kind == SchemaKind::Map) {
            out_ += node.kind == SchemaKind::Array ? R"(,"items":)" : R"(,"values":)";
            type(node.item, space);
        }
        if (node.logical != Logical::None)
            out_ += fmt::format(R"(,"logicalType":"{}")", to_string(node.logical));
        if (node.logical == Logical::Decimal)
            out_ += fmt::format(R"(,"precision":{},"scale":{})", node.precision, node.scale);
        out_ += node.attributes + "}";
    }

    void named(const Node& node, std::string_view space) {
        const size_t dot = node.name.rfind('.');
        const std::string_view name = node.name;
        const std::string_view own_space =
            dot == std::string::npos ? std::string_view() : name.substr(0, dot);
        out_ +=
            fmt::format(R"(,"name":"{}")", dot == std::string::npos ? name : name.substr(dot + 1));
        if (own_space != space) out_ += fmt::format(R"(,"namespace":"{}")", own_space);
        documentation(node.doc, node.aliases);
        if (node.kind == SchemaKind::Fixed) out_ += fmt::format(R"(,"size":{})", node.fixed_size);
        if (node.kind == SchemaKind::Enum) {
            out_ += R"(,"symbols":)";
            list(node.symbols, [this](const std::string& symbol) { quote(symbol); });
            if (node.enum_default >= 0)
                out_ += fmt::format(R"(,"default":"{}")",
                                    node.symbols[static_cast<size_t>(node.enum_default)]);
        }
        if (node.kind != SchemaKind::Record) return;
        out_ += R"(,"fields":)";
        list(node.fields, [&](const Field& field) {
            out_ += fmt::format(R"({{"name":"{}","type":)", field.name);
            type(field.node, own_space);
            if (!field.default_json.empty()) out_ += ",\"default\":" + field.default_json;
            documentation(field.doc, field.aliases);
            out_ += field.attributes + "}";
        });
    }

    void documentation(const std::string& doc, const std::vector<std::string>& aliases) {
        if (!doc.empty()) out_ += ",\"doc\":" + json_string(doc);
        if (aliases.empty()) return;
        out_ += ",\"aliases\":";
        list(aliases, [this](const std::string& alias) { out_ += json_string(alias); });
    }
};

constexpr uint64_t kCrcEmpty = 0xc15d'213a'a4d7'a795;

constexpr std::array<uint64_t, 256> make_crc_table() {
    std::array<uint64_t, 256> table{};
    for (uint64_t i = 0; i < 256; ++i) {
        uint64_t crc = i;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kCrcEmpty : 0);
        table[i] = crc;
    }
    return table;
}

}  // namespace

uint64_t crc64_avro(std::string_view bytes) {
    static constexpr auto table = make_crc_table();
    uint64_t crc = kCrcEmpty;
    for (const char byte : bytes)
        crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
    return crc;
}

std::string canonical_form(const std::vector<Node>& nodes, NodeIndex root,
                           Annotations annotations) {
    return CanonicalPrinter(nodes, annotations).print(root);
}

std::string schema_to_json(const std::vector<Node>& nodes, NodeIndex root) {
    return FullPrinter(nodes).print(root);
}

std::string Schema::to_json() const {
    return schema_to_json(nodes_, root_);
}

}  // namespace messina::codec::avro
