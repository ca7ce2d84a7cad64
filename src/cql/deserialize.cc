// From serialized bytes to Value.
#include <algorithm>
#include <bit>

#include <fmt/core.h>

#include "cql/address.h"
#include "cql/big_number.h"
#include "cql/bytes.h"
#include "cql/fixed_size.h"
#include "cql/parts.h"
#include "cql/temporal.h"
#include "cql/type.h"
#include "cql/utf8.h"

namespace messina::cql {
namespace {

Value text_value(std::string_view text, Arena& arena) {
    return Value::string(arena.copy(text));
}

Value number_value(const BigDecimal& number, Arena& arena) {
    if (number.scale <= 0) {
        constexpr size_t digits_max = 19;
        const int64_t zeros = -static_cast<int64_t>(number.scale);
        if (number.digits.size() + static_cast<uint64_t>(zeros) <= digits_max) {
            const auto integral = to_integral(number);
            Buffer bytes;
            append_varint(*integral, bytes);
            if (const auto fitting = varint_to_int(bytes.view())) return Value::integer(*fitting);
        }
    }
    return Value::decimal(arena.copy(to_text(number)));
}

Result<Value> varint_value(const Type& type, std::string_view bytes, Arena& arena) {
    if (const auto fitting = varint_to_int(bytes)) return Value::integer(*fitting);
    const auto number = varint_to_decimal(bytes);
    if (!number) return malformed(type, fmt::format("more than {} bytes", kBigNumberBytesMax));
    return number_value(*number, arena);
}

Result<Value> decimal_value(const Type& type, std::string_view bytes, Arena& arena) {
    ByteReader reader(bytes);
    const auto scale = reader.take<int32_t>();
    if (!scale || reader.is_empty()) return malformed(type, "less than 5 bytes");
    auto number = varint_to_decimal(bytes.substr(sizeof(int32_t)));
    if (!number) return malformed(type, fmt::format("more than {} bytes", kBigNumberBytesMax));
    number->scale = *scale;
    return number_value(*number, arena);
}

Result<Value> duration_value(const Type& type, std::string_view bytes, Arena& arena) {
    ByteReader reader(bytes);
    const auto months = reader.take_vint();
    const auto days = reader.take_vint();
    const auto nanos = reader.take_vint();
    if (!months || !days || !nanos || !reader.is_empty())
        return malformed(type, "three variable-length numbers are needed");
    const int64_t month_count = unzigzag(*months);
    const int64_t day_count = unzigzag(*days);
    const bool is_in_range = month_count >= INT32_MIN && month_count <= INT32_MAX &&
                             day_count >= INT32_MIN && day_count <= INT32_MAX;
    const int64_t nano_count = unzigzag(*nanos);
    const bool has_negative = month_count < 0 || day_count < 0 || nano_count < 0;
    const bool has_positive = month_count > 0 || day_count > 0 || nano_count > 0;
    if (!is_in_range || (has_negative && has_positive))
        return malformed(type, "its parts are out of range or of different signs");
    return text_value(duration_to_text({static_cast<int32_t>(month_count),
                                        static_cast<int32_t>(day_count), nano_count}),
                      arena);
}

Result<Value> time_value(const Type& type, std::string_view bytes, Arena& arena) {
    const auto nanos = load_big_endian<int64_t>(bytes.data());
    if (nanos < 0 || nanos >= kNanosPerDay) return malformed(type, "it is no time of a day");
    return text_value(time_to_text(nanos), arena);
}

Value timestamp_value(std::string_view bytes) {
    const auto millis = load_big_endian<int64_t>(bytes.data());
    int64_t seconds = millis / 1000;
    int64_t rest = millis % 1000;
    if (rest < 0) {
        rest += 1000;
        --seconds;
    }
    return Value::timestamp(seconds, static_cast<int32_t>(rest * 1'000'000));
}

/// Map keys are String, Int, Uint or Bool; whatever else a key is becomes its text.
Value key_value(const Value& value, Arena& arena) {
    switch (value.kind()) {
        case Kind::String:
        case Kind::Int:
        case Kind::Uint:
        case Kind::Bool: return value;
        case Kind::Decimal: return Value::string(value.as_text());
        case Kind::Bytes: return text_value(to_hex(value.as_text()), arena);
        case Kind::Double: return text_value(fmt::format("{}", value.as_double()), arena);
        case Kind::Timestamp:
            return text_value(timestamp_to_text({value.seconds(), value.nanos()}), arena);
        default: return text_value(to_debug_text(value), arena);
    }
}

Result<Value> part_value(PartReader& parts, Arena& arena) {
    const Type& type = parts.next_type();
    MESSINA_TRY(const std::optional<std::string_view> bytes, parts.next());
    if (!bytes) return Value::null();
    return deserialize(type, *bytes, arena);
}

Result<Value> list_value(const Type& type, std::string_view bytes, Arena& arena) {
    MESSINA_TRY(PartReader parts, PartReader::make(type, bytes));
    // A vector of empty elements claims any dimension with hardly a byte; its type bounds it.
    Value* items = arena.make_array<Value>(parts.count());
    const size_t count = parts.count();
    for (size_t i = 0; i < count; ++i) {
        MESSINA_TRY(items[i], part_value(parts, arena));
    }
    MESSINA_TRY_VOID(parts.finish());
    return Value::list({items, count});
}

Result<Value> map_value(const Type& type, std::string_view bytes, Arena& arena) {
    MESSINA_TRY(PartReader parts, PartReader::make(type, bytes));
    const size_t count = parts.count() / 2;
    MapEntry* entries = arena.make_array<MapEntry>(count);
    for (size_t i = 0; i < count; ++i) {
        MESSINA_TRY(const Value key, part_value(parts, arena));
        if (key.is_null()) return malformed(type, "a key is null");
        entries[i].key = key_value(key, arena);
        MESSINA_TRY(entries[i].value, part_value(parts, arena));
    }
    MESSINA_TRY_VOID(parts.finish());
    return Value::map({entries, count});
}

Result<Value> udt_value(const Type& type, std::string_view bytes, Arena& arena) {
    MESSINA_TRY(PartReader parts, PartReader::make(type, bytes));
    const size_t count = parts.count();
    MapEntry* entries = arena.make_array<MapEntry>(count);
    for (size_t i = 0; i < count; ++i) {
        entries[i].key = text_value(type.field_names[i], arena);
        MESSINA_TRY(entries[i].value, part_value(parts, arena));
    }
    MESSINA_TRY_VOID(parts.finish());
    return Value::map({entries, count});
}

Result<Value> text_checked(const Type& type, std::string_view bytes) {
    const bool is_good = type.kind == TypeKind::Ascii ? is_ascii(bytes) : is_utf8(bytes);
    if (!is_good) return malformed(type, "characters are not well-formed");
    return Value::string(bytes);
}

}  // namespace

Result<Value> deserialize(const Type& type, std::string_view bytes, Arena& arena) {
    if (type.kind == TypeKind::Ascii || type.kind == TypeKind::Text)
        return text_checked(type, bytes);
    if (type.kind == TypeKind::Blob) return Value::bytes(bytes);
    // Servers let any other type be "empty", which reads as null.
    const bool may_be_empty =
        type.kind == TypeKind::Tuple || type.kind == TypeKind::Udt || type.kind == TypeKind::Vector;
    if (bytes.empty() && !may_be_empty) return Value::null();
    const size_t size = fixed_size(type.kind);
    if (size != 0 && bytes.size() != size)
        return malformed(type, fmt::format("{} bytes instead of {}", bytes.size(), size));
    switch (type.kind) {
        case TypeKind::Bigint:
        case TypeKind::Counter: return Value::integer(load_big_endian<int64_t>(bytes.data()));
        case TypeKind::Int: return Value::integer(load_big_endian<int32_t>(bytes.data()));
        case TypeKind::Smallint: return Value::integer(load_big_endian<int16_t>(bytes.data()));
        case TypeKind::Tinyint: return Value::integer(load_big_endian<int8_t>(bytes.data()));
        case TypeKind::Boolean: return Value::boolean(bytes[0] != 0);
        case TypeKind::Double:
            return Value::floating(std::bit_cast<double>(load_big_endian<uint64_t>(bytes.data())));
        case TypeKind::Float:
            return Value::floating(
                static_cast<double>(std::bit_cast<float>(load_big_endian<uint32_t>(bytes.data()))));
        case TypeKind::Date: {
            constexpr int64_t epoch = int64_t{1} << 31;
            return text_value(date_to_text(load_big_endian<uint32_t>(bytes.data()) - epoch), arena);
        }
        case TypeKind::Time: return time_value(type, bytes, arena);
        case TypeKind::Timestamp: return timestamp_value(bytes);
        case TypeKind::Duration: return duration_value(type, bytes, arena);
        case TypeKind::Timeuuid:
        case TypeKind::Uuid: return text_value(uuid_to_text(bytes), arena);
        case TypeKind::Inet:
            if (bytes.size() != 4 && bytes.size() != 16)
                return malformed(type, "an address has 4 or 16 bytes");
            return text_value(inet_to_text(bytes), arena);
        case TypeKind::Varint: return varint_value(type, bytes, arena);
        case TypeKind::Decimal: return decimal_value(type, bytes, arena);
        case TypeKind::Map: return map_value(type, bytes, arena);
        case TypeKind::Udt: return udt_value(type, bytes, arena);
        default: return list_value(type, bytes, arena);
    }
}

}  // namespace messina::cql
