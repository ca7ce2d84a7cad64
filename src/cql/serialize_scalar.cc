#include "cql/serialize_scalar.h"

#include <cmath>
#include <optional>

#include <fmt/core.h>

#include "cql/address.h"
#include "cql/big_number.h"
#include "cql/bytes.h"
#include "cql/temporal.h"
#include "cql/utf8.h"

namespace messina::cql {
namespace {

struct Input {
    const Type& type;
    const Value& value;
    Context context;

    [[nodiscard]] std::unexpected<Error> mismatch(std::string hint = {}) const {
        return refuse_value("cql.type_mismatch", type, value, "the kinds do not match",
                            std::move(hint));
    }
    [[nodiscard]] std::unexpected<Error> out_of_range() const {
        return refuse_value("cql.range", type, value, "it is out of range");
    }
    [[nodiscard]] std::unexpected<Error> syntax(std::string_view expected) const {
        return refuse_value("cql.syntax", type, value, fmt::format("expected {}", expected));
    }
};

/// The number in `value`, of whatever kind; nullopt when it is none. Texts count where
/// `may_be_text`.
std::optional<BigDecimal> number_of(const Value& value, bool may_be_text) {
    switch (value.kind()) {
        case Kind::Int: return parse_decimal(std::to_string(value.as_int()));
        case Kind::Uint: return parse_decimal(std::to_string(value.as_uint()));
        case Kind::Double:
            if (!std::isfinite(value.as_double())) return std::nullopt;
            return parse_decimal(fmt::format("{}", value.as_double()));
        case Kind::Decimal: return parse_decimal(value.as_text());
        case Kind::String: return may_be_text ? parse_decimal(value.as_text()) : std::nullopt;
        default: return std::nullopt;
    }
}

bool is_number(Kind kind) {
    return kind == Kind::Int || kind == Kind::Uint || kind == Kind::Double || kind == Kind::Decimal;
}

Result<int64_t> integer_of(const Input& input) {
    const Value& value = input.value;
    if (value.is(Kind::Int)) return value.as_int();
    const bool is_key_text = input.context == Context::MapKey && value.is(Kind::String);
    if (!is_number(value.kind()) && !is_key_text)
        return input.mismatch(value.is(Kind::String) ? "convert it with int(…)" : "");
    if (value.is(Kind::Double)) {
        const double number = value.as_double();
        constexpr double limit = 9'223'372'036'854'775'808.0;
        if (!(number >= -limit && number < limit)) return input.out_of_range();
        if (std::trunc(number) != number)
            return refuse_value("cql.range", input.type, value, "it is not integral",
                                "round it first");
        return static_cast<int64_t>(number);
    }
    const auto number = number_of(value, is_key_text);
    if (!number) return input.syntax("a number");
    const auto integral = to_integral(*number);
    if (!integral) return refuse_value("cql.range", input.type, value, "it is not integral");
    Buffer bytes;
    append_varint(*integral, bytes);
    const auto fitting = varint_to_int(bytes.view());
    if (!fitting) return input.out_of_range();
    return *fitting;
}

template <class Integer>
Result<void> serialize_integer(const Input& input, Buffer& out) {
    MESSINA_TRY(const int64_t number, integer_of(input));
    if (number < std::numeric_limits<Integer>::min() ||
        number > std::numeric_limits<Integer>::max())
        return input.out_of_range();
    append_big_endian(out, static_cast<Integer>(number));
    return {};
}

/// double and float alike; `Word` has the bits.
template <class Floating, class Word>
Result<void> serialize_floating(const Input& input, Buffer& out) {
    const Value& value = input.value;
    double number = 0;
    const bool is_key_text = input.context == Context::MapKey && value.is(Kind::String);
    if (value.is(Kind::Double)) {
        number = value.as_double();
    } else if (is_number(value.kind()) || is_key_text) {
        const std::string text = value.is(Kind::Int)    ? std::to_string(value.as_int())
                                 : value.is(Kind::Uint) ? std::to_string(value.as_uint())
                                                        : std::string(value.as_text());
        if (!parse_decimal(text)) return input.syntax("a number");
        number = std::strtod(text.c_str(), nullptr);
    } else {
        return input.mismatch(value.is(Kind::String) ? "convert it with double(…)" : "");
    }
    const auto rounded = static_cast<Floating>(number);
    const bool was_finite = std::isfinite(number) || !value.is(Kind::Double);
    if (was_finite && !std::isfinite(rounded)) return input.out_of_range();
    const bool is_integer = value.is(Kind::Int) || value.is(Kind::Uint);
    if (is_integer &&
        fmt::format("{:.0f}", rounded) != (value.is(Kind::Int) ? std::to_string(value.as_int())
                                                               : std::to_string(value.as_uint())))
        return refuse_value("cql.range", input.type, value, "it cannot be held exactly",
                            "convert it with double(…) to accept rounding");
    append_big_endian(out, std::bit_cast<Word>(rounded));
    return {};
}

Result<void> serialize_boolean(const Input& input, Buffer& out) {
    const Value& value = input.value;
    if (value.is(Kind::Bool)) {
        out.push_back(value.as_bool() ? '\1' : '\0');
        return {};
    }
    if (input.context != Context::MapKey || !value.is(Kind::String)) return input.mismatch();
    if (value.as_text() != "true" && value.as_text() != "false")
        return input.syntax("true or false");
    out.push_back(value.as_text() == "true" ? '\1' : '\0');
    return {};
}

Result<void> serialize_text(const Input& input, Buffer& out) {
    if (!input.value.is(Kind::String)) return input.mismatch("convert it with string(…)");
    const std::string_view text = input.value.as_text();
    if (input.type.kind == TypeKind::Ascii ? !is_ascii(text) : !is_utf8(text))
        return input.syntax(input.type.kind == TypeKind::Ascii ? "ASCII characters only"
                                                               : "valid UTF-8");
    out.append(text);
    return {};
}

Result<void> serialize_blob(const Input& input, Buffer& out) {
    if (input.value.is(Kind::Bytes)) {
        out.append(input.value.as_text());
        return {};
    }
    if (input.context != Context::MapKey || !input.value.is(Kind::String))
        return input.mismatch(input.value.is(Kind::String) ? "convert it with bytes(…)" : "");
    const auto bytes = parse_hex(input.value.as_text());
    if (!bytes) return input.syntax("0x and pairs of hexadecimal digits");
    out.append(*bytes);
    return {};
}

Result<void> serialize_date(const Input& input, Buffer& out) {
    int64_t days = 0;
    if (input.value.is(Kind::String)) {
        const auto parsed = parse_date(input.value.as_text());
        if (!parsed) return input.syntax("a date such as 2024-02-29");
        days = *parsed;
    } else if (input.value.is(Kind::Timestamp)) {
        if (input.value.nanos() != 0 || input.value.seconds() % kSecondsPerDay != 0)
            return refuse_value("cql.range", input.type, input.value, "it is not midnight");
        days = input.value.seconds() / kSecondsPerDay;
    } else {
        return input.mismatch();
    }
    if (days < INT32_MIN || days > INT32_MAX) return input.out_of_range();
    constexpr int64_t epoch = int64_t{1} << 31;
    append_big_endian(out, static_cast<uint32_t>(days + epoch));
    return {};
}

Result<void> serialize_time(const Input& input, Buffer& out) {
    int64_t nanos = 0;
    if (input.value.is(Kind::String)) {
        const auto parsed = parse_time(input.value.as_text());
        if (!parsed) return input.syntax("a time such as 23:59:59.999");
        nanos = *parsed;
    } else if (input.value.is(Kind::Duration)) {
        const int64_t seconds = input.value.seconds();
        if (seconds < 0 || seconds >= kSecondsPerDay || input.value.nanos() < 0)
            return input.out_of_range();
        nanos = seconds * kNanosPerSecond + input.value.nanos();
    } else {
        return input.mismatch();
    }
    append_big_endian(out, nanos);
    return {};
}

Result<void> serialize_timestamp(const Input& input, Buffer& out) {
    Moment moment;
    switch (input.value.kind()) {
        case Kind::Int: append_big_endian(out, input.value.as_int()); return {};
        case Kind::Timestamp: moment = {input.value.seconds(), input.value.nanos()}; break;
        case Kind::String: {
            const auto parsed = parse_timestamp(input.value.as_text());
            if (!parsed) return input.syntax("a timestamp such as 2024-02-29T12:30:00.5Z");
            moment = *parsed;
            break;
        }
        default: return input.mismatch();
    }
    int64_t millis = 0;
    if (__builtin_mul_overflow(moment.seconds, int64_t{1000}, &millis) ||
        __builtin_add_overflow(millis, moment.nanos / 1'000'000, &millis))
        return input.out_of_range();
    append_big_endian(out, millis);
    return {};
}

Result<void> serialize_duration(const Input& input, Buffer& out) {
    CqlDuration duration;
    if (input.value.is(Kind::String)) {
        const auto parsed = parse_duration(input.value.as_text());
        if (!parsed) return input.syntax("a duration such as 1mo2d3h or P1M2DT3H");
        duration = *parsed;
    } else if (input.value.is(Kind::Duration)) {
        if (__builtin_mul_overflow(input.value.seconds(), kNanosPerSecond, &duration.nanos) ||
            __builtin_add_overflow(duration.nanos, input.value.nanos(), &duration.nanos))
            return input.out_of_range();
    } else {
        return input.mismatch();
    }
    append_vint(out, zigzag(duration.months));
    append_vint(out, zigzag(duration.days));
    append_vint(out, zigzag(duration.nanos));
    return {};
}

Result<void> serialize_uuid(const Input& input, Buffer& out) {
    std::optional<std::string> bytes;
    if (input.value.is(Kind::String))
        bytes = parse_uuid(input.value.as_text());
    else if (input.value.is(Kind::Bytes))
        bytes.emplace(input.value.as_text());
    else
        return input.mismatch();
    if (!bytes || bytes->size() != 16)
        return input.syntax("a uuid such as 123e4567-e89b-12d3-a456-426614174000");
    if (input.type.kind == TypeKind::Timeuuid && uuid_version(*bytes) != 1)
        return refuse_value("cql.range", input.type, input.value, "its version is not 1");
    out.append(*bytes);
    return {};
}

Result<void> serialize_inet(const Input& input, Buffer& out) {
    std::optional<std::string> bytes;
    if (input.value.is(Kind::String))
        bytes = parse_inet(input.value.as_text());
    else if (input.value.is(Kind::Bytes))
        bytes.emplace(input.value.as_text());
    else
        return input.mismatch();
    if (!bytes || (bytes->size() != 4 && bytes->size() != 16))
        return input.syntax("an IP address such as 192.0.2.1 or 2001:db8::1");
    out.append(*bytes);
    return {};
}

Result<void> serialize_big_number(const Input& input, Buffer& out) {
    const Value& value = input.value;
    if (!is_number(value.kind()) && !value.is(Kind::String)) return input.mismatch();
    const auto number = number_of(value, true);
    if (!number)
        return input.syntax(fmt::format("a number of at most {} digits", kBigNumberDigitsMax));
    if (input.type.kind == TypeKind::Decimal) {
        append_big_endian(out, number->scale);
        append_varint(BigDecimal{number->is_negative, number->digits, 0}, out);
        return {};
    }
    const auto integral = to_integral(*number);
    if (!integral) return refuse_value("cql.range", input.type, value, "it is not integral");
    append_varint(*integral, out);
    return {};
}

}  // namespace

std::unexpected<Error> refuse_value(std::string_view code, const Type& type, const Value& value,
                                    std::string_view why, std::string hint) {
    return fail(ErrorClass::Poison, code,
                fmt::format("{} {} cannot be written as {}: {}", to_string(value.kind()),
                            to_debug_text(value, 100), type.to_text(), why),
                std::move(hint));
}

Result<void> serialize_scalar(const Type& type, const Value& value, Context context, Buffer& out) {
    const Input input{type, value, context};
    switch (type.kind) {
        case TypeKind::Ascii:
        case TypeKind::Text: return serialize_text(input, out);
        case TypeKind::Bigint:
        case TypeKind::Counter: return serialize_integer<int64_t>(input, out);
        case TypeKind::Int: return serialize_integer<int32_t>(input, out);
        case TypeKind::Smallint: return serialize_integer<int16_t>(input, out);
        case TypeKind::Tinyint: return serialize_integer<int8_t>(input, out);
        case TypeKind::Double: return serialize_floating<double, uint64_t>(input, out);
        case TypeKind::Float: return serialize_floating<float, uint32_t>(input, out);
        case TypeKind::Boolean: return serialize_boolean(input, out);
        case TypeKind::Blob: return serialize_blob(input, out);
        case TypeKind::Date: return serialize_date(input, out);
        case TypeKind::Time: return serialize_time(input, out);
        case TypeKind::Timestamp: return serialize_timestamp(input, out);
        case TypeKind::Duration: return serialize_duration(input, out);
        case TypeKind::Timeuuid:
        case TypeKind::Uuid: return serialize_uuid(input, out);
        case TypeKind::Inet: return serialize_inet(input, out);
        case TypeKind::Decimal:
        case TypeKind::Varint: return serialize_big_number(input, out);
        default: return input.mismatch();
    }
}

}  // namespace messina::cql
