// Dates, times and durations between text and numbers. Text is ISO 8601; durations also in CQL's
// own form (1mo2d3h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace messina::cql {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

/// Days since 1970-01-01 of "2024-02-29" (years of any sign and up to 7 digits).
std::optional<int64_t> parse_date(std::string_view text);
std::string date_to_text(int64_t days);

/// Nanoseconds since midnight of "23:59", "23:59:59" or "23:59:59.999999999".
std::optional<int64_t> parse_time(std::string_view text);
std::string time_to_text(int64_t nanos);

struct Moment {
    int64_t seconds = 0;  // since the epoch
    int32_t nanos = 0;
};
/// "2024-02-29", "2024-02-29T12:30:00.5Z", "2024-02-29 12:30+0200"; without a zone it is UTC.
std::optional<Moment> parse_timestamp(std::string_view text);
std::string timestamp_to_text(Moment moment);

/// All parts have the same sign.
struct CqlDuration {
    int32_t months = 0;
    int32_t days = 0;
    int64_t nanos = 0;
};
/// "1y2mo3w4d5h6m7s8ms9us10ns", "P1Y2M3DT4H5M6.7S", "P4W", "P0001-02-03T04:05:06", each with a
/// leading "-" or without.
std::optional<CqlDuration> parse_duration(std::string_view text);
std::string duration_to_text(const CqlDuration& duration);

}  // namespace messina::cql
