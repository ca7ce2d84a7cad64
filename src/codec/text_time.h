// Times as text, shared by the text formats: RFC 3339 timestamps and durations in seconds.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "data/value.h"

namespace messina::codec {

/// Room for any text the two functions below write.
inline constexpr size_t kTimeTextBytesMax = 64;

/// "2026-01-31T12:00:00.250Z"; the fraction is left out when zero, else has 3, 6 or 9 digits.
/// Returns the bytes written. Years beyond four digits have a sign in front (ISO 8601).
size_t write_timestamp(char* to, int64_t seconds, int32_t nanos);

/// "-1.5s"; no trailing zeros.
size_t write_duration(char* to, int64_t seconds, int32_t nanos);

/// RFC 3339, with a space in place of 'T' if need be, and UTC when no zone is given. A Timestamp,
/// or nothing. Digits of the fraction beyond the ninth are cut off; second 60 is the next minute's
/// first.
std::optional<Value> parse_timestamp(std::string_view text);

}  // namespace messina::codec
