// The operators that evaluate all their operands. && and || and the conditional are nodes of their
// own.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "cel/compare.h"
#include "cel/function_error.h"
#include "cel/function_table.h"
#include "cel/time_value.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

// --- whole numbers: every overflow is an error ---

template <class Integer>
Integer integer(const Value& value) {
    if constexpr (std::is_signed_v<Integer>) return value.as_int();
    return static_cast<Integer>(value.as_uint());
}
template <class Integer>
Value make(Integer number) {
    if constexpr (std::is_signed_v<Integer>)
        return Value::integer(number);
    else
        return Value::unsigned_integer(number);
}
template <class Integer>
Value overflow() {
    return failure(std::is_signed_v<Integer> ? kIntOverflow : kUintOverflow);
}

template <class Integer>
Value add_integers(Frame&, Args args) {
    Integer sum = 0;
    if (__builtin_add_overflow(integer<Integer>(args[0]), integer<Integer>(args[1]), &sum))
        return overflow<Integer>();
    return make(sum);
}
template <class Integer>
Value subtract_integers(Frame&, Args args) {
    Integer difference = 0;
    if (__builtin_sub_overflow(integer<Integer>(args[0]), integer<Integer>(args[1]), &difference))
        return overflow<Integer>();
    return make(difference);
}
template <class Integer>
Value multiply_integers(Frame&, Args args) {
    Integer product = 0;
    if (__builtin_mul_overflow(integer<Integer>(args[0]), integer<Integer>(args[1]), &product))
        return overflow<Integer>();
    return make(product);
}
template <class Integer>
bool is_quotient_overflow(Integer dividend, Integer divisor) {
    return std::is_signed_v<Integer> && dividend == std::numeric_limits<Integer>::min() &&
           divisor == static_cast<Integer>(-1);
}
template <class Integer>
Value divide_integers(Frame&, Args args) {
    const auto dividend = integer<Integer>(args[0]);
    const auto divisor = integer<Integer>(args[1]);
    if (divisor == 0) return failure(kDivideByZero);
    if (is_quotient_overflow(dividend, divisor)) return overflow<Integer>();
    return make<Integer>(dividend / divisor);
}
template <class Integer>
Value modulo_integers(Frame&, Args args) {
    const auto dividend = integer<Integer>(args[0]);
    const auto divisor = integer<Integer>(args[1]);
    if (divisor == 0) return failure(kModulusByZero);
    if (is_quotient_overflow(dividend, divisor)) return overflow<Integer>();
    return make<Integer>(dividend % divisor);
}
Value negate_int(Frame&, Args args) {
    if (args[0].as_int() == INT64_MIN) return failure(kIntOverflow);
    return Value::integer(-args[0].as_int());
}

// --- doubles ---

Value add_doubles(Frame&, Args args) {
    return Value::floating(as_double(args[0]) + as_double(args[1]));
}
Value subtract_doubles(Frame&, Args args) {
    return Value::floating(as_double(args[0]) - as_double(args[1]));
}
Value multiply_doubles(Frame&, Args args) {
    return Value::floating(as_double(args[0]) * as_double(args[1]));
}
Value divide_doubles(Frame&, Args args) {
    return Value::floating(as_double(args[0]) / as_double(args[1]));
}
Value negate_double(Frame&, Args args) {
    return Value::floating(-as_double(args[0]));
}

// --- texts and lists ---

Value concatenate(Frame& frame, Args args) {
    const std::string_view left = args[0].as_text();
    const std::string_view right = args[1].as_text();
    const size_t size = left.size() + right.size();
    if (!frame.charge_bytes(size)) return Frame::exhausted();
    if (size > UINT32_MAX) return failure(kTooLarge);
    char* joined = static_cast<char*>(frame.arena.allocate(size + 1, 1));
    left.copy(joined, left.size());
    right.copy(joined + left.size(), right.size());
    return args[0].is(Kind::String) ? Value::string({joined, size}) : Value::bytes({joined, size});
}

Value concatenate_lists(Frame& frame, Args args) {
    const auto left = args[0].as_list();
    const auto right = args[1].as_list();
    const size_t size = left.size() + right.size();
    if (!frame.charge(size / 4)) return Frame::exhausted();
    Value* items = frame.arena.make_array<Value>(size);
    std::ranges::copy(right, std::ranges::copy(left, items).out);
    return Value::list({items, size});
}

// --- comparisons ---

Value equals(Frame& frame, Args args) {
    return Value::boolean(is_equal(args[0], args[1], frame));
}
Value not_equals(Frame& frame, Args args) {
    return Value::boolean(!is_equal(args[0], args[1], frame));
}
Value less(Frame&, Args args) {
    return Value::boolean(order(args[0], args[1]) == Order::Less);
}
Value less_or_equal(Frame&, Args args) {
    const Order found = order(args[0], args[1]);
    return Value::boolean(found == Order::Less || found == Order::Equal);
}
Value greater(Frame&, Args args) {
    return Value::boolean(order(args[0], args[1]) == Order::Greater);
}
Value greater_or_equal(Frame&, Args args) {
    const Order found = order(args[0], args[1]);
    return Value::boolean(found == Order::Greater || found == Order::Equal);
}

Value in_list(Frame& frame, Args args) {
    for (const Value& item : args[1].as_list()) {
        if (!frame.charge(1)) return Frame::exhausted();
        if (is_equal(args[0], item, frame)) return Value::boolean(true);
    }
    return Value::boolean(false);
}
Value in_map(Frame& frame, Args args) {
    if (!frame.charge(args[1].as_map().size() / 8)) return Frame::exhausted();
    return Value::boolean(find_key(args[1], args[0]) != nullptr);
}

// --- times ---

Value add_times(Frame&, Args args) {
    const Kind kind = args[0].is(Kind::Timestamp) ? Kind::Timestamp : args[1].kind();
    return time_sum(kind, args[0], args[1]);
}
Value subtract_times(Frame&, Args args) {
    // Timestamp - timestamp is a duration, timestamp - duration a timestamp.
    const Kind kind = args[1].is(Kind::Timestamp) ? Kind::Duration : args[0].kind();
    return time_difference(kind, args[0], args[1]);
}

constexpr std::string_view kSum = "The sum; texts and lists are joined.";
constexpr std::string_view kDifference = "The difference.";
constexpr std::string_view kProduct = "The product.";
constexpr std::string_view kQuotient = "The quotient; whole numbers are rounded towards zero.";
constexpr std::string_view kRemainder = "The remainder of the division.";
constexpr std::string_view kNegation = "The opposite.";
constexpr std::string_view kOrdering = "Order; numbers compare across types.";
constexpr std::string_view kMembership = "True when the list has the item, or the map the key.";

constexpr std::array kRows = {
    FunctionRow{"_+_(int, int) -> int", add_integers<int64_t>, kSum},
    FunctionRow{"_+_(uint, uint) -> uint", add_integers<uint64_t>, kSum},
    FunctionRow{"_+_(double, double) -> double", add_doubles, kSum},
    FunctionRow{"_+_(string, string) -> string", concatenate, kSum},
    FunctionRow{"_+_(bytes, bytes) -> bytes", concatenate, kSum},
    FunctionRow{"_+_(list(A), list(A)) -> list(A)", concatenate_lists, kSum},
    FunctionRow{"_+_(timestamp, duration) -> timestamp", add_times, kSum},
    FunctionRow{"_+_(duration, timestamp) -> timestamp", add_times, kSum},
    FunctionRow{"_+_(duration, duration) -> duration", add_times, kSum},
    FunctionRow{"_-_(int, int) -> int", subtract_integers<int64_t>, kDifference},
    FunctionRow{"_-_(uint, uint) -> uint", subtract_integers<uint64_t>, kDifference},
    FunctionRow{"_-_(double, double) -> double", subtract_doubles, kDifference},
    FunctionRow{"_-_(timestamp, timestamp) -> duration", subtract_times, kDifference},
    FunctionRow{"_-_(timestamp, duration) -> timestamp", subtract_times, kDifference},
    FunctionRow{"_-_(duration, duration) -> duration", subtract_times, kDifference},
    FunctionRow{"_*_(int, int) -> int", multiply_integers<int64_t>, kProduct},
    FunctionRow{"_*_(uint, uint) -> uint", multiply_integers<uint64_t>, kProduct},
    FunctionRow{"_*_(double, double) -> double", multiply_doubles, kProduct},
    FunctionRow{"_/_(int, int) -> int", divide_integers<int64_t>, kQuotient},
    FunctionRow{"_/_(uint, uint) -> uint", divide_integers<uint64_t>, kQuotient},
    FunctionRow{"_/_(double, double) -> double", divide_doubles, kQuotient},
    FunctionRow{"_%_(int, int) -> int", modulo_integers<int64_t>, kRemainder},
    FunctionRow{"_%_(uint, uint) -> uint", modulo_integers<uint64_t>, kRemainder},
    FunctionRow{"-_(int) -> int", negate_int, kNegation},
    FunctionRow{"-_(double) -> double", negate_double, kNegation},
    FunctionRow{"!_(bool) -> bool", nullptr, kNegation},
    FunctionRow{"_&&_(bool...) -> bool", nullptr, "True when all are."},
    FunctionRow{"_||_(bool...) -> bool", nullptr, "True when one is."},
    FunctionRow{"_?_:_(bool, A, A) -> A", nullptr, "One or the other."},
    FunctionRow{"_==_(A, A) -> bool", equals, "Equality; numbers compare across types."},
    FunctionRow{"_!=_(A, A) -> bool", not_equals, "Inequality."},
    FunctionRow{"@in(A, list(A)) -> bool", in_list, kMembership},
    FunctionRow{"@in(A, map(A, B)) -> bool", in_map, kMembership},
};

struct Ordering {
    std::string_view name;
    Implementation run;
};
constexpr std::array kOrderings = {Ordering{"_<_", less}, Ordering{"_<=_", less_or_equal},
                                   Ordering{"_>_", greater}, Ordering{"_>=_", greater_or_equal}};
constexpr std::array<std::string_view, 14> kOrderedPairs = {
    "(bool, bool) -> bool",           "(int, int) -> bool",           "(uint, uint) -> bool",
    "(double, double) -> bool",       "(string, string) -> bool",     "(bytes, bytes) -> bool",
    "(timestamp, timestamp) -> bool", "(duration, duration) -> bool", "(int, uint) -> bool",
    "(int, double) -> bool",          "(uint, int) -> bool",          "(uint, double) -> bool",
    "(double, int) -> bool",          "(double, uint) -> bool"};

std::vector<FunctionRow> make_rows() {
    static std::vector<std::string> signatures;
    signatures.reserve(kOrderings.size() * kOrderedPairs.size());
    std::vector<FunctionRow> rows(kRows.begin(), kRows.end());
    for (const Ordering& ordering : kOrderings)
        for (const std::string_view pair : kOrderedPairs) {
            signatures.push_back(std::string(ordering.name) + std::string(pair));
            rows.push_back({signatures.back(), ordering.run, kOrdering});
        }
    return rows;
}

}  // namespace

std::span<const FunctionRow> operator_functions() {
    static const std::vector<FunctionRow> rows = make_rows();
    return rows;
}

}  // namespace messina::cel
