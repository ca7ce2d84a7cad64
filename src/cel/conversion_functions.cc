// From one type to another, and what type a value has.
#include <array>
#include <charconv>
#include <cmath>

#include "cel/compare.h"
#include "cel/function_error.h"
#include "cel/function_table.h"
#include "cel/number_text.h"
#include "cel/time_value.h"
#include "cel/type_name.h"
#include "cel/utf8.h"

namespace messina::cel {

std::string double_text(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    const double magnitude = std::abs(number);
    const bool has_exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
    std::array<char, 64> text;
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), number,
                      has_exponent ? std::chars_format::scientific : std::chars_format::fixed);
    return {text.data(), written.ptr};
}

namespace {

using Args = std::span<const Value>;

Value identity(Frame&, Args args) {
    return args[0];
}

Value unconvertible(Frame& frame, const Value& value, std::string_view type) {
    constexpr size_t shown_bytes_max = 80;
    return frame.fail("cel.conversion", "{} cannot be made a {}",
                      to_debug_text(value, shown_bytes_max), type);
}

/// All of `text` as a number.
template <class Number>
bool parse_number(std::string_view text, Number& number) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with('+')) return false;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

// --- int ---

Value int_of_uint(Frame& frame, Args args) {
    if (args[0].as_uint() > static_cast<uint64_t>(INT64_MAX))
        return unconvertible(frame, args[0], "int");
    return Value::integer(static_cast<int64_t>(args[0].as_uint()));
}
Value int_of_double(Frame& frame, Args args) {
    const double number = as_double(args[0]);
    if (!(number > -0x1p63 && number < 0x1p63)) return unconvertible(frame, args[0], "int");
    return Value::integer(static_cast<int64_t>(number));
}
Value int_of_string(Frame& frame, Args args) {
    int64_t number = 0;
    if (!parse_number(args[0].as_text(), number)) return unconvertible(frame, args[0], "int");
    return Value::integer(number);
}
Value int_of_timestamp(Frame&, Args args) {
    return Value::integer(args[0].seconds());
}

// --- uint ---

Value uint_of_int(Frame& frame, Args args) {
    if (args[0].as_int() < 0) return unconvertible(frame, args[0], "uint");
    return Value::unsigned_integer(static_cast<uint64_t>(args[0].as_int()));
}
Value uint_of_double(Frame& frame, Args args) {
    const double number = as_double(args[0]);
    if (!(number > -1.0 && number < 0x1p64)) return unconvertible(frame, args[0], "uint");
    if (number < 0) return unconvertible(frame, args[0], "uint");
    return Value::unsigned_integer(static_cast<uint64_t>(number));
}
Value uint_of_string(Frame& frame, Args args) {
    uint64_t number = 0;
    if (!parse_number(args[0].as_text(), number)) return unconvertible(frame, args[0], "uint");
    return Value::unsigned_integer(number);
}

// --- double ---

Value double_of_int(Frame&, Args args) {
    return Value::floating(static_cast<double>(args[0].as_int()));
}
Value double_of_uint(Frame&, Args args) {
    return Value::floating(static_cast<double>(args[0].as_uint()));
}
Value double_of_double(Frame&, Args args) {
    return Value::floating(as_double(args[0]));
}
Value double_of_string(Frame& frame, Args args) {
    double number = 0;
    if (!parse_number(args[0].as_text(), number)) return unconvertible(frame, args[0], "double");
    return Value::floating(number);
}

// --- bool ---

Value bool_of_string(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    for (const std::string_view yes : {"true", "True", "TRUE", "t", "1"})
        if (text == yes) return Value::boolean(true);
    for (const std::string_view no : {"false", "False", "FALSE", "f", "0"})
        if (text == no) return Value::boolean(false);
    return unconvertible(frame, args[0], "bool");
}

// --- string and bytes ---

Value string_of_bool(Frame&, Args args) {
    return Value::string(args[0].as_bool() ? "true" : "false");
}
Value string_of_int(Frame& frame, Args args) {
    return frame.string(fmt::format_int(args[0].as_int()).c_str());
}
Value string_of_uint(Frame& frame, Args args) {
    return frame.string(fmt::format_int(args[0].as_uint()).c_str());
}
Value string_of_double(Frame& frame, Args args) {
    // An exact number keeps the digits it came with.
    if (args[0].is(Kind::Decimal)) return Value::string(args[0].as_text());
    return frame.string(double_text(args[0].as_double()));
}
Value string_of_bytes(Frame& frame, Args args) {
    if (!frame.charge_bytes(args[0].as_text().size())) return Frame::exhausted();
    if (find_malformed_utf8(args[0].as_text()) != std::string_view::npos)
        return frame.fail("cel.conversion",
                          "these bytes are not UTF-8 and cannot be made a string");
    return Value::string(args[0].as_text());
}
Value string_of_timestamp(Frame& frame, Args args) {
    if (!checked_timestamp(args[0].seconds(), 0)) return failure(kTimeRange);
    return frame.string(timestamp_text(args[0]));
}
Value string_of_duration(Frame& frame, Args args) {
    return frame.string(duration_text(args[0]));
}
Value bytes_of_string(Frame&, Args args) {
    return Value::bytes(args[0].as_text());
}

// --- timestamp and duration ---

Value timestamp_of_string(Frame& frame, Args args) {
    const std::optional<Value> parsed = parse_timestamp(args[0].as_text());
    return parsed ? *parsed : unconvertible(frame, args[0], "timestamp");
}
Value timestamp_of_int(Frame& frame, Args args) {
    const std::optional<Value> checked = checked_timestamp(args[0].as_int(), 0);
    return checked ? *checked : unconvertible(frame, args[0], "timestamp");
}
Value duration_of_string(Frame& frame, Args args) {
    const std::optional<Value> parsed = parse_duration(args[0].as_text());
    return parsed ? *parsed : unconvertible(frame, args[0], "duration");
}

Value type_of(Frame&, Args args) {
    return Value::type(type_name(args[0].kind()));
}

constexpr std::string_view kInt = "A whole number; an error when out of range.";
constexpr std::string_view kUint = "A whole number from 0; an error when out of range.";
constexpr std::string_view kDouble = "A floating-point number.";
constexpr std::string_view kString = "The text of the value; bytes must be UTF-8.";
constexpr std::string_view kTimestamp = "From RFC 3339 text or seconds since 1970.";
constexpr std::string_view kDuration = "From text such as 1h30m or 1.5s.";

constexpr std::array kRows = {
    FunctionRow{"int(int) -> int", identity, kInt},
    FunctionRow{"int(uint) -> int", int_of_uint, kInt},
    FunctionRow{"int(double) -> int", int_of_double, kInt},
    FunctionRow{"int(string) -> int", int_of_string, kInt},
    FunctionRow{"int(timestamp) -> int", int_of_timestamp, kInt},
    FunctionRow{"uint(uint) -> uint", identity, kUint},
    FunctionRow{"uint(int) -> uint", uint_of_int, kUint},
    FunctionRow{"uint(double) -> uint", uint_of_double, kUint},
    FunctionRow{"uint(string) -> uint", uint_of_string, kUint},
    FunctionRow{"double(double) -> double", double_of_double, kDouble},
    FunctionRow{"double(int) -> double", double_of_int, kDouble},
    FunctionRow{"double(uint) -> double", double_of_uint, kDouble},
    FunctionRow{"double(string) -> double", double_of_string, kDouble},
    FunctionRow{"bool(bool) -> bool", identity, "true or false from text."},
    FunctionRow{"bool(string) -> bool", bool_of_string, "true or false from text."},
    FunctionRow{"string(string) -> string", identity, kString},
    FunctionRow{"string(bool) -> string", string_of_bool, kString},
    FunctionRow{"string(int) -> string", string_of_int, kString},
    FunctionRow{"string(uint) -> string", string_of_uint, kString},
    FunctionRow{"string(double) -> string", string_of_double, kString},
    FunctionRow{"string(bytes) -> string", string_of_bytes, kString},
    FunctionRow{"string(timestamp) -> string", string_of_timestamp, kString},
    FunctionRow{"string(duration) -> string", string_of_duration, kString},
    FunctionRow{"bytes(bytes) -> bytes", identity, "The bytes of the UTF-8 text."},
    FunctionRow{"bytes(string) -> bytes", bytes_of_string, "The bytes of the UTF-8 text."},
    FunctionRow{"timestamp(timestamp) -> timestamp", identity, kTimestamp},
    FunctionRow{"timestamp(string) -> timestamp", timestamp_of_string, kTimestamp},
    FunctionRow{"timestamp(int) -> timestamp", timestamp_of_int, kTimestamp},
    FunctionRow{"duration(duration) -> duration", identity, kDuration},
    FunctionRow{"duration(string) -> duration", duration_of_string, kDuration},
    FunctionRow{"dyn(A) -> dyn", identity, "The value; the checker forgets its type."},
    FunctionRow{"type(A) -> type(A)", type_of, "The type of the value."},
};

}  // namespace

std::span<const FunctionRow> conversion_functions() {
    return kRows;
}

}  // namespace messina::cel
