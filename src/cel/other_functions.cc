// Sizes, encodings, places on earth.
#include <array>
#include <cmath>
#include <numbers>

#include "cel/compare.h"
#include "cel/function_table.h"
#include "cel/utf8.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

Value size_of(size_t size) {
    return Value::integer(static_cast<int64_t>(size));
}
Value string_size(Frame& frame, Args args) {
    if (!frame.charge_bytes(args[0].as_text().size())) return Frame::exhausted();
    return size_of(utf8_length(args[0].as_text()));
}
Value bytes_size(Frame&, Args args) {
    return size_of(args[0].as_text().size());
}
Value list_size(Frame&, Args args) {
    return size_of(args[0].as_list().size());
}
Value map_size(Frame&, Args args) {
    return size_of(args[0].as_map().size());
}

// --- base64 ---

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Value base64_encode(Frame& frame, Args args) {
    const std::string_view bytes = args[0].as_text();
    if (!frame.charge_bytes(2 * bytes.size())) return Frame::exhausted();
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t at = 0; at < bytes.size(); at += 3) {
        const size_t count = std::min<size_t>(3, bytes.size() - at);
        uint32_t group = 0;
        for (size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (size_t i = 0; i < 4; ++i)
            text += i <= count ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
    }
    return frame.string(text);
}

/// With or without padding.
Value base64_decode(Frame& frame, Args args) {
    std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(2 * text.size())) return Frame::exhausted();
    const auto malformed = [&] { return frame.fail("cel.conversion", "this is no base64"); };
    if (text.size() % 4 == 0)
        for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    if (text.size() % 4 == 1) return malformed();
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    uint32_t bits = 0;
    uint32_t bit_count = 0;
    for (const char digit : text) {
        const size_t value = kDigits.find(digit);
        if (value == std::string_view::npos) return malformed();
        bits = bits << 6 | static_cast<uint32_t>(value);
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        bytes += static_cast<char>(bits >> bit_count & 0xFFU);
    }
    return Value::bytes(frame.arena.copy(bytes));
}

// --- geography ---

double number_of(const Value& value) {
    if (value.is(Kind::Int)) return static_cast<double>(value.as_int());
    if (value.is(Kind::Uint)) return static_cast<double>(value.as_uint());
    return as_double(value);
}

/// Great-circle distance in kilometres by the haversine formula.
Value geo_distance(Frame& frame, Args args) {
    constexpr double earth_radius_km = 6371.0088;
    constexpr double radians = std::numbers::pi / 180;
    for (const Value& arg : args)
        if (!is_number(arg.kind()))
            return frame.fail("cel.no_such_overload", "geo.distance() takes four numbers");
    const double latitude_a = number_of(args[0]) * radians;
    const double latitude_b = number_of(args[2]) * radians;
    const double north = std::sin((latitude_b - latitude_a) / 2);
    const double east = std::sin((number_of(args[3]) - number_of(args[1])) * radians / 2);
    const double chord = north * north + std::cos(latitude_a) * std::cos(latitude_b) * east * east;
    return Value::floating(2 * earth_radius_km * std::asin(std::sqrt(std::min(1.0, chord))));
}

constexpr std::string_view kSize = "Characters, bytes, items or entries.";

constexpr std::array kRows = {
    FunctionRow{"size(string) -> int", string_size, kSize},
    FunctionRow{"size(bytes) -> int", bytes_size, kSize},
    FunctionRow{"size(list(A)) -> int", list_size, kSize},
    FunctionRow{"size(map(A, B)) -> int", map_size, kSize},
    FunctionRow{"string.size() -> int", string_size, kSize},
    FunctionRow{"bytes.size() -> int", bytes_size, kSize},
    FunctionRow{"list(A).size() -> int", list_size, kSize},
    FunctionRow{"map(A, B).size() -> int", map_size, kSize},
    FunctionRow{"base64.encode(bytes) -> string", base64_encode, "Bytes as base64 text."},
    FunctionRow{"base64.decode(string) -> bytes", base64_decode, "The bytes of base64 text."},
    FunctionRow{"geo.distance(dyn, dyn, dyn, dyn) -> double", geo_distance,
                "Kilometres along the earth between two points: latitude, longitude, latitude, "
                "longitude in degrees."},
};

}  // namespace

std::span<const FunctionRow> other_functions() {
    return kRows;
}

}  // namespace messina::cel
