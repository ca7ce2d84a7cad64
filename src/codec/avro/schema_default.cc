// Defaults are JSON in a schema; everything after parsing wants them as the bytes they stand for.
#include <algorithm>

#include <fmt/format.h>

#include "codec/avro/schema_parse.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {
namespace {

using Element = simdjson::dom::element;

std::unexpected<Error> misfit(std::string_view wanted, Element value) {
    std::string text = simdjson::minify(value);
    if (text.size() > 60) text = text.substr(0, 60) + "…";
    return fail(ErrorClass::Misconfigured, "avro.schema_invalid",
                fmt::format("{} is not {}", text, wanted));
}

/// Bytes in JSON are text whose code points 0 to 255 stand for the bytes.
Result<std::string> bytes_of_text(Element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
        return misfit("bytes (a string of code points 0 to 255)", value);
    std::string bytes;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            bytes += text[i];
        } else if (lead == 0xc2 || lead == 0xc3) {
            const auto tail = static_cast<unsigned char>(text[++i]);
            bytes += static_cast<char>(((lead & 3) << 6) | (tail & 0x3f));
        } else {
            return misfit("bytes (a string of code points 0 to 255)", value);
        }
    }
    return bytes;
}

class DefaultEncoder {
  public:
    explicit DefaultEncoder(const std::vector<Node>& nodes) : nodes_(nodes) {}

    Result<void> encode(NodeIndex index, Element value) {
        // Unions of records that hold unions, and defaults built on defaults, can grow without end.
        if (++steps_ > kStepsMax || out_.size() > kBytesMax) return too_large();
        const Node& node = nodes_[index];
        switch (node.kind) {
            case SchemaKind::Null:
                if (!value.is_null()) return misfit("null", value);
                return {};
            case SchemaKind::Int: return encode_integer(value, INT32_MIN, INT32_MAX, "an int");
            case SchemaKind::Long: return encode_integer(value, INT64_MIN, INT64_MAX, "a long");
            case SchemaKind::Record: return encode_record(node, value);
            case SchemaKind::Array: return encode_array(node, value);
            case SchemaKind::Map: return encode_map(node, value);
            case SchemaKind::Union: return encode_union(node, value);
            default: return encode_leaf(node, value);
        }
    }
    [[nodiscard]] std::string taken() const { return std::string(out_.view()); }

  private:
    static constexpr size_t kStepsMax = 1'000'000;
    static constexpr size_t kBytesMax = 1024 * 1024;

    static std::unexpected<Error> too_large() {
        return fail(ErrorClass::Misconfigured, "avro.schema_limit", "it is too large");
    }

    Result<void> encode_integer(Element value, int64_t min, int64_t max, std::string_view wanted) {
        int64_t number = 0;
        if (!value.is_int64() || value.get(number) != simdjson::SUCCESS || number < min ||
            number > max)
            return misfit(wanted, value);
        append_long(out_, number);
        return {};
    }

    Result<void> encode_leaf(const Node& node, Element value) {
        if (node.kind == SchemaKind::Bytes || node.kind == SchemaKind::Fixed) {
            MESSINA_TRY(const std::string bytes, bytes_of_text(value));
            if (node.kind == SchemaKind::Fixed && bytes.size() != node.fixed_size)
                return misfit(fmt::format("{} bytes", node.fixed_size), value);
            if (node.kind == SchemaKind::Bytes) append_long(out_, std::ssize(bytes));
            out_.append(bytes);
        } else if (node.kind == SchemaKind::String) {
            std::string_view text;
            if (value.get(text) != simdjson::SUCCESS) return misfit("a string", value);
            append_prefixed(out_, text);
        } else if (node.kind == SchemaKind::Boolean) {
            bool flag = false;
            if (value.get(flag) != simdjson::SUCCESS) return misfit("a boolean", value);
            out_.push_back(flag ? '\1' : '\0');
        } else if (node.kind == SchemaKind::Enum) {
            std::string_view symbol;
            if (value.get(symbol) != simdjson::SUCCESS) return misfit("a symbol", value);
            const auto at = std::ranges::find(node.symbols, symbol);
            if (at == node.symbols.end()) return misfit("one of the symbols", value);
            append_long(out_, at - node.symbols.begin());
        } else {
            double number = 0;
            if (value.get(number) != simdjson::SUCCESS) return misfit("a number", value);
            if (node.kind == SchemaKind::Float) {
                append_little_endian(out_, static_cast<float>(number));
            } else {
                append_little_endian(out_, number);
            }
        }
        return {};
    }

    Result<void> encode_record(const Node& node, Element value) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return misfit("an object", value);
        for (const Field& field : node.fields) {
            if (Element member; object.at_key(field.name).get(member) == simdjson::SUCCESS) {
                MESSINA_TRY_VOID(encode(field.node, member));
            } else if (field.default_bytes) {
                out_.append(*field.default_bytes);
                if (out_.size() > kBytesMax) return too_large();
            } else {
                return misfit(fmt::format("a '{}': field '{}' is missing", node.name, field.name),
                              value);
            }
        }
        return {};
    }

    Result<void> encode_array(const Node& node, Element value) {
        simdjson::dom::array items;
        if (value.get(items) != simdjson::SUCCESS) return misfit("an array", value);
        int64_t count = 0;
        for ([[maybe_unused]] const Element item : items) ++count;
        if (count > 0) append_long(out_, count);
        for (const Element item : items) MESSINA_TRY_VOID(encode(node.item, item));
        append_long(out_, 0);
        return {};
    }

    Result<void> encode_map(const Node& node, Element value) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return misfit("an object", value);
        int64_t count = 0;
        for ([[maybe_unused]] const auto member : object) ++count;
        if (count > 0) append_long(out_, count);
        for (const auto member : object) {
            append_prefixed(out_, member.key);
            MESSINA_TRY_VOID(encode(node.item, member.value));
        }
        append_long(out_, 0);
        return {};
    }

    /// The first branch that the value fits, as version 1.12 has it; older writers put it first.
    Result<void> encode_union(const Node& node, Element value) {
        const size_t begin = out_.size();
        for (size_t i = 0; i < node.branches.size(); ++i) {
            append_long(out_, static_cast<int64_t>(i));
            if (encode(node.branches[i], value)) return {};
            out_.truncate(begin);
        }
        return misfit("of any type of the union", value);
    }

    const std::vector<Node>& nodes_;
    Buffer out_;
    size_t steps_ = 0;
};

}  // namespace

Result<std::string> encode_default(const std::vector<Node>& nodes, NodeIndex node,
                                   simdjson::dom::element value) {
    DefaultEncoder encoder(nodes);
    MESSINA_TRY_VOID(encoder.encode(node, value));
    return encoder.taken();
}

}  // namespace messina::codec::avro
