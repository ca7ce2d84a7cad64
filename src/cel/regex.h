// Regular expressions: RE2, bounded in size, because patterns may come out of records.
#pragma once

#include <memory>
#include <string_view>

#include <re2/re2.h>

#include "cel/frame.h"

namespace messina::cel {

/// A pattern ready for use; its ok() is false when it is malformed or too large.
std::unique_ptr<const RE2> compile_pattern(std::string_view pattern);
/// Compiles the pattern for this one use.
Value matches_pattern(Frame& frame, std::string_view text, std::string_view pattern);

}  // namespace messina::cel
