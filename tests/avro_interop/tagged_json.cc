#include "tagged_json.h"

#include <bit>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

namespace messina::interop {
namespace {

using Element = simdjson::dom::element;

void append_text(std::string& out, std::string_view text) {
    out += '"';
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
    out += '"';
}

void append_hex(std::string& out, std::string_view bytes) {
    for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
}

std::unexpected<Error> no_value(std::string_view what) {
    return fail(ErrorClass::Misconfigured, "tagged_json", fmt::format("not a value: {}", what));
}

template <class Number>
bool parse_number(std::string_view text, Number& number, int base) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc() && end == text.data() + text.size();
}

Result<Value> parse_element(Element element, Arena& arena);

Result<Value> parse_leaf(std::string_view tag, std::string_view text, Arena& arena) {
    if (tag == "s") return Value::string(arena.copy(text));
    if (tag == "n") return Value::decimal(arena.copy(text));
    if (tag == "i") {
        int64_t number = 0;
        if (!parse_number(text, number, 10)) return no_value(text);
        return Value::integer(number);
    }
    if (tag == "d") {
        uint64_t bits = 0;
        if (!parse_number(text, bits, 16)) return no_value(text);
        return Value::floating(std::bit_cast<double>(bits));
    }
    if (tag != "b" || text.size() % 2 != 0) return no_value(text);
    std::string bytes;
    for (size_t i = 0; i < text.size(); i += 2) {
        uint8_t byte = 0;
        if (!parse_number(text.substr(i, 2), byte, 16)) return no_value(text);
        bytes += static_cast<char>(byte);
    }
    return Value::bytes(arena.copy(bytes));
}

Result<Value> parse_list(simdjson::dom::array array, Arena& arena) {
    std::vector<Value> items;
    for (const Element element : array) {
        MESSINA_TRY(const Value item, parse_element(element, arena));
        items.push_back(item);
    }
    Value* kept = arena.make_array<Value>(items.size());
    std::ranges::copy(items, kept);
    return Value::list({kept, items.size()});
}

Result<Value> parse_map(simdjson::dom::object object, Arena& arena) {
    std::vector<MapEntry> entries;
    for (const auto member : object) {
        MESSINA_TRY(const Value value, parse_element(member.value, arena));
        entries.push_back({Value::string(arena.copy(member.key)), value});
    }
    MapEntry* kept = arena.make_array<MapEntry>(entries.size());
    std::ranges::copy(entries, kept);
    return Value::map({kept, entries.size()});
}

Result<Value> parse_element(Element element, Arena& arena) {
    if (element.is_null()) return Value::null();
    if (bool flag = false; element.get(flag) == simdjson::SUCCESS) return Value::boolean(flag);
    if (simdjson::dom::array array; element.get(array) == simdjson::SUCCESS)
        return parse_list(array, arena);
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS || object.size() != 1)
        return no_value(simdjson::minify(element));
    const auto member = *object.begin();
    if (simdjson::dom::object map; member.key == "m" && member.value.get(map) == simdjson::SUCCESS)
        return parse_map(map, arena);
    if (simdjson::dom::array parts;
        member.key == "t" && member.value.get(parts) == simdjson::SUCCESS)
        return Value::timestamp(parts.at(0).get_int64().value_unsafe(),
                                static_cast<int32_t>(parts.at(1).get_int64().value_unsafe()));
    std::string_view text;
    if (member.value.get(text) != simdjson::SUCCESS) return no_value(simdjson::minify(element));
    return parse_leaf(member.key, text, arena);
}

}  // namespace

void append_tagged(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::Null: out += "null"; return;
        case Kind::Bool: out += value.as_bool() ? "true" : "false"; return;
        case Kind::Int: out += fmt::format(R"({{"i":"{}"}})", value.as_int()); return;
        case Kind::Double:
            out += fmt::format(R"({{"d":"{:016x}"}})", std::bit_cast<uint64_t>(value.as_double()));
            return;
        case Kind::Decimal: out += fmt::format(R"({{"n":"{}"}})", value.as_text()); return;
        case Kind::String:
            out += R"({"s":)";
            append_text(out, value.as_text());
            break;
        case Kind::Bytes:
            out += R"({"b":")";
            append_hex(out, value.as_text());
            out += '"';
            break;
        case Kind::Timestamp:
            out += fmt::format(R"({{"t":[{},{}]}})", value.seconds(), value.nanos());
            return;
        case Kind::List:
            out += '[';
            for (const Value& item : value.as_list()) {
                if (&item != value.as_list().data()) out += ',';
                append_tagged(out, item);
            }
            out += ']';
            return;
        case Kind::Map:
            out += R"({"m":{)";
            for (const MapEntry& entry : value.as_map()) {
                if (&entry != value.as_map().data()) out += ',';
                append_text(out, entry.key.as_text());
                out += ':';
                append_tagged(out, entry.value);
            }
            out += '}';
            break;
        default: out += R"({"?":")" + std::string(to_string(value.kind())) + "\"";
    }
    out += '}';
}

Result<Value> parse_tagged(std::string_view json, Arena& arena) {
    simdjson::dom::parser parser;
    Element root;
    if (const auto error = parser.parse(json.data(), json.size()).get(root);
        error != simdjson::SUCCESS)
        return no_value(simdjson::error_message(error));
    return parse_element(root, arena);
}

}  // namespace messina::interop
