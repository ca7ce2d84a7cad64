// What may be written for an option, in words: for error texts and reference pages.
#pragma once

#include <string>

#include "config/option.h"

namespace messina::config {

/// As after "expected": "a duration from 1ms to 60s", "one of pass, drop", "text".
std::string describe_type(const OptionType& type);
/// The same without bounds: "a duration such as 250ms".
std::string describe_form(const OptionType& type);

}  // namespace messina::config
