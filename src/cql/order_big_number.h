// Sortable forms of varint and decimal (see order.h).
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "base/error.h"
#include "cql/type.h"

namespace messina::cql {

Result<void> append_ordered_varint(const Type& type, std::string_view bytes, Buffer& out);
Result<void> append_serialized_varint(const Type& type, std::string_view& ordered, Buffer& out);
Result<void> append_ordered_decimal(const Type& type, std::string_view bytes, Buffer& out);
Result<void> append_serialized_decimal(const Type& type, std::string_view& ordered, Buffer& out);

}  // namespace messina::cql
