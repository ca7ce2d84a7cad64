#include "data/value.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace messina {

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::Absent: return "absent";
        case Kind::Null: return "null";
        case Kind::Bool: return "bool";
        case Kind::Int: return "int";
        case Kind::Uint: return "uint";
        case Kind::Double: return "double";
        case Kind::Decimal: return "decimal";
        case Kind::String: return "string";
        case Kind::Bytes: return "bytes";
        case Kind::Timestamp: return "timestamp";
        case Kind::Duration: return "duration";
        case Kind::List: return "list";
        case Kind::Map: return "map";
        case Kind::Type: return "type";
        case Kind::Optional: return "optional";
        case Kind::Error: return "error";
    }
    return "?";
}

Value Value::field(std::string_view name) const {
    if (kind_ != Kind::Map) return {};
    for (const MapEntry& entry : as_map())
        if (entry.key.is(Kind::String) && entry.key.as_text() == name) return entry.value;
    return {};
}

namespace {

bool is_identical_map(const Value& a, const Value& b) {
    const auto left = a.as_map();
    const auto right = b.as_map();
    if (left.size() != right.size()) return false;
    return std::ranges::all_of(left, [&](const MapEntry& entry) {
        return std::ranges::any_of(right, [&](const MapEntry& other) {
            return is_identical(entry.key, other.key) && is_identical(entry.value, other.value);
        });
    });
}

}  // namespace

bool is_identical(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::Absent:
        case Kind::Null: return true;
        case Kind::Bool:
        case Kind::Int: return a.as_int() == b.as_int();
        case Kind::Uint: return a.as_uint() == b.as_uint();
        case Kind::Double:
            return a.as_double() == b.as_double() ||
                   (std::isnan(a.as_double()) && std::isnan(b.as_double()));
        case Kind::Decimal:
        case Kind::String:
        case Kind::Bytes:
        case Kind::Type: return a.as_text() == b.as_text();
        case Kind::Timestamp:
        case Kind::Duration: return a.seconds() == b.seconds() && a.nanos() == b.nanos();
        case Kind::List: return std::ranges::equal(a.as_list(), b.as_list(), is_identical);
        case Kind::Map: return is_identical_map(a, b);
        case Kind::Optional: {
            const Value* left = a.as_optional();
            const Value* right = b.as_optional();
            if (left == nullptr || right == nullptr) return left == right;
            return is_identical(*left, *right);
        }
        case Kind::Error: return a.as_error().code == b.as_error().code;
    }
    return false;
}

Value deep_copy(const Value& value, Arena& arena) {
    switch (value.kind()) {
        case Kind::Decimal: return Value::decimal(arena.copy(value.as_text()));
        case Kind::String: return Value::string(arena.copy(value.as_text()));
        case Kind::Bytes: return Value::bytes(arena.copy(value.as_text()));
        case Kind::Type: return Value::type(arena.copy(value.as_text()));
        case Kind::List: {
            const auto from = value.as_list();
            Value* items = arena.make_array<Value>(from.size());
            std::ranges::transform(from, items,
                                   [&](const Value& item) { return deep_copy(item, arena); });
            return Value::list({items, from.size()});
        }
        case Kind::Map: {
            const auto from = value.as_map();
            MapEntry* entries = arena.make_array<MapEntry>(from.size());
            std::ranges::transform(from, entries, [&](const MapEntry& entry) {
                return MapEntry{deep_copy(entry.key, arena), deep_copy(entry.value, arena)};
            });
            return Value::map({entries, from.size()});
        }
        case Kind::Optional:
            if (value.as_optional() == nullptr) return value;
            return Value::optional_of(arena.make<Value>(deep_copy(*value.as_optional(), arena)));
        case Kind::Error:
            return Value::error(arena.make<EvalError>(
                EvalError{value.as_error().code, arena.copy(value.as_error().message)}));
        default: return value;
    }
}

namespace {

void append_debug(std::string& out, const Value& value, size_t bytes_max) {
    if (out.size() > bytes_max) return;
    switch (value.kind()) {
        case Kind::Absent: out += "absent"; break;
        case Kind::Null: out += "null"; break;
        case Kind::Bool: out += value.as_bool() ? "true" : "false"; break;
        case Kind::Int: out += fmt::format("{}", value.as_int()); break;
        case Kind::Uint: out += fmt::format("{}u", value.as_uint()); break;
        case Kind::Double: out += fmt::format("{}", value.as_double()); break;
        case Kind::Decimal:
        case Kind::Type: out += value.as_text(); break;
        case Kind::String: out += fmt::format("\"{}\"", value.as_text()); break;
        case Kind::Bytes:
            out += "0x";
            for (const char byte : value.as_text())
                out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
            break;
        case Kind::Timestamp:
            out += fmt::format("timestamp({}.{:09}s)", value.seconds(), value.nanos());
            break;
        case Kind::Duration:
            out += fmt::format("duration({}s{:+}ns)", value.seconds(), value.nanos());
            break;
        case Kind::List:
            out += '[';
            for (const Value& item : value.as_list()) {
                append_debug(out, item, bytes_max);
                out += ',';
            }
            out += ']';
            break;
        case Kind::Map:
            out += '{';
            for (const MapEntry& entry : value.as_map()) {
                append_debug(out, entry.key, bytes_max);
                out += ':';
                append_debug(out, entry.value, bytes_max);
                out += ',';
            }
            out += '}';
            break;
        case Kind::Optional:
            out += "optional(";
            if (value.as_optional() != nullptr) append_debug(out, *value.as_optional(), bytes_max);
            out += ')';
            break;
        case Kind::Error: out += fmt::format("error({})", value.as_error().message); break;
    }
}

}  // namespace

std::string to_debug_text(const Value& value, size_t bytes_max) {
    std::string out;
    append_debug(out, value, bytes_max);
    if (out.size() > bytes_max) out = out.substr(0, bytes_max) + "…";
    return out;
}

}  // namespace messina
