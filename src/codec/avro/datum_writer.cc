#include "codec/avro/datum_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "codec/avro/decimal.h"
#include "codec/avro/fitness.h"
#include "codec/avro/logical.h"
#include "codec/avro/to_avro.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {

bool DatumWriter::write(const Schema& schema, NodeIndex node, const Value& value, Buffer& out) {
    schema_ = &schema;
    out_ = &out;
    depth_ = 0;
    return write(node, value);
}

bool DatumWriter::write_field(const Schema& schema, NodeIndex record, size_t field,
                              const Value& value, Buffer& out) {
    schema_ = &schema;
    out_ = &out;
    depth_ = 0;
    const Field& written = schema.node(record).fields[field];
    return value.is_absent() ? write_missing(written) : write(written.node, value);
}

bool DatumWriter::set_fault(Fault fault, const Node& node, const Value& value) {
    fault_ = fault;
    const auto index = static_cast<NodeIndex>(&node - &schema_->node(0));
    detail_ = fmt::format("{} value {} for {}", to_string(value.kind()), to_debug_text(value, 60),
                          schema_->describe(index));
    return false;
}

void DatumWriter::add_step(std::string_view name) {
    if (name.empty()) return;
    if (!path_.empty() && path_.front() != '[') path_.insert(0, 1, '.');
    path_.insert(0, name);
}

Error DatumWriter::take_error(const std::string& prefix) {
    add_step(prefix);
    return fault_error(fault_, std::exchange(path_, {}), std::exchange(detail_, {}));
}

bool DatumWriter::write(NodeIndex index, const Value& value) {
    const Node& node = schema_->node(index);
    switch (node.kind) {
        case SchemaKind::Null:
            return !value.has_content() || set_fault(Fault::WrongKind, node, value);
        case SchemaKind::Boolean:
            if (!value.is(Kind::Bool)) return set_fault(Fault::WrongKind, node, value);
            out_->push_back(value.as_bool() ? '\1' : '\0');
            return true;
        case SchemaKind::Int:
        case SchemaKind::Long: return write_integer(node, value);
        case SchemaKind::Float:
        case SchemaKind::Double: return write_floating(node, value);
        case SchemaKind::Bytes: return write_bytes(node, value);
        case SchemaKind::String: return write_text(node, value);
        case SchemaKind::Fixed: return write_fixed(node, value);
        case SchemaKind::Enum: return write_enum(node, value);
        case SchemaKind::Union: return write_union(node, value);
        default: break;
    }
    if (depth_ >= options_.depth_max) return set_fault(Fault::Depth, node, Value());
    ++depth_;
    const bool ok = node.kind == SchemaKind::Array ? write_array(node, value)
                    : node.kind == SchemaKind::Map ? write_map(node, value)
                                                   : write_record(node, value);
    --depth_;
    return ok;
}

bool DatumWriter::write_integer(const Node& node, const Value& value) {
    int64_t number = 0;
    if (node.logical == Logical::None && node.kind == SchemaKind::Long && value.is(Kind::Int)) {
        append_long(*out_, value.as_int());
        return true;
    }
    const Fault fault = to_integer(node, value, options_.finer_time, number);
    if (fault != Fault::None) return set_fault(fault, node, value);
    append_long(*out_, number);
    return true;
}

bool DatumWriter::write_floating(const Node& node, const Value& value) {
    double number = 0;
    if (value.is(Kind::Double)) {
        number = value.as_double();
    } else if (value.is(Kind::Int)) {
        if (fitness(*schema_, static_cast<NodeIndex>(&node - &schema_->node(0)), value,
                    options_.finer_time) == 0)
            return set_fault(Fault::Inexact, node, value);
        number = static_cast<double>(value.as_int());
    } else {
        return set_fault(Fault::WrongKind, node, value);
    }
    if (node.kind == SchemaKind::Double) {
        append_little_endian(*out_, number);
        return true;
    }
    const auto narrow = static_cast<float>(number);
    if (std::isinf(narrow) && !std::isinf(number)) return set_fault(Fault::Range, node, value);
    append_little_endian(*out_, narrow);
    return true;
}

bool DatumWriter::write_text(const Node& node, const Value& value) {
    std::string storage;
    std::string_view text;
    const Fault fault = to_text(node, value, storage, text);
    if (fault != Fault::None) return set_fault(fault, node, value);
    append_prefixed(*out_, text);
    return true;
}

bool DatumWriter::write_bytes(const Node& node, const Value& value) {
    if (node.logical == Logical::Decimal) return write_decimal(node, value);
    if (!value.is(Kind::Bytes)) return set_fault(Fault::WrongKind, node, value);
    append_prefixed(*out_, value.as_text());
    return true;
}

bool DatumWriter::write_fixed(const Node& node, const Value& value) {
    if (node.logical == Logical::Decimal) return write_decimal(node, value);
    if (node.logical == Logical::Duration) return write_duration(node, value);
    if (node.logical == Logical::Uuid) {
        char bytes[16];
        if (!value.is(Kind::String)) return set_fault(Fault::WrongKind, node, value);
        if (!parse_uuid(value.as_text(), bytes)) return set_fault(Fault::BadText, node, value);
        out_->append({bytes, sizeof(bytes)});
        return true;
    }
    if (!value.is(Kind::Bytes)) return set_fault(Fault::WrongKind, node, value);
    if (value.as_text().size() != node.fixed_size) return set_fault(Fault::FixedSize, node, value);
    out_->append(value.as_text());
    return true;
}

bool DatumWriter::write_decimal(const Node& node, const Value& value) {
    std::string text;
    std::string bytes;
    if (!to_number_text(value, text)) return set_fault(Fault::WrongKind, node, value);
    if (!decimal_bytes(text, node.precision, node.scale, bytes))
        return set_fault(Fault::Inexact, node, value);
    if (node.kind == SchemaKind::Bytes) {
        append_prefixed(*out_, bytes);
        return true;
    }
    if (bytes.size() > node.fixed_size) return set_fault(Fault::Range, node, value);
    const char sign = (bytes.front() & 0x80) != 0 ? '\xff' : '\0';
    out_->append(std::string(node.fixed_size - bytes.size(), sign));
    out_->append(bytes);
    return true;
}

bool DatumWriter::write_duration(const Node& node, const Value& value) {
    uint32_t parts[3];
    if (!to_duration(value, parts)) return set_fault(Fault::WrongKind, node, value);
    for (const uint32_t part : parts) append_little_endian(*out_, part);
    return true;
}

bool DatumWriter::write_enum(const Node& node, const Value& value) {
    if (!value.is(Kind::String)) return set_fault(Fault::WrongKind, node, value);
    const auto at = std::ranges::find(node.symbols, value.as_text());
    if (at == node.symbols.end()) return set_fault(Fault::NoSymbol, node, value);
    append_long(*out_, at - node.symbols.begin());
    return true;
}

bool DatumWriter::write_array(const Node& node, const Value& value) {
    if (!value.is(Kind::List)) return set_fault(Fault::WrongKind, node, value);
    const auto items = value.as_list();
    if (!items.empty()) append_long(*out_, std::ssize(items));
    for (size_t i = 0; i < items.size(); ++i) {
        if (write(node.item, items[i])) continue;
        add_step(fmt::format("[{}]", i));
        return false;
    }
    append_long(*out_, 0);
    return true;
}

bool DatumWriter::write_map(const Node& node, const Value& value) {
    if (!value.is(Kind::Map)) return set_fault(Fault::WrongKind, node, value);
    const auto entries = value.as_map();
    if (!entries.empty()) append_long(*out_, std::ssize(entries));
    std::string storage;
    for (const MapEntry& entry : entries) {
        const std::string_view key = key_text(entry.key, storage);
        if (!is_utf8(key)) return set_fault(Fault::Utf8, node, entry.key);
        append_prefixed(*out_, key);
        if (write(node.item, entry.value)) continue;
        add_step(key);
        return false;
    }
    append_long(*out_, 0);
    return true;
}

bool DatumWriter::write_record(const Node& node, const Value& value) {
    if (!value.is(Kind::Map)) return set_fault(Fault::WrongKind, node, value);
    const auto entries = value.as_map();
    size_t next = 0;
    size_t taken = 0;
    for (const Field& field : node.fields) {
        // Values mostly come in the schema's order: look where the last one ended first.
        const MapEntry* found = nullptr;
        for (size_t tried = 0; tried < entries.size() && found == nullptr; ++tried) {
            if (next == entries.size()) next = 0;
            const MapEntry& entry = entries[next++];
            if (entry.key.is(Kind::String) && entry.key.as_text() == field.name) found = &entry;
        }
        const bool is_given = found != nullptr && !found->value.is_absent();
        taken += found != nullptr ? 1 : 0;
        if (is_given ? write(field.node, found->value) : write_missing(field)) continue;
        add_step(field.name);
        return false;
    }
    if (taken < entries.size() && options_.unknown_fields == UnknownFields::Refuse)
        return refuse_unknown(node, entries);
    return true;
}

bool DatumWriter::write_missing(const Field& field) {
    if (field.default_bytes) {
        out_->append(*field.default_bytes);
        return true;
    }
    const Node& node = schema_->node(field.node);
    if (node.kind == SchemaKind::Null) return true;
    for (size_t i = 0; i < node.branches.size(); ++i) {
        if (schema_->node(node.branches[i]).kind != SchemaKind::Null) continue;
        append_long(*out_, static_cast<int64_t>(i));
        return true;
    }
    return set_fault(Fault::MissingField, node, Value());
}

bool DatumWriter::refuse_unknown(const Node& node, std::span<const MapEntry> entries) {
    for (const MapEntry& entry : entries) {
        std::string storage;
        const std::string_view name = key_text(entry.key, storage);
        if (std::ranges::find(node.fields, name, &Field::name) != node.fields.end()) continue;
        set_fault(Fault::UnknownField, node, entry.value);
        add_step(name);
        return false;
    }
    // Every name is known, so one of them came twice; the first was written.
    return true;
}

bool DatumWriter::write_union(const Node& node, const Value& value) {
    size_t best = node.branches.size();
    size_t contents = 0;
    int best_fitness = 0;
    for (size_t i = 0; i < node.branches.size(); ++i) {
        const bool is_null = schema_->node(node.branches[i]).kind == SchemaKind::Null;
        if (is_null != value.has_content()) ++contents;
    }
    for (size_t i = 0; i < node.branches.size(); ++i) {
        const bool is_null = schema_->node(node.branches[i]).kind == SchemaKind::Null;
        if (is_null == value.has_content()) continue;
        // With one candidate there is nothing to weigh, and its own complaint says more.
        const int fit =
            contents == 1 ? 1 : fitness(*schema_, node.branches[i], value, options_.finer_time);
        if (fit > best_fitness) {
            best = i;
            best_fitness = fit;
        }
    }
    if (best == node.branches.size()) return set_fault(Fault::NoBranch, node, value);
    append_long(*out_, static_cast<int64_t>(best));
    return write(node.branches[best], value);
}

}  // namespace messina::codec::avro
