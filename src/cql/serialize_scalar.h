// Serialized forms of single values; collections are in serialize.cc.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "cql/type.h"
#include "data/value.h"

namespace messina::cql {

/// A key of a map may be the text of what it stands for: JSON's objects have no other keys.
enum class Context : uint8_t { Value, MapKey };

Result<void> serialize_scalar(const Type& type, const Value& value, Context context, Buffer& out);

/// The refusal of `value` for `type` (class Poison).
std::unexpected<Error> refuse_value(std::string_view code, const Type& type, const Value& value,
                                    std::string_view why, std::string hint = {});

}  // namespace messina::cql
