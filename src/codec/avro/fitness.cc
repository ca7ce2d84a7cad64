#include "codec/avro/fitness.h"

#include <algorithm>
#include <cmath>

#include "codec/avro/decimal.h"
#include "codec/avro/logical.h"
#include "codec/avro/to_avro.h"

namespace messina::codec::avro {
namespace {

/// Ranks; only their order counts.
enum Fit : int {
    kNone,
    kByText,     // a number or duration as its text
    kPartly,     // a record some of whose fields do not fit
    kRounded,    // a double as a float
    kLeavesOut,  // a record that lacks some of the value's fields
    kAsMap,      // any map
    kExactly,    // an Int as a double or decimal
    kOfSeveral,  // text that reads as a date, time or uuid; bytes of any length
    kOwn,        // just this
};

int number_fitness(const Node& node, const Value& value) {
    const bool is_double = node.kind == SchemaKind::Double;
    if (value.is(Kind::Double)) {
        const double number = value.as_double();
        if (is_double || std::isnan(number)) return kOwn;
        return static_cast<double>(static_cast<float>(number)) == number ? kOfSeveral : kRounded;
    }
    if (!value.is(Kind::Int)) return kNone;
    const int64_t exact_max = int64_t{1} << (is_double ? 53 : 24);
    return value.as_int() >= -exact_max && value.as_int() <= exact_max ? kExactly : kNone;
}

int bytes_fitness(const Node& node, const Value& value) {
    if (node.logical == Logical::Decimal) {
        std::string text;
        std::string bytes;
        if (!to_number_text(value, text) || !decimal_bytes(text, node.precision, node.scale, bytes))
            return kNone;
        // Whole numbers come back as Int, which a double would not.
        const bool is_whole = node.scale == 0 && !value.is(Kind::Double);
        return value.is(Kind::Decimal) ? kOwn : is_whole ? kOfSeveral : kExactly;
    }
    if (node.logical == Logical::Uuid) {
        char ignored[16];
        return value.is(Kind::String) && parse_uuid(value.as_text(), ignored) ? kOfSeveral : kNone;
    }
    if (node.logical == Logical::Duration) {
        uint32_t ignored[3];
        return to_duration(value, ignored) ? kOwn : kNone;
    }
    if (!value.is(Kind::Bytes)) return kNone;
    if (node.kind == SchemaKind::Bytes) return kOfSeveral;
    return value.as_text().size() == node.fixed_size ? kOwn : kNone;
}

int text_fitness(const Node& node, const Value& value) {
    std::string storage;
    std::string_view text;
    if (to_text(node, value, storage, text) != Fault::None) return kNone;
    return value.is(Kind::String) ? kOwn : kByText;
}

/// Containers count by their kind alone.
int shallow_fitness(const Schema& schema, NodeIndex index, const Value& value,
                    FinerTime finer_time) {
    const Node& node = schema.node(index);
    switch (node.kind) {
        case SchemaKind::Null: return value.has_content() ? kNone : kOwn;
        case SchemaKind::Boolean: return value.is(Kind::Bool) ? kOwn : kNone;
        case SchemaKind::Int:
        case SchemaKind::Long: {
            int64_t number = 0;
            if (to_integer(node, value, finer_time, number) != Fault::None) return kNone;
            return value.is(Kind::String) ? kOfSeveral : kOwn;
        }
        case SchemaKind::Float:
        case SchemaKind::Double: return number_fitness(node, value);
        case SchemaKind::String: return text_fitness(node, value);
        case SchemaKind::Enum:
            return value.is(Kind::String) &&
                           std::ranges::find(node.symbols, value.as_text()) != node.symbols.end()
                       ? kOwn
                       : kNone;
        case SchemaKind::Bytes:
        case SchemaKind::Fixed: return bytes_fitness(node, value);
        case SchemaKind::Array: return value.is(Kind::List) ? kOwn : kNone;
        case SchemaKind::Map: return value.is(Kind::Map) ? kAsMap : kNone;
        case SchemaKind::Record: return value.is(Kind::Map) ? kOwn : kNone;
        case SchemaKind::Union:
            return std::ranges::any_of(node.branches,
                                       [&](NodeIndex branch) {
                                           return shallow_fitness(schema, branch, value,
                                                                  finer_time) != kNone;
                                       })
                       ? kOwn
                       : kNone;
    }
    return kNone;
}

int record_fitness(const Schema& schema, const Node& record, const Value& value,
                   FinerTime finer_time) {
    size_t taken = 0;
    bool all_fit = true;
    for (const Field& field : record.fields) {
        const Value held = value.field(field.name);
        const bool fits = shallow_fitness(schema, field.node, held, finer_time) != kNone;
        if (held.is_absent()) {
            if (!field.default_bytes && !fits) return kNone;
            continue;
        }
        ++taken;
        all_fit &= fits;
    }
    if (!all_fit) return kPartly;
    return taken == value.as_map().size() ? kOwn : kLeavesOut;
}

}  // namespace

int fitness(const Schema& schema, NodeIndex branch, const Value& value, FinerTime finer_time) {
    const Node& node = schema.node(branch);
    if (node.kind == SchemaKind::Record && value.is(Kind::Map))
        return record_fitness(schema, node, value, finer_time);
    return shallow_fitness(schema, branch, value, finer_time);
}

}  // namespace messina::codec::avro
