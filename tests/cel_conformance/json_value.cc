#include "json_value.h"

#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "cel/frame.h"
#include "cel/function_table.h"
#include "cel/time_value.h"

namespace messina::cel {
namespace {

using Json = simdjson::dom::element;

/// The one member of an object such as {"int64Value": "1"}.
simdjson::dom::key_value_pair only_member(Json json) {
    const simdjson::dom::object object = json;
    return *object.begin();
}

template <class Number>
Number number_of(Json json) {
    Number number = 0;
    const std::string_view text = json;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

double double_of(Json json) {
    const std::string_view text = json;
    if (text == "NaN") return NAN;
    if (text.ends_with("Infinity")) return text.starts_with('-') ? -INFINITY : INFINITY;
    return number_of<double>(json);
}

/// bytes in JSON are base64: the function of the language itself decodes them.
Value bytes_of(Json json, Arena& arena) {
    Frame frame{nullptr, arena, 1'000'000};
    const Value text = Value::string(arena.copy(std::string_view(json)));
    return FunctionTable::get().find("base64.decode")[0].run(frame, std::span(&text, 1));
}

std::optional<Value> list_of(Json json, Arena& arena) {
    std::vector<Value> items;
    simdjson::dom::array values;
    if (json["values"].get(values) == simdjson::SUCCESS)
        for (const Json item : values) {
            const std::optional<Value> value = value_of_json(item, arena);
            if (!value) return std::nullopt;
            items.push_back(*value);
        }
    Value* kept = arena.make_array<Value>(items.size());
    std::ranges::copy(items, kept);
    return Value::list({kept, items.size()});
}

std::optional<Value> map_of(Json json, Arena& arena) {
    std::vector<MapEntry> entries;
    simdjson::dom::array values;
    if (json["entries"].get(values) == simdjson::SUCCESS)
        for (const Json entry : values) {
            const std::optional<Value> key = value_of_json(entry["key"], arena);
            const std::optional<Value> value = value_of_json(entry["value"], arena);
            if (!key || !value) return std::nullopt;
            entries.push_back({*key, *value});
        }
    MapEntry* kept = arena.make_array<MapEntry>(entries.size());
    std::ranges::copy(entries, kept);
    return Value::map({kept, entries.size()});
}

std::optional<Value> object_of(Json json) {
    const std::string_view type = json["@type"];
    if (type.ends_with("/google.protobuf.Duration")) return parse_duration(json["value"]);
    if (type.ends_with("/google.protobuf.Timestamp")) return parse_timestamp(json["value"]);
    return std::nullopt;
}

}  // namespace

std::optional<Value> value_of_json(Json json, Arena& arena) {
    const auto [kind, content] = only_member(json);
    if (kind == "nullValue") return Value::null();
    if (kind == "boolValue") return Value::boolean(bool(content));
    if (kind == "int64Value") return Value::integer(number_of<int64_t>(content));
    if (kind == "uint64Value") return Value::unsigned_integer(number_of<uint64_t>(content));
    if (kind == "doubleValue") return Value::floating(double_of(content));
    if (kind == "stringValue") return Value::string(arena.copy(std::string_view(content)));
    if (kind == "typeValue") return Value::type(arena.copy(std::string_view(content)));
    if (kind == "bytesValue") return bytes_of(content, arena);
    if (kind == "listValue") return list_of(content, arena);
    if (kind == "mapValue") return map_of(content, arena);
    if (kind == "objectValue") return object_of(content);
    return std::nullopt;
}

TypeRef type_of_json(Json json) {
    const auto [kind, content] = only_member(json);
    if (kind == "dyn") return Type::dynamic();
    if (kind == "null") return Type::scalar(TypeKind::Null);
    if (kind == "primitive" || kind == "wrapper") {
        const bool is_nullable = kind == "wrapper";
        const std::string_view name = content;
        if (name == "BOOL") return Type::scalar(TypeKind::Bool, is_nullable);
        if (name == "INT64") return Type::scalar(TypeKind::Int, is_nullable);
        if (name == "UINT64") return Type::scalar(TypeKind::Uint, is_nullable);
        if (name == "DOUBLE") return Type::scalar(TypeKind::Double, is_nullable);
        if (name == "STRING") return Type::scalar(TypeKind::String, is_nullable);
        if (name == "BYTES") return Type::scalar(TypeKind::Bytes, is_nullable);
    }
    if (kind == "messageType" || kind == "wellKnown") {
        const std::string_view name = content;
        if (name == "google.protobuf.Duration" || name == "DURATION")
            return Type::scalar(TypeKind::Duration);
        if (name == "google.protobuf.Timestamp" || name == "TIMESTAMP")
            return Type::scalar(TypeKind::Timestamp);
    }
    if (kind == "listType") {
        TypeRef element = type_of_json(content["elemType"]);
        return element == nullptr ? nullptr : Type::list(std::move(element));
    }
    if (kind == "mapType") {
        TypeRef key = type_of_json(content["keyType"]);
        TypeRef value = type_of_json(content["valueType"]);
        if (key == nullptr || value == nullptr) return nullptr;
        return Type::map(std::move(key), std::move(value));
    }
    return nullptr;
}

std::string type_text_of_json(Json json) {
    const auto [kind, content] = only_member(json);
    if (kind == "listType") return fmt::format("list({})", type_text_of_json(content["elemType"]));
    if (kind == "mapType")
        return fmt::format("map({}, {})", type_text_of_json(content["keyType"]),
                           type_text_of_json(content["valueType"]));
    if (kind == "type") return fmt::format("type({})", type_text_of_json(content));
    if (kind == "abstractType") {
        if (std::string_view(content["name"]) != "optional_type") return {};
        const simdjson::dom::array parameters = content["parameterTypes"];
        return fmt::format("optional_type({})", type_text_of_json(*parameters.begin()));
    }
    const TypeRef type = type_of_json(json);
    if (type == nullptr) return {};
    if (type->kind == TypeKind::Dynamic) return "dyn";
    if (kind != "wrapper") return type->to_text();
    return fmt::format("wrapper({})", Type::scalar(type->kind)->to_text());
}

}  // namespace messina::cel
