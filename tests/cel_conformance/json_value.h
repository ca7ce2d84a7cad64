// Values and types in the JSON form of the specification's test messages.
#pragma once

#include <optional>
#include <string>

#include <simdjson.h>

#include "base/arena.h"
#include "data/type.h"
#include "data/value.h"

namespace messina::cel {

/// {"int64Value": "1"}, {"listValue": {"values": […]}}, …; nothing for messages and enums.
std::optional<Value> value_of_json(simdjson::dom::element json, Arena& arena);

/// {"primitive": "INT64"}, {"listType": …}, …; null for types that only the specification's own
/// test functions have.
TypeRef type_of_json(simdjson::dom::element json);
/// The same type as the checker prints it; empty when it has none.
std::string type_text_of_json(simdjson::dom::element json);

}  // namespace messina::cel
