// Dates and times of day as text and back: ISO 8601, proleptic Gregorian, any year an Avro long can
// name. Years outside 0…9999 carry a sign. Fractions have 0, 3, 6 or 9 digits, as few as hold the
// value.
#pragma once

#include <cstdint>
#include <string_view>

namespace messina::codec::avro {

/// How finely a time is counted.
enum class Precision : int64_t { Millis = 1'000, Micros = 1'000'000, Nanos = 1'000'000'000 };

inline constexpr int64_t kSecondsPerDay = 86'400;

/// Enough for every text below.
inline constexpr size_t kTimeTextBytes = 48;

/// Writes "YYYY-MM-DD" and gives its length.
size_t print_date(int64_t days, char* to);
/// Writes "hh:mm:ss[.fff[fff[fff]]]"; seconds within the day.
size_t print_time(int64_t seconds, int64_t nanos, char* to);

/// These take the whole text and give false when it is anything else, or a day or time that is
/// none.
bool parse_date(std::string_view text, int64_t& days);
bool parse_time(std::string_view text, int64_t& seconds, int64_t& nanos);
/// "YYYY-MM-DDThh:mm:ss[.fff…]", without a zone.
bool parse_local(std::string_view text, int64_t& seconds, int64_t& nanos);

/// seconds and nanos in units of `precision`; false when it overflows or is finer than the unit.
bool to_units(int64_t seconds, int64_t nanos, Precision precision, int64_t& units);

/// Units since some midnight, split into whole seconds (rounded down) and nanoseconds.
struct SplitTime {
    int64_t seconds;
    int64_t nanos;
};
inline SplitTime split_units(int64_t units, Precision precision) {
    const auto per_second = static_cast<int64_t>(precision);
    int64_t seconds = units / per_second;
    int64_t rest = units % per_second;
    if (rest < 0) {
        --seconds;
        rest += per_second;
    }
    return {seconds, rest * (static_cast<int64_t>(Precision::Nanos) / per_second)};
}

}  // namespace messina::codec::avro
