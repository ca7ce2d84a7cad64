#include "table/value_codec.h"

#include <cstring>

namespace messina::table {
namespace {

constexpr int kDepthMax = 64;

template <class T>
void append_raw(Buffer& out, T number) {
    out.append({reinterpret_cast<const char*>(&number), sizeof number});
}

void append_text(std::string_view text, Buffer& out) {
    append_raw(out, static_cast<uint32_t>(text.size()));
    out.append(text);
}

bool encode(const Value& value, int depth, Buffer& out);

bool encode_all(std::span<const Value> items, int depth, Buffer& out) {
    append_raw(out, static_cast<uint32_t>(items.size()));
    for (const Value& item : items)
        if (!encode(item, depth + 1, out)) return false;
    return true;
}

bool encode_map(std::span<const MapEntry> entries, int depth, Buffer& out) {
    append_raw(out, static_cast<uint32_t>(entries.size()));
    for (const MapEntry& entry : entries)
        if (!encode(entry.key, depth + 1, out) || !encode(entry.value, depth + 1, out))
            return false;
    return true;
}

bool encode(const Value& value, int depth, Buffer& out) {
    if (depth > kDepthMax) return false;
    out.push_back(static_cast<char>(value.kind()));
    switch (value.kind()) {
        case Kind::Absent:
        case Kind::Null: return true;
        case Kind::Bool: out.push_back(value.as_bool() ? '\1' : '\0'); return true;
        case Kind::Int: append_raw(out, value.as_int()); return true;
        case Kind::Uint: append_raw(out, value.as_uint()); return true;
        case Kind::Double: append_raw(out, value.as_double()); return true;
        case Kind::Decimal:
        case Kind::String:
        case Kind::Bytes:
        case Kind::Type: append_text(value.as_text(), out); return true;
        case Kind::Timestamp:
        case Kind::Duration:
            append_raw(out, value.seconds());
            append_raw(out, value.nanos());
            return true;
        case Kind::List: return encode_all(value.as_list(), depth, out);
        case Kind::Map: return encode_map(value.as_map(), depth, out);
        case Kind::Optional: {
            const Value* held = value.as_optional();
            return encode_all({held, held == nullptr ? 0U : 1U}, depth, out);
        }
        case Kind::Error:
            append_text(value.as_error().code, out);
            append_text(value.as_error().message, out);
            return true;
    }
    return true;
}

/// Walks over bytes of our own making.
class Decoder {
  public:
    Decoder(const char* at, Arena& arena) : at_(at), arena_(arena) {}

    Value next() {  // as deep as encode() went
        const auto kind = static_cast<Kind>(raw<uint8_t>());
        switch (kind) {
            case Kind::Absent: return {};
            case Kind::Null: return Value::null();
            case Kind::Bool: return Value::boolean(raw<char>() != 0);
            case Kind::Int: return Value::integer(raw<int64_t>());
            case Kind::Uint: return Value::unsigned_integer(raw<uint64_t>());
            case Kind::Double: return Value::floating(raw<double>());
            case Kind::Decimal: return Value::decimal(text());
            case Kind::String: return Value::string(text());
            case Kind::Bytes: return Value::bytes(text());
            case Kind::Type: return Value::type(text());
            case Kind::Timestamp: {
                const auto seconds = raw<int64_t>();
                return Value::timestamp(seconds, raw<int32_t>());
            }
            case Kind::Duration: {
                const auto seconds = raw<int64_t>();
                return Value::duration(seconds, raw<int32_t>());
            }
            case Kind::List: return Value::list(items());
            case Kind::Map: return Value::map(entries());
            case Kind::Optional: {
                const auto held = items();
                return held.empty() ? Value::optional_none() : Value::optional_of(held.data());
            }
            case Kind::Error: {
                const std::string_view code = text();
                return Value::error(arena_.make<EvalError>(EvalError{code, text()}));
            }
        }
        return {};
    }

  private:
    template <class T>
    T raw() {
        T number;
        std::memcpy(&number, at_, sizeof number);
        at_ += sizeof number;
        return number;
    }
    std::string_view text() {
        const auto size = raw<uint32_t>();
        const std::string_view copy = arena_.copy({at_, size});
        at_ += size;
        return copy;
    }
    std::span<const Value> items() {
        const auto count = raw<uint32_t>();
        Value* all = arena_.make_array<Value>(count);
        for (uint32_t i = 0; i < count; ++i) all[i] = next();
        return {all, count};
    }
    std::span<const MapEntry> entries() {
        const auto count = raw<uint32_t>();
        MapEntry* all = arena_.make_array<MapEntry>(count);
        for (uint32_t i = 0; i < count; ++i) {
            all[i].key = next();
            all[i].value = next();
        }
        return {all, count};
    }

    const char* at_;
    Arena& arena_;
};

}  // namespace

bool encode_values(std::span<const Value> values, Buffer& out) {
    const size_t begin = out.size();
    for (const Value& value : values) {
        if (encode(value, 0, out)) continue;
        out.truncate(begin);
        return false;
    }
    return true;
}

void decode_values(std::string_view bytes, Value* values, size_t count, Arena& arena) {
    Decoder decoder(bytes.data(), arena);
    for (size_t i = 0; i < count; ++i) values[i] = decoder.next();
}

}  // namespace messina::table
