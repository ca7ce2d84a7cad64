#include "codec/avro/to_avro.h"

#include <cmath>

#include <fmt/format.h>

#include "codec/avro/calendar.h"
#include "codec/avro/logical.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {
namespace {

Fault units_of(int64_t seconds, int64_t nanos, Precision precision, FinerTime finer_time,
               int64_t& number) {
    const int64_t unit = static_cast<int64_t>(Precision::Nanos) / static_cast<int64_t>(precision);
    if (nanos % unit != 0) {
        if (finer_time == FinerTime::Refuse) return Fault::Inexact;
        nanos -= nanos % unit;
    }
    return to_units(seconds, nanos, precision, number) ? Fault::None : Fault::Range;
}

Fault timestamp_units(const Value& value, Precision precision, FinerTime finer_time,
                      int64_t& number) {
    if (!value.is(Kind::Timestamp)) return Fault::WrongKind;
    return units_of(value.seconds(), value.nanos(), precision, finer_time, number);
}

Fault local_units(const Value& value, Precision precision, FinerTime finer_time, int64_t& number) {
    if (!value.is(Kind::String)) return Fault::WrongKind;
    int64_t seconds = 0;
    int64_t nanos = 0;
    if (!parse_local(value.as_text(), seconds, nanos)) return Fault::BadText;
    return units_of(seconds, nanos, precision, finer_time, number);
}

Fault time_units(const Value& value, Precision precision, FinerTime finer_time, int64_t& number) {
    if (!value.is(Kind::String)) return Fault::WrongKind;
    int64_t seconds = 0;
    int64_t nanos = 0;
    if (!parse_time(value.as_text(), seconds, nanos)) return Fault::BadText;
    return units_of(seconds, nanos, precision, finer_time, number);
}

Fault date_days(const Value& value, int64_t& number) {
    if (!value.is(Kind::String)) return Fault::WrongKind;
    if (!parse_date(value.as_text(), number)) return Fault::BadText;
    return number < INT32_MIN || number > INT32_MAX ? Fault::Range : Fault::None;
}

/// "1.5s", "-0.25s", "90s".
std::string duration_text(const Value& value) {
    if (value.nanos() == 0) return fmt::format("{}s", value.seconds());
    std::string text =
        fmt::format("{}{}.{:09}", value.seconds() < 0 || value.nanos() < 0 ? "-" : "",
                    std::abs(value.seconds()), std::abs(value.nanos()));
    text.erase(text.find_last_not_of('0') + 1);
    return text + "s";
}

}  // namespace

Fault to_integer(const Node& node, const Value& value, FinerTime finer_time, int64_t& number) {
    switch (node.logical) {
        case Logical::Date: return date_days(value, number);
        case Logical::TimeMillis: return time_units(value, Precision::Millis, finer_time, number);
        case Logical::TimeMicros: return time_units(value, Precision::Micros, finer_time, number);
        case Logical::TimestampMillis:
            return timestamp_units(value, Precision::Millis, finer_time, number);
        case Logical::TimestampMicros:
            return timestamp_units(value, Precision::Micros, finer_time, number);
        case Logical::TimestampNanos:
            return timestamp_units(value, Precision::Nanos, finer_time, number);
        case Logical::LocalTimestampMillis:
            return local_units(value, Precision::Millis, finer_time, number);
        case Logical::LocalTimestampMicros:
            return local_units(value, Precision::Micros, finer_time, number);
        case Logical::LocalTimestampNanos:
            return local_units(value, Precision::Nanos, finer_time, number);
        default: break;
    }
    if (value.is(Kind::Uint)) return Fault::Range;
    if (!value.is(Kind::Int)) return Fault::WrongKind;
    number = value.as_int();
    const bool is_out = node.kind == SchemaKind::Int && (number < INT32_MIN || number > INT32_MAX);
    return is_out ? Fault::Range : Fault::None;
}

bool to_number_text(const Value& value, std::string& text) {
    switch (value.kind()) {
        case Kind::Int: text = std::to_string(value.as_int()); return true;
        case Kind::Uint: text = std::to_string(value.as_uint()); return true;
        case Kind::Decimal: text = value.as_text(); return true;
        case Kind::Double:
            if (!std::isfinite(value.as_double())) return false;
            text = fmt::format("{}", value.as_double());
            return true;
        default: return false;
    }
}

Fault to_text(const Node& node, const Value& value, std::string& storage, std::string_view& text) {
    if (value.is(Kind::Duration)) {
        storage = duration_text(value);
        text = storage;
    } else if (value.is(Kind::String) || value.is(Kind::Decimal)) {
        text = value.as_text();
    } else {
        return Fault::WrongKind;
    }
    char ignored[16];
    if (node.logical == Logical::Uuid && !parse_uuid(text, ignored)) return Fault::BadText;
    return is_utf8(text) ? Fault::None : Fault::Utf8;
}

std::string_view key_text(const Value& key, std::string& storage) {
    if (key.is(Kind::String)) return key.as_text();
    if (key.is(Kind::Bool)) return key.as_bool() ? "true" : "false";
    storage = key.is(Kind::Uint) ? std::to_string(key.as_uint()) : std::to_string(key.as_int());
    return storage;
}

bool to_duration(const Value& value, uint32_t (&parts)[3]) {
    if (!value.is(Kind::Map) || value.as_map().size() != 3) return false;
    constexpr std::string_view names[] = {"months", "days", "milliseconds"};
    for (size_t i = 0; i < 3; ++i) {
        const Value part = value.field(names[i]);
        if (!part.is(Kind::Int) || part.as_int() < 0 || part.as_int() > UINT32_MAX) return false;
        parts[i] = static_cast<uint32_t>(part.as_int());
    }
    return true;
}

}  // namespace messina::codec::avro
