// string.format(): texts with places for values.
#pragma once

#include <span>
#include <string_view>

#include "cel/frame.h"

namespace messina::cel {

Value format_text(Frame& frame, std::string_view format, std::span<const Value> values);

}  // namespace messina::cel
