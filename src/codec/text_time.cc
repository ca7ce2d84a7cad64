#include "codec/text_time.h"

#include <chrono>

#include <fmt/format.h>

namespace messina::codec {
namespace {

constexpr int32_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

/// Reads fixed-width numbers off the front of a text; any mismatch is remembered.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int number(size_t digits) {
        int value = 0;
        if (rest_.size() < digits) {
            is_good_ = false;
            return 0;
        }
        for (const char c : rest_.substr(0, digits)) {
            is_good_ = is_good_ && c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
            is_good_ = false;
        } else {
            rest_.remove_prefix(1);
        }
    }
    int32_t fraction() {
        int32_t nanos = 0;
        int32_t scale = kNanosPerSecond / 10;
        size_t digits = 0;
        for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
            nanos += (rest_[digits] - '0') * scale;
            scale /= 10;
        }
        is_good_ = is_good_ && digits > 0;
        rest_.remove_prefix(digits);
        return nanos;
    }
    [[nodiscard]] bool is_good() const { return is_good_; }
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    bool is_good_ = true;
};

/// The offset east of UTC in seconds; no zone means UTC.
int read_zone(Reader& reader) {
    if (reader.is_at_end() || reader.take('Z') || reader.take('z')) return 0;
    const bool is_west = reader.take('-');
    if (!is_west) reader.expect("+");
    const int hours = reader.number(2);
    reader.expect(":");
    const int minutes = reader.number(2);
    if (hours > 23 || minutes > 59) reader.expect("");
    const int seconds = (hours * 60 + minutes) * 60;
    return is_west ? -seconds : seconds;
}

}  // namespace

size_t write_timestamp(char* to, int64_t seconds, int32_t nanos) {
    using std::chrono::days;
    using std::chrono::sys_days;
    int64_t day = seconds / kSecondsPerDay;
    int64_t second = seconds % kSecondsPerDay;
    if (second < 0) {
        second += kSecondsPerDay;
        --day;
    }
    // std::chrono's calendar ends with the year 32767; nothing that we read goes beyond it.
    const std::chrono::year_month_day date{sys_days{days{day}}};
    const int year = static_cast<int>(date.year());
    char* const begin = to;
    if (year >= 0 && year <= 9999) {
        to = fmt::format_to(to, "{:04}", year);
    } else {
        to = fmt::format_to(to, "{:+05}", year);
    }
    to = fmt::format_to(to, "-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), second / 3600, second / 60 % 60,
                        second % 60);
    if (nanos % 1000 != 0) {
        to = fmt::format_to(to, ".{:09}", nanos);
    } else if (nanos % 1'000'000 != 0) {
        to = fmt::format_to(to, ".{:06}", nanos / 1000);
    } else if (nanos != 0) {
        to = fmt::format_to(to, ".{:03}", nanos / 1'000'000);
    }
    *to++ = 'Z';
    return static_cast<size_t>(to - begin);
}

size_t write_duration(char* to, int64_t seconds, int32_t nanos) {
    char* const begin = to;
    if (seconds < 0 || nanos < 0) *to++ = '-';
    const uint64_t whole =
        seconds < 0 ? ~static_cast<uint64_t>(seconds) + 1 : static_cast<uint64_t>(seconds);
    to = fmt::format_to(to, "{}", whole);
    if (nanos != 0) {
        to = fmt::format_to(to, ".{:09}", nanos < 0 ? -nanos : nanos);
        while (to[-1] == '0') --to;
    }
    *to++ = 's';
    return static_cast<size_t>(to - begin);
}

std::optional<Value> parse_timestamp(std::string_view text) {
    Reader reader(text);
    const std::chrono::year year(reader.number(4));
    reader.expect("-");
    const std::chrono::month month(static_cast<unsigned>(reader.number(2)));
    reader.expect("-");
    const std::chrono::day day(static_cast<unsigned>(reader.number(2)));
    reader.expect("Tt ");
    const int hour = reader.number(2);
    reader.expect(":");
    const int minute = reader.number(2);
    reader.expect(":");
    const int second = reader.number(2);
    const int32_t nanos = reader.take('.') ? reader.fraction() : 0;
    const int zone = read_zone(reader);
    const std::chrono::year_month_day date(year, month, day);
    if (!reader.is_good() || !reader.is_at_end() || !date.ok() || hour > 23 || minute > 59 ||
        second > 60)
        return std::nullopt;
    const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return Value::timestamp(days * kSecondsPerDay + (hour * 60 + minute) * 60 + second - zone,
                            nanos);
}

}  // namespace messina::codec
