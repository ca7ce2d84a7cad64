// math.*: extremes, rounding, signs, bits.
#include <array>
#include <cmath>

#include "cel/compare.h"
#include "cel/function_error.h"
#include "cel/function_table.h"
#include "cel/type_name.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

/// The extreme of the arguments, or of the items when there is one argument and it is a list.
template <bool wants_greatest>
Value extreme(Frame& frame, Args args) {
    if (args.size() == 1 && args[0].is(Kind::List)) args = args[0].as_list();
    if (!frame.charge(args.size())) return Frame::exhausted();
    if (args.empty())
        return frame.fail("cel.invalid_argument", "an empty list has no greatest or least item");
    const Value* best = nullptr;
    for (const Value& candidate : args) {
        if (!is_number(candidate.kind()))
            return frame.fail("cel.no_such_overload", "no such overload: math.{}({})",
                              wants_greatest ? "greatest" : "least", type_name(candidate.kind()));
        const bool is_better =
            best == nullptr || (wants_greatest ? compare_numbers(candidate, *best) > 0
                                               : compare_numbers(candidate, *best) < 0);
        if (is_better) best = &candidate;
    }
    return *best;
}

using Rounding = double (*)(double);

double round_away(double number) {
    return std::round(number);
}
double ceiling(double number) {
    return std::ceil(number);
}
double floor_of(double number) {
    return std::floor(number);
}
double truncate(double number) {
    return std::trunc(number);
}
double root(double number) {
    return std::sqrt(number);
}

template <Rounding rounding>
Value rounded(Frame&, Args args) {
    return Value::floating(rounding(as_double(args[0])));
}
Value root_of_int(Frame&, Args args) {
    return Value::floating(std::sqrt(static_cast<double>(args[0].as_int())));
}
Value root_of_uint(Frame&, Args args) {
    return Value::floating(std::sqrt(static_cast<double>(args[0].as_uint())));
}

Value abs_int(Frame&, Args args) {
    if (args[0].as_int() == INT64_MIN) return failure(kIntOverflow);
    return Value::integer(std::abs(args[0].as_int()));
}
Value abs_uint(Frame&, Args args) {
    return args[0];
}
Value abs_double(Frame&, Args args) {
    return Value::floating(std::abs(as_double(args[0])));
}
Value sign_int(Frame&, Args args) {
    const int64_t number = args[0].as_int();
    return Value::integer((number > 0 ? 1 : 0) - (number < 0 ? 1 : 0));
}
Value sign_uint(Frame&, Args args) {
    return Value::unsigned_integer(args[0].as_uint() == 0 ? 0 : 1);
}
Value sign_double(Frame&, Args args) {
    const double number = as_double(args[0]);
    if (std::isnan(number)) return args[0];
    return Value::floating((number > 0 ? 1.0 : 0.0) - (number < 0 ? 1.0 : 0.0));
}

Value is_nan(Frame&, Args args) {
    return Value::boolean(std::isnan(as_double(args[0])));
}
Value is_infinite(Frame&, Args args) {
    return Value::boolean(std::isinf(as_double(args[0])));
}
Value is_finite(Frame&, Args args) {
    return Value::boolean(std::isfinite(as_double(args[0])));
}

// --- bits: on the 64 bits of an int as of a uint ---

Value of_bits(Kind kind, uint64_t bits) {
    return kind == Kind::Int ? Value::integer(static_cast<int64_t>(bits))
                             : Value::unsigned_integer(bits);
}
Value bit_and(Frame&, Args args) {
    return of_bits(args[0].kind(), args[0].as_uint() & args[1].as_uint());
}
Value bit_or(Frame&, Args args) {
    return of_bits(args[0].kind(), args[0].as_uint() | args[1].as_uint());
}
Value bit_xor(Frame&, Args args) {
    return of_bits(args[0].kind(), args[0].as_uint() ^ args[1].as_uint());
}
Value bit_not(Frame&, Args args) {
    return of_bits(args[0].kind(), ~args[0].as_uint());
}

template <bool is_left>
Value shift(Frame& frame, Args args) {
    const int64_t by = args[1].as_int();
    if (by < 0) return frame.fail("cel.invalid_argument", "cannot shift by {} bits", by);
    const uint64_t bits = args[0].as_uint();
    if (by >= 64) return of_bits(args[0].kind(), 0);
    return of_bits(args[0].kind(), is_left ? bits << by : bits >> by);
}

constexpr std::string_view kGreatest = "The greatest of the numbers, or of a list of numbers.";
constexpr std::string_view kLeast = "The least of the numbers, or of a list of numbers.";
constexpr std::string_view kAbs = "The number without its sign.";
constexpr std::string_view kSign = "-1, 0 or 1.";
constexpr std::string_view kRoot = "The square root; NaN of a negative number.";
constexpr std::string_view kLeft = "Bits moved up; 64 and more give 0.";
constexpr std::string_view kRight = "Bits moved down, filled with 0; 64 and more give 0.";

constexpr std::array kRows = {
    FunctionRow{"math.greatest(dyn...) -> dyn", extreme<true>, kGreatest},
    FunctionRow{"math.least(dyn...) -> dyn", extreme<false>, kLeast},
    FunctionRow{"math.ceil(double) -> double", rounded<ceiling>, "Rounded up."},
    FunctionRow{"math.floor(double) -> double", rounded<floor_of>, "Rounded down."},
    FunctionRow{"math.round(double) -> double", rounded<round_away>,
                "Rounded to the nearest; halves away from zero."},
    FunctionRow{"math.trunc(double) -> double", rounded<truncate>, "Rounded towards zero."},
    FunctionRow{"math.sqrt(double) -> double", rounded<root>, kRoot},
    FunctionRow{"math.sqrt(int) -> double", root_of_int, kRoot},
    FunctionRow{"math.sqrt(uint) -> double", root_of_uint, kRoot},
    FunctionRow{"math.abs(int) -> int", abs_int, kAbs},
    FunctionRow{"math.abs(uint) -> uint", abs_uint, kAbs},
    FunctionRow{"math.abs(double) -> double", abs_double, kAbs},
    FunctionRow{"math.sign(int) -> int", sign_int, kSign},
    FunctionRow{"math.sign(uint) -> uint", sign_uint, kSign},
    FunctionRow{"math.sign(double) -> double", sign_double, kSign},
    FunctionRow{"math.isNaN(double) -> bool", is_nan, "True when it is not a number."},
    FunctionRow{"math.isInf(double) -> bool", is_infinite, "True when it is infinite."},
    FunctionRow{"math.isFinite(double) -> bool", is_finite,
                "True when it is a number and not infinite."},
    FunctionRow{"math.bitAnd(int, int) -> int", bit_and, "Bits set in both."},
    FunctionRow{"math.bitAnd(uint, uint) -> uint", bit_and, "Bits set in both."},
    FunctionRow{"math.bitOr(int, int) -> int", bit_or, "Bits set in one or both."},
    FunctionRow{"math.bitOr(uint, uint) -> uint", bit_or, "Bits set in one or both."},
    FunctionRow{"math.bitXor(int, int) -> int", bit_xor, "Bits set in one only."},
    FunctionRow{"math.bitXor(uint, uint) -> uint", bit_xor, "Bits set in one only."},
    FunctionRow{"math.bitNot(int) -> int", bit_not, "Every bit the other way."},
    FunctionRow{"math.bitNot(uint) -> uint", bit_not, "Every bit the other way."},
    FunctionRow{"math.bitShiftLeft(int, int) -> int", shift<true>, kLeft},
    FunctionRow{"math.bitShiftLeft(uint, int) -> uint", shift<true>, kLeft},
    FunctionRow{"math.bitShiftRight(int, int) -> int", shift<false>, kRight},
    FunctionRow{"math.bitShiftRight(uint, int) -> uint", shift<false>, kRight},
};

}  // namespace

std::span<const FunctionRow> math_functions() {
    return kRows;
}

}  // namespace messina::cel
