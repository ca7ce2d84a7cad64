#include "codec/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/json.h"
#include "codec/json_copy.h"
#include "codec/text_base64.h"
#include "codec/text_time.h"

namespace messina::codec {
namespace {

template <class Number, class... Format>
void append_number(Buffer& out, Number number, Format... format) {
    constexpr size_t bytes_max = 32;
    out.reserve_more(bytes_max);
    char* const begin = out.end_pointer();
    const auto written = std::to_chars(begin, begin + bytes_max, number, format...);
    out.advance(static_cast<size_t>(written.ptr - begin));
}

void append_double(Buffer& out, double number) {
    if (!std::isfinite(number)) {
        out.append("null");
        return;
    }
    // Above this, digits that the shortest form would leave out might be written (2^64).
    constexpr double scientific_from = 1e16;
    if (std::abs(number) >= scientific_from) {
        append_number(out, number, std::chars_format::scientific);
        return;
    }
    const size_t begin = out.size();
    append_number(out, number);
    // A double stays one: readers that tell 1 from 1.0 read back what was meant.
    if (out.view(begin, out.size()).find_first_of(".e") == std::string_view::npos) out.append(".0");
}

void append_escaped(Buffer& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '"': out.append("\\\""); break;
        case '\\': out.append("\\\\"); break;
        case '\n': out.append("\\n"); break;
        case '\r': out.append("\\r"); break;
        case '\t': out.append("\\t"); break;
        default:
            out.append("\\u00");
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 0x0f]);
    }
}

/// The text of a string with some byte that needs an escape.
[[gnu::noinline]] void append_with_escapes(Buffer& out, std::string_view text) {
    while (!text.empty()) {
        const auto plain =
            static_cast<size_t>(std::ranges::find_if(text, needs_escape) - text.begin());
        out.append(text.substr(0, plain));
        if (plain == text.size()) return;
        append_escaped(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
}

void append_text(Buffer& out, size_t (*write)(char*, int64_t, int32_t), const Value& value) {
    out.reserve_more(kTimeTextBytesMax + 2);
    out.push_back('"');
    out.advance(write(out.end_pointer(), value.seconds(), value.nanos()));
    out.push_back('"');
}

void append_bytes(Buffer& out, std::string_view bytes) {
    out.push_back('"');
    append_base64(out, bytes);
    out.push_back('"');
}

}  // namespace

void append_json_leaf(Buffer& out, const Value& value) {
    switch (value.kind()) {
        case Kind::Bool: out.append(value.as_bool() ? "true" : "false"); break;
        case Kind::Int: append_number(out, value.as_int()); break;
        case Kind::Uint: append_number(out, value.as_uint()); break;
        case Kind::Double: append_double(out, value.as_double()); break;
        case Kind::Decimal: out.append(value.as_text()); break;
        case Kind::String:
        case Kind::Type: append_json_string(out, value.as_text()); break;
        case Kind::Bytes: append_bytes(out, value.as_text()); break;
        case Kind::Timestamp: append_text(out, write_timestamp, value); break;
        case Kind::Duration: append_text(out, write_duration, value); break;
        default: out.append("null"); break;
    }
}

namespace {

void append_key(Buffer& out, const Value& key) {
    if (key.is(Kind::String)) {
        append_json_string(out, key.as_text());
    } else {
        out.push_back('"');
        append_json_leaf(out, key);
        out.push_back('"');
    }
    out.push_back(':');
}

}  // namespace

void append_json_string(Buffer& out, std::string_view text) {
    out.reserve_more(text.size() + 2);
    char* const to = out.end_pointer();
    *to = '"';
    if (copy_plain(to + 1, text.data(), text.size())) [[likely]] {
        to[text.size() + 1] = '"';
        out.advance(text.size() + 2);
        return;
    }
    out.advance(1);
    append_with_escapes(out, text);
    out.push_back('"');
}

void JsonWriter::open(Buffer& out, const Value& value) {
    const Value* held = &value;
    while (held->is(Kind::Optional) && held->as_optional() != nullptr) held = held->as_optional();
    if (held->is(Kind::List)) {
        out.push_back('[');
        const auto items = held->as_list();
        frames_.push_back(
            {items.data(), nullptr, static_cast<uint32_t>(items.size()), false, true});
    } else if (held->is(Kind::Map)) {
        out.push_back('{');
        const auto entries = held->as_map();
        frames_.push_back(
            {nullptr, entries.data(), static_cast<uint32_t>(entries.size()), true, true});
    } else {
        append_json_leaf(out, *held);
    }
}

void JsonWriter::append_nested(Buffer& out, const Value& value) {
    frames_.clear();
    open(out, value);
    while (!frames_.empty()) {
        const Value* const nested = append_leaves(out, frames_.back());
        if (nested != nullptr) {
            open(out, *nested);
        } else {
            out.push_back(frames_.back().is_map ? '}' : ']');
            frames_.pop_back();
        }
    }
}

/// Writes items up to one that is a container itself, which it returns, or to the end.
const Value* JsonWriter::append_leaves(Buffer& out, Frame& frame) {
    while (frame.left != 0) {
        --frame.left;
        if (!frame.is_at_begin) out.push_back(',');
        frame.is_at_begin = false;
        const Value* item = frame.item;
        if (frame.is_map) {
            append_key(out, frame.entry->key);
            item = &frame.entry++->value;
        } else {
            ++frame.item;
        }
        if (item->kind() >= Kind::List) return item;
        append_json_leaf(out, *item);
    }
    return nullptr;
}

void append_json(Buffer& out, const Value& value) {
    JsonWriter().append(out, value);
}

std::string to_json(const Value& value) {
    Buffer out;
    append_json(out, value);
    return std::string(out.view());
}

}  // namespace messina::codec
