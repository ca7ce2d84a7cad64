// Serialized values rewritten so that they sort bytewise (memcmp) as CQL sorts the values. What the
// embedded store's clustering keys are made of.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "base/error.h"
#include "cql/type.h"

namespace messina::cql {

/// Whether values of the type have an order, so that it can be part of a primary key: all but
/// duration and counter, also inside other types.
bool is_ordered(const Type& type);

/// Appends the sortable form of serialized `bytes`. No sortable form is the beginning of another
/// one of the same type. Malformed bytes are refused with class Poison.
Result<void> append_ordered(const Type& type, std::string_view bytes, Buffer& out);

/// Takes one sortable form off the front of `ordered` and appends the serialized value. Equal
/// values of different serialized form (decimal 1.0 and 1.00, NaNs) come back in one form.
Result<void> append_serialized(const Type& type, std::string_view& ordered, Buffer& out);

/// The two for one value; what stands between is inverted, so it sorts the other way round.
Result<void> append_descending(const Type& type, std::string_view bytes, Buffer& out);
Result<void> append_serialized_descending(const Type& type, std::string_view& ordered, Buffer& out);

}  // namespace messina::cql
