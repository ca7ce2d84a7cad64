// Timestamps and durations as numbers and as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace messina::cel {

/// 0001-01-01T00:00:00Z … 9999-12-31T23:59:59Z.
inline constexpr int64_t kTimestampSecondsMin = -62'135'596'800;
inline constexpr int64_t kTimestampSecondsMax = 253'402'300'799;
/// What fits an int64 of nanoseconds, as in the other implementations of CEL.
inline constexpr int64_t kDurationSecondsMax = 9'223'372'036;

/// a + b and a - b as a Timestamp or Duration; an error when that is out of range.
Value time_sum(Kind kind, const Value& a, const Value& b);
Value time_difference(Kind kind, const Value& a, const Value& b);
/// Nothing when out of range.
std::optional<Value> checked_timestamp(int64_t seconds, int64_t nanos);

/// RFC 3339: 2009-02-13T23:31:30.5+01:00. Nothing when malformed or out of range.
std::optional<Value> parse_timestamp(std::string_view text);
/// 1h30m, -1.5s, 100ms, 2us, 3ns. Nothing when malformed or out of range.
std::optional<Value> parse_duration(std::string_view text);
std::string timestamp_text(const Value& timestamp);
/// Seconds with as many decimals as needed: 6347s, 1.5s.
std::string duration_text(const Value& duration);

/// Seconds east of Greenwich at `timestamp` in a zone: an IANA name, or an offset such as +05:30.
/// Nothing when there is no such zone.
std::optional<int64_t> zone_offset_seconds(std::string_view zone, int64_t timestamp_seconds);

}  // namespace messina::cel
