// The errors that several functions share. They need no text of their own, so they are constants.
#pragma once

#include "cel/frame.h"

namespace messina::cel {

inline constexpr EvalError kIntOverflow{"cel.overflow", "the result is out of range for an int"};
inline constexpr EvalError kUintOverflow{"cel.overflow", "the result is out of range for a uint"};
inline constexpr EvalError kDivideByZero{"cel.divide_by_zero", "division by zero"};
inline constexpr EvalError kModulusByZero{"cel.divide_by_zero", "modulus by zero"};
inline constexpr EvalError kTimeRange{"cel.range",
                                      "the result is out of range for a timestamp or duration"};
inline constexpr EvalError kTooLarge{"cel.range", "the result is larger than 4 GiB"};

inline Value failure(const EvalError& error) {
    return Value::error(&error);
}

}  // namespace messina::cel
