#include "cql/temporal.h"

#include <chrono>

#include <fmt/core.h>

namespace messina::cql {
namespace {

/// Takes pieces off the front of a text; the first piece that is not there fails all that follow.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool is_good() const { return is_good_; }
    [[nodiscard]] bool is_done() const { return is_good_ && text_.empty(); }
    [[nodiscard]] char peek() const { return text_.empty() ? '\0' : text_[0]; }
    void refuse() { is_good_ = false; }

    bool take(char c) {
        if (peek() != c || text_.empty()) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) { is_good_ = take(c) && is_good_; }
    /// A number of `digits_min` to `digits_max` digits.
    int64_t number(size_t digits_min, size_t digits_max) {
        int64_t value = 0;
        size_t count = 0;
        while (count < digits_max && count < text_.size() && text_[count] >= '0' &&
               text_[count] <= '9')
            value = value * 10 + (text_[count++] - '0');
        text_.remove_prefix(count);
        if (count < digits_min) is_good_ = false;
        return value;
    }
    /// 1 to 9 digits after a decimal point, as nanoseconds.
    int64_t fraction() {
        const size_t before = text_.size();
        int64_t value = number(1, 9);
        for (size_t count = before - text_.size(); count < 9; ++count) value *= 10;
        return value;
    }
    int64_t bounded(int64_t max) {
        const int64_t value = number(2, 2);
        if (value > max) is_good_ = false;
        return value;
    }

  private:
    std::string_view text_;
    bool is_good_ = true;
};

int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2 ? 1 : 0;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719'468;
}

struct Civil {
    int64_t year, month, day;
};

Civil civil_from_days(int64_t days) {
    days += 719'468;
    const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const int64_t day_of_era = days - era * 146'097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
            day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

int64_t days_in_month(int64_t year, int64_t month) {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int64_t scan_date(Scanner& scanner) {
    const bool is_negative = scanner.take('-');
    if (!is_negative) scanner.take('+');
    int64_t year = scanner.number(4, 7);
    if (is_negative) year = -year;
    scanner.expect('-');
    const int64_t month = scanner.number(2, 2);
    scanner.expect('-');
    const int64_t day = scanner.number(2, 2);
    if (!scanner.is_good() || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
        scanner.refuse();
        return 0;
    }
    return days_from_civil(year, month, day);
}

int64_t scan_time(Scanner& scanner) {
    int64_t seconds = scanner.bounded(23) * 3600;
    scanner.expect(':');
    seconds += scanner.bounded(59) * 60;
    int64_t nanos = 0;
    if (scanner.take(':')) {
        seconds += scanner.bounded(59);
        if (scanner.take('.')) nanos = scanner.fraction();
    }
    return seconds * kNanosPerSecond + nanos;
}

/// Seconds east of UTC.
int64_t scan_zone(Scanner& scanner) {
    if (scanner.take('Z') || scanner.take('z') || scanner.is_done()) return 0;
    const bool is_west = scanner.take('-');
    if (!is_west) scanner.expect('+');
    int64_t seconds = scanner.bounded(18) * 3600;
    if (!scanner.is_done()) {
        scanner.take(':');
        seconds += scanner.bounded(59) * 60;
    }
    return is_west ? -seconds : seconds;
}

std::string time_text(int64_t nanos, bool has_fraction) {
    const int64_t seconds = nanos / kNanosPerSecond;
    std::string text =
        fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (has_fraction) text += fmt::format(".{:09}", nanos % kNanosPerSecond);
    return text;
}

}  // namespace

std::optional<int64_t> parse_date(std::string_view text) {
    Scanner scanner(text);
    const int64_t days = scan_date(scanner);
    return scanner.is_done() ? std::optional(days) : std::nullopt;
}

std::string date_to_text(int64_t days) {
    const Civil civil = civil_from_days(days);
    return fmt::format("{}{:04}-{:02}-{:02}", civil.year < 0 ? "-" : "",
                       civil.year < 0 ? -civil.year : civil.year, civil.month, civil.day);
}

std::optional<int64_t> parse_time(std::string_view text) {
    Scanner scanner(text);
    const int64_t nanos = scan_time(scanner);
    return scanner.is_done() ? std::optional(nanos) : std::nullopt;
}

std::string time_to_text(int64_t nanos) {
    return time_text(nanos, nanos % kNanosPerSecond != 0);
}

std::optional<Moment> parse_timestamp(std::string_view text) {
    Scanner scanner(text);
    int64_t seconds = scan_date(scanner) * kSecondsPerDay;
    int64_t nanos = 0;
    if (scanner.take('T') || scanner.take('t') || scanner.take(' ')) {
        nanos = scan_time(scanner);
        seconds += nanos / kNanosPerSecond;
        nanos %= kNanosPerSecond;
        seconds -= scan_zone(scanner);
    }
    if (!scanner.is_done()) return std::nullopt;
    return Moment{seconds, static_cast<int32_t>(nanos)};
}

std::string timestamp_to_text(Moment moment) {
    int64_t days = moment.seconds / kSecondsPerDay;
    int64_t seconds = moment.seconds % kSecondsPerDay;
    if (seconds < 0) {
        seconds += kSecondsPerDay;
        --days;
    }
    return date_to_text(days) + "T" +
           time_text(seconds * kNanosPerSecond + moment.nanos, moment.nanos != 0) + "Z";
}

}  // namespace messina::cql
