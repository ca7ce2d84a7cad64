#include "codec/avro/schema.h"

#include <array>

#include <fmt/format.h>

#include "codec/avro/decimal.h"
#include "codec/avro/schema_parse.h"

namespace messina::codec::avro {

std::string_view to_string(SchemaKind kind) {
    constexpr std::array<std::string_view, 14> names = {
        "null",   "boolean", "int",  "long",  "float", "double", "bytes",
        "string", "record",  "enum", "array", "map",   "union",  "fixed"};
    return names[static_cast<size_t>(kind)];
}

std::string_view to_string(Logical logical) {
    constexpr std::array<std::string_view, 13> names = {"",
                                                        "decimal",
                                                        "uuid",
                                                        "date",
                                                        "time-millis",
                                                        "time-micros",
                                                        "timestamp-millis",
                                                        "timestamp-micros",
                                                        "timestamp-nanos",
                                                        "local-timestamp-millis",
                                                        "local-timestamp-micros",
                                                        "local-timestamp-nanos",
                                                        "duration"};
    return names[static_cast<size_t>(logical)];
}

namespace {

/// The most decimal digits that `bytes` bytes of two's complement always hold.
uint64_t decimal_digits(uint64_t bytes) {
    // floor(log10(2^(8n-1) - 1)); 2^k is no power of ten for k > 0, so the -1 makes no difference.
    return bytes == 0
               ? 0
               : static_cast<uint64_t>(static_cast<double>(8 * bytes - 1) * 0.30102999566398120);
}

void apply_decimal(simdjson::dom::object object, Node& node) {
    int64_t precision = 0;
    int64_t scale = 0;
    if (object.at_key("precision").get(precision) != simdjson::SUCCESS || precision <= 0) return;
    if (object.at_key("scale").error() == simdjson::SUCCESS &&
        object.at_key("scale").get(scale) != simdjson::SUCCESS)
        return;
    if (scale < 0 || scale > precision || precision > kDecimalDigitsMax) return;
    if (node.kind == SchemaKind::Fixed &&
        static_cast<uint64_t>(precision) > decimal_digits(node.fixed_size))
        return;
    node.logical = Logical::Decimal;
    node.precision = static_cast<uint32_t>(precision);
    node.scale = static_cast<uint32_t>(scale);
}

bool is_valid_on(Logical logical, const Node& node) {
    switch (logical) {
        case Logical::Uuid:
            return node.kind == SchemaKind::String ||
                   (node.kind == SchemaKind::Fixed && node.fixed_size == 16);
        case Logical::Duration: return node.kind == SchemaKind::Fixed && node.fixed_size == 12;
        case Logical::Date:
        case Logical::TimeMillis: return node.kind == SchemaKind::Int;
        default: return node.kind == SchemaKind::Long;
    }
}

}  // namespace

void apply_logical(simdjson::dom::object object, Node& node) {
    std::string_view name;
    if (object.at_key("logicalType").get(name) != simdjson::SUCCESS) return;
    if (name == "decimal") {
        if (node.kind == SchemaKind::Bytes || node.kind == SchemaKind::Fixed)
            apply_decimal(object, node);
        return;
    }
    for (auto i = static_cast<uint8_t>(Logical::Uuid); i <= static_cast<uint8_t>(Logical::Duration);
         ++i) {
        const auto logical = static_cast<Logical>(i);
        if (to_string(logical) == name && is_valid_on(logical, node)) node.logical = logical;
    }
}

bool Schema::reads_like(const Schema& other) const {
    return this == &other || canonical_form(nodes_, root_, Annotations::Kept) ==
                                 canonical_form(other.nodes_, other.root_, Annotations::Kept);
}

std::string Schema::describe(NodeIndex index) const {
    const Node& described = nodes_[index];
    std::string text(to_string(described.kind));
    if (described.is_named()) text += " " + described.name;
    if (described.logical != Logical::None)
        text += fmt::format(" ({})", to_string(described.logical));
    return text;
}

}  // namespace messina::codec::avro
