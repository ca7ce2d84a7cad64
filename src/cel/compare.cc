#include "cel/compare.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace messina::cel {
namespace {

/// As doubles, like every other implementation; beyond the integer's range without rounding.
template <class Integer>
std::partial_ordering compare_mixed(Integer integer, double number) {
    constexpr double above = static_cast<double>(std::numeric_limits<Integer>::max());
    constexpr double lowest = static_cast<double>(std::numeric_limits<Integer>::min());
    if (number > above) return std::partial_ordering::less;
    if (number < lowest) return std::partial_ordering::greater;
    return static_cast<double>(integer) <=> number;
}

std::partial_ordering compare_integers(const Value& a, const Value& b) {
    const bool a_is_int = a.is(Kind::Int);
    const bool b_is_int = b.is(Kind::Int);
    if (a_is_int && b_is_int) return a.as_int() <=> b.as_int();
    if (a_is_int && a.as_int() < 0) return std::partial_ordering::less;
    if (b_is_int && b.as_int() < 0) return std::partial_ordering::greater;
    return a.as_uint() <=> b.as_uint();
}

bool is_integer(Kind kind) {
    return kind == Kind::Int || kind == Kind::Uint;
}

std::partial_ordering reversed(std::partial_ordering order) {
    return 0 <=> order;
}

Order order_of(std::partial_ordering ordering) {
    if (ordering == std::partial_ordering::less) return Order::Less;
    if (ordering == std::partial_ordering::greater) return Order::Greater;
    if (ordering == std::partial_ordering::equivalent) return Order::Equal;
    return Order::Unordered;
}

bool is_equal_list(const Value& a, const Value& b, Frame& frame) {
    const auto left = a.as_list();
    const auto right = b.as_list();
    if (left.size() != right.size() || !frame.charge(left.size())) return false;
    for (size_t i = 0; i < left.size(); ++i)
        if (!is_equal(left[i], right[i], frame)) return false;
    return true;
}

bool is_equal_map(const Value& a, const Value& b, Frame& frame) {
    if (a.as_map().size() != b.as_map().size()) return false;
    for (const MapEntry& entry : a.as_map()) {
        // A look-up reads the other map from its start.
        if (!frame.charge(1 + b.as_map().size() / 8)) return false;
        const Value* other = find_key(b, entry.key);
        if (other == nullptr || !is_equal(entry.value, *other, frame)) return false;
    }
    return true;
}

bool is_equal_optional(const Value& a, const Value& b, Frame& frame) {
    const Value* left = a.as_optional();
    const Value* right = b.as_optional();
    if (left == nullptr || right == nullptr) return left == right;
    return is_equal(*left, *right, frame);
}

}  // namespace

double as_double(const Value& value) {
    if (value.is(Kind::Double)) return value.as_double();
    const std::string_view text = value.as_text();
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc::result_out_of_range) return number;
    return std::strtod(std::string(text).c_str(), nullptr);
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
    const bool a_is_integer = is_integer(a.kind());
    const bool b_is_integer = is_integer(b.kind());
    if (a_is_integer && b_is_integer) return compare_integers(a, b);
    if (!a_is_integer && !b_is_integer) return as_double(a) <=> as_double(b);
    if (!a_is_integer) return reversed(compare_numbers(b, a));
    return a.is(Kind::Int) ? compare_mixed(a.as_int(), as_double(b))
                           : compare_mixed(a.as_uint(), as_double(b));
}

Order order(const Value& a, const Value& b) {
    if (is_number(a.kind()) && is_number(b.kind())) return order_of(compare_numbers(a, b));
    if (a.kind() != b.kind()) return Order::Mismatched;
    switch (a.kind()) {
        case Kind::Bool: return order_of(a.as_int() <=> b.as_int());
        case Kind::String:
        case Kind::Bytes: return order_of(a.as_text() <=> b.as_text());
        case Kind::Timestamp:
        case Kind::Duration:
            if (a.seconds() != b.seconds()) return order_of(a.seconds() <=> b.seconds());
            return order_of(a.nanos() <=> b.nanos());
        default: return Order::Mismatched;
    }
}

bool is_equal(const Value& a, const Value& b, Frame& frame) {
    if (is_number(a.kind()) && is_number(b.kind())) return compare_numbers(a, b) == 0;
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::Null: return true;
        case Kind::Bool: return a.as_bool() == b.as_bool();
        case Kind::String:
        case Kind::Bytes:
        case Kind::Type: return a.as_text() == b.as_text();
        case Kind::Timestamp:
        case Kind::Duration: return a.seconds() == b.seconds() && a.nanos() == b.nanos();
        case Kind::List: return is_equal_list(a, b, frame);
        case Kind::Map: return is_equal_map(a, b, frame);
        case Kind::Optional: return is_equal_optional(a, b, frame);
        default: return false;
    }
}

const Value* find_key(const Value& map, std::string_view key) {
    for (const MapEntry& entry : map.as_map())
        if (entry.key.is(Kind::String) && entry.key.as_text() == key) return &entry.value;
    return nullptr;
}

const Value* find_key(const Value& map, const Value& key) {
    if (key.is(Kind::String)) return find_key(map, key.as_text());
    const bool is_numeric = is_number(key.kind());
    if (!is_numeric && !key.is(Kind::Bool)) return nullptr;
    for (const MapEntry& entry : map.as_map()) {
        const bool is_match =
            is_numeric ? is_number(entry.key.kind()) && compare_numbers(entry.key, key) == 0
                       : entry.key.is(Kind::Bool) && entry.key.as_bool() == key.as_bool();
        if (is_match) return &entry.value;
    }
    return nullptr;
}

}  // namespace messina::cel
