// The order that sort() and sortBy() share.
#pragma once

#include <span>

#include "cel/frame.h"

namespace messina::cel {

/// The items in ascending order of their keys, equal ones as they were.
Value sort_by_keys(Frame& frame, std::span<const Value> items, std::span<const Value> keys);

}  // namespace messina::cel
