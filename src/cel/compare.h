// Equality and order of values as CEL has them: numbers compare across types.
#pragma once

#include <compare>

#include "cel/frame.h"
#include "data/value.h"

namespace messina::cel {

inline bool is_number(Kind kind) {
    return kind >= Kind::Int && kind <= Kind::Decimal;
}
/// Of Double and Decimal.
double as_double(const Value& value);
/// Numbers of any kind; unordered when one is NaN.
std::partial_ordering compare_numbers(const Value& a, const Value& b);

/// How two values stand to each other; Mismatched when their types have no order in common.
enum class Order : uint8_t { Less, Equal, Greater, Unordered, Mismatched };
Order order(const Value& a, const Value& b);

/// CEL's ==. Values of different types are unequal, NaN is not equal to itself. Neither is a
/// failure. Charges for large lists and maps.
bool is_equal(const Value& a, const Value& b, Frame& frame);

/// The entry of `map` under `key`, or null. Numeric keys compare across types.
const Value* find_key(const Value& map, const Value& key);
const Value* find_key(const Value& map, std::string_view key);

}  // namespace messina::cel
