// Numbers of JSON as exact values.
#pragma once

#include <string_view>

#include "data/value.h"

namespace messina::codec {

/// The value of `text`, a number by JSON's grammar: Int, Uint, Double or Decimal by the rules in
/// codec/json.h. A Decimal points into `text`. For numbers of any length; the scanner does the
/// short ones itself.
Value exact_number(std::string_view text);

}  // namespace messina::codec
