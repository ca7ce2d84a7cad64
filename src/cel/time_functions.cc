// Parts of timestamps and durations.
#include <array>
#include <chrono>

#include "cel/function_error.h"
#include "cel/function_table.h"
#include "cel/time_value.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

struct Civil {
    std::chrono::year_month_day date;
    std::chrono::sys_days days;
    int64_t second_of_day;
    int32_t nanos;
};

using Part = int64_t (*)(const Civil&);

int64_t year_of(const Civil& at) {
    return static_cast<int>(at.date.year());
}
int64_t month_of(const Civil& at) {
    return static_cast<unsigned>(at.date.month()) - int64_t{1};
}
int64_t date_of(const Civil& at) {
    return static_cast<unsigned>(at.date.day());
}
int64_t day_of_month(const Civil& at) {
    return date_of(at) - 1;
}
int64_t day_of_week(const Civil& at) {
    return std::chrono::weekday(at.days).c_encoding();
}
int64_t day_of_year(const Civil& at) {
    using namespace std::chrono;
    return (at.days - sys_days(at.date.year() / January / 1)).count();
}
int64_t hours_of(const Civil& at) {
    return at.second_of_day / 3600;
}
int64_t minutes_of(const Civil& at) {
    return at.second_of_day / 60 % 60;
}
int64_t seconds_of(const Civil& at) {
    return at.second_of_day % 60;
}
int64_t milliseconds_of(const Civil& at) {
    return at.nanos / 1'000'000;
}

/// The part of a timestamp, in UTC or in the zone given.
template <Part part>
Value timestamp_part(Frame& frame, Args args) {
    using namespace std::chrono;
    int64_t seconds_since_epoch = args[0].seconds();
    if (!checked_timestamp(seconds_since_epoch, 0)) return failure(kTimeRange);
    if (args.size() == 2) {
        const std::string_view zone = args[1].as_text();
        const std::optional<int64_t> offset = zone_offset_seconds(zone, seconds_since_epoch);
        if (!offset) return frame.fail("cel.time_zone", "there is no time zone '{}'", zone);
        seconds_since_epoch += *offset;
    }
    const sys_seconds moment{seconds(seconds_since_epoch)};
    const sys_days day = floor<days>(moment);
    return Value::integer(
        part({year_month_day(day), day, (moment - day).count(), args[0].nanos()}));
}

Value duration_hours(Frame&, Args args) {
    return Value::integer(args[0].seconds() / 3600);
}
Value duration_minutes(Frame&, Args args) {
    return Value::integer(args[0].seconds() / 60);
}
Value duration_seconds(Frame&, Args args) {
    return Value::integer(args[0].seconds());
}
Value duration_milliseconds(Frame&, Args args) {
    return Value::integer(args[0].nanos() / 1'000'000);
}

constexpr std::string_view kYear = "The year; UTC unless a time zone is given.";
constexpr std::string_view kMonth = "The month, 0 to 11.";
constexpr std::string_view kDate = "The day of the month, from 1.";
constexpr std::string_view kDayOfMonth = "The day of the month, from 0.";
constexpr std::string_view kDayOfWeek = "The day of the week, 0 is Sunday.";
constexpr std::string_view kDayOfYear = "The day of the year, from 0.";
constexpr std::string_view kHours = "The hour; of a duration its whole hours.";
constexpr std::string_view kMinutes = "The minute; of a duration its whole minutes.";
constexpr std::string_view kSeconds = "The second; of a duration its whole seconds.";
constexpr std::string_view kMilliseconds = "The milliseconds within the second.";

constexpr std::array kRows = {
    FunctionRow{"timestamp.getFullYear() -> int", timestamp_part<year_of>, kYear},
    FunctionRow{"timestamp.getFullYear(string) -> int", timestamp_part<year_of>, kYear},
    FunctionRow{"timestamp.getMonth() -> int", timestamp_part<month_of>, kMonth},
    FunctionRow{"timestamp.getMonth(string) -> int", timestamp_part<month_of>, kMonth},
    FunctionRow{"timestamp.getDate() -> int", timestamp_part<date_of>, kDate},
    FunctionRow{"timestamp.getDate(string) -> int", timestamp_part<date_of>, kDate},
    FunctionRow{"timestamp.getDayOfMonth() -> int", timestamp_part<day_of_month>, kDayOfMonth},
    FunctionRow{"timestamp.getDayOfMonth(string) -> int", timestamp_part<day_of_month>,
                kDayOfMonth},
    FunctionRow{"timestamp.getDayOfWeek() -> int", timestamp_part<day_of_week>, kDayOfWeek},
    FunctionRow{"timestamp.getDayOfWeek(string) -> int", timestamp_part<day_of_week>, kDayOfWeek},
    FunctionRow{"timestamp.getDayOfYear() -> int", timestamp_part<day_of_year>, kDayOfYear},
    FunctionRow{"timestamp.getDayOfYear(string) -> int", timestamp_part<day_of_year>, kDayOfYear},
    FunctionRow{"timestamp.getHours() -> int", timestamp_part<hours_of>, kHours},
    FunctionRow{"timestamp.getHours(string) -> int", timestamp_part<hours_of>, kHours},
    FunctionRow{"timestamp.getMinutes() -> int", timestamp_part<minutes_of>, kMinutes},
    FunctionRow{"timestamp.getMinutes(string) -> int", timestamp_part<minutes_of>, kMinutes},
    FunctionRow{"timestamp.getSeconds() -> int", timestamp_part<seconds_of>, kSeconds},
    FunctionRow{"timestamp.getSeconds(string) -> int", timestamp_part<seconds_of>, kSeconds},
    FunctionRow{"timestamp.getMilliseconds() -> int", timestamp_part<milliseconds_of>,
                kMilliseconds},
    FunctionRow{"timestamp.getMilliseconds(string) -> int", timestamp_part<milliseconds_of>,
                kMilliseconds},
    FunctionRow{"duration.getHours() -> int", duration_hours, kHours},
    FunctionRow{"duration.getMinutes() -> int", duration_minutes, kMinutes},
    FunctionRow{"duration.getSeconds() -> int", duration_seconds, kSeconds},
    FunctionRow{"duration.getMilliseconds() -> int", duration_milliseconds, kMilliseconds},
};

}  // namespace

std::span<const FunctionRow> time_functions() {
    return kRows;
}

}  // namespace messina::cel
