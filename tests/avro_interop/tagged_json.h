// Values as JSON that leaves nothing open: each kind but null, bool and list carries a tag.
//   {"i":"7"}  {"d":"3ff8000000000000"}  {"n":"12.30"}  {"s":"text"}  {"b":"ff"}
//   {"t":[seconds,nanoseconds]}  [items]  {"m":{"key":value}}
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "data/value.h"

namespace messina::interop {

void append_tagged(std::string& out, const Value& value);
Result<Value> parse_tagged(std::string_view json, Arena& arena);

}  // namespace messina::interop
