#include "codec/avro/calendar.h"

#include <fmt/format.h>

namespace messina::codec::avro {
namespace {

constexpr int64_t kDaysPer400Years = 146'097;
/// From 0000-03-01, where the counting years below begin, to 1970-01-01.
constexpr int64_t kDaysToEpoch = 719'468;

struct Date {
    int64_t year;
    unsigned month;
    unsigned day;
};

int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// Years are counted from March so that the leap day comes last; 400 of them repeat.
Date date_of_days(int64_t days) {
    days += kDaysToEpoch;
    const int64_t cycle = floor_divide(days, kDaysPer400Years);
    const int64_t day_of_cycle = days - cycle * kDaysPer400Years;
    const int64_t year_of_cycle =
        (day_of_cycle - day_of_cycle / 1'460 + day_of_cycle / 36'524 - day_of_cycle / 146'096) /
        365;
    const int64_t day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    const int64_t march_month = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<unsigned>(day_of_year - (153 * march_month + 2) / 5 + 1);
    const auto month = static_cast<unsigned>(march_month < 10 ? march_month + 3 : march_month - 9);
    return {cycle * 400 + year_of_cycle + (month <= 2 ? 1 : 0), month, day};
}

int64_t days_of_date(const Date& date) {
    const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const int64_t cycle = floor_divide(year, 400);
    const int64_t year_of_cycle = year - cycle * 400;
    const int64_t march_month = date.month > 2 ? date.month - 3 : date.month + 9;
    const int64_t day_of_year = (153 * march_month + 2) / 5 + date.day - 1;
    const int64_t day_of_cycle =
        year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return cycle * kDaysPer400Years + day_of_cycle - kDaysToEpoch;
}

/// Takes exactly `digits` digits off the front.
bool take_digits(std::string_view& text, size_t digits, int64_t& number) {
    if (text.size() < digits) return false;
    number = 0;
    for (size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& text, int64_t& days) {
    const bool is_signed = text.starts_with('+') || text.starts_with('-');
    const bool is_negative = text.starts_with('-');
    if (is_signed) text.remove_prefix(1);
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits < 4 || digits > 9 || (digits > 4 && !is_signed)) return false;
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    if (!take_digits(text, digits, year) || !take(text, '-') || !take_digits(text, 2, month) ||
        !take(text, '-') || !take_digits(text, 2, day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    const Date date{is_negative ? -year : year, static_cast<unsigned>(month),
                    static_cast<unsigned>(day)};
    days = days_of_date(date);
    // The 30th of February comes back as a day of March.
    return date_of_days(days).day == date.day;
}

}  // namespace

size_t print_date(int64_t days, char* to) {
    const Date date = date_of_days(days);
    const auto end =
        date.year >= 0 && date.year <= 9'999
            ? fmt::format_to(to, "{:04}-{:02}-{:02}", date.year, date.month, date.day)
            : fmt::format_to(to, "{:+05}-{:02}-{:02}", date.year, date.month, date.day);
    return static_cast<size_t>(end - to);
}

size_t print_time(int64_t seconds, int64_t nanos, char* to) {
    char* end =
        fmt::format_to(to, "{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
    if (nanos != 0) {
        if (nanos % 1'000'000 == 0) {
            end = fmt::format_to(end, ".{:03}", nanos / 1'000'000);
        } else if (nanos % 1'000 == 0) {
            end = fmt::format_to(end, ".{:06}", nanos / 1'000);
        } else {
            end = fmt::format_to(end, ".{:09}", nanos);
        }
    }
    return static_cast<size_t>(end - to);
}

bool parse_date(std::string_view text, int64_t& days) {
    return take_date(text, days) && text.empty();
}

bool parse_time(std::string_view text, int64_t& seconds, int64_t& nanos) {
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute) ||
        !take(text, ':') || !take_digits(text, 2, second))
        return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    seconds = hour * 3'600 + minute * 60 + second;
    nanos = 0;
    if (text.empty()) return true;
    if (!take(text, '.') || text.empty() || text.size() > 9) return false;
    const size_t digits = text.size();
    if (!take_digits(text, digits, nanos)) return false;
    for (size_t i = digits; i < 9; ++i) nanos *= 10;
    return true;
}

bool parse_local(std::string_view text, int64_t& seconds, int64_t& nanos) {
    int64_t days = 0;
    if (!take_date(text, days) || !take(text, 'T') || !parse_time(text, seconds, nanos))
        return false;
    seconds += days * kSecondsPerDay;
    return true;
}

bool to_units(int64_t seconds, int64_t nanos, Precision precision, int64_t& units) {
    const auto per_second = static_cast<int64_t>(precision);
    const int64_t unit_nanos = static_cast<int64_t>(Precision::Nanos) / per_second;
    if (nanos % unit_nanos != 0) return false;
    int64_t fraction = nanos / unit_nanos;
    // Counted back from the next second, the least long is reached without leaving the range.
    if (seconds < 0 && fraction > 0) {
        ++seconds;
        fraction -= per_second;
    }
    return !__builtin_mul_overflow(seconds, per_second, &units) &&
           !__builtin_add_overflow(units, fraction, &units);
}

}  // namespace messina::codec::avro
