// Values of logical types out of the integers and bytes that carry them.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "data/value.h"

namespace messina::codec::avro {

Value date_value(int64_t days, Arena& arena);
/// Of a time within one day; the caller checks the range.
Value time_value(int64_t units, int64_t precision, Arena& arena);
Value timestamp_value(int64_t units, int64_t precision);
Value local_value(int64_t units, int64_t precision, Arena& arena);
/// Of 16 bytes.
Value uuid_value(std::string_view bytes, Arena& arena);
/// Of 12 bytes: a map of months, days and milliseconds.
Value duration_value(std::string_view bytes, Arena& arena);

/// 36 characters, hexadecimal digits of either case and dashes, to 16 bytes.
bool parse_uuid(std::string_view text, char* bytes);

}  // namespace messina::codec::avro
