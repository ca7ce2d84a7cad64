#include "cel/time_value.h"

#include <charconv>
#include <chrono>

#include <fmt/core.h>

#include "cel/function_error.h"

namespace messina::cel {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

__extension__ using Wide = __int128;

Wide total_nanos(const Value& value) {
    return static_cast<Wide>(value.seconds()) * kNanosPerSecond + value.nanos();
}

Value from_total(Kind kind, Wide nanos) {
    constexpr Wide largest = static_cast<Wide>(kTimestampSecondsMax + 1) * kNanosPerSecond;
    if (nanos > largest || nanos < -largest) return failure(kTimeRange);
    const auto seconds = static_cast<int64_t>(nanos / kNanosPerSecond);
    const auto rest = static_cast<int64_t>(nanos % kNanosPerSecond);
    if (kind == Kind::Duration) {
        if (nanos > INT64_MAX || nanos < INT64_MIN) return failure(kTimeRange);
        return Value::duration(seconds, static_cast<int32_t>(rest));
    }
    const std::optional<Value> timestamp = checked_timestamp(seconds, rest);
    return timestamp ? *timestamp : failure(kTimeRange);
}

/// A reader of fixed-width digits and marks.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    /// Exactly `count` digits, or -1.
    int64_t digits(size_t count) {
        if (at_ + count > text_.size()) return fail();
        int64_t number = 0;
        for (size_t i = 0; i < count; ++i) {
            const char c = text_[at_++];
            if (c < '0' || c > '9') return fail();
            number = number * 10 + (c - '0');
        }
        return number;
    }
    /// One to nine digits after a point, as nanoseconds.
    int64_t fraction() {
        int64_t nanos = 0;
        int64_t unit = kNanosPerSecond / 10;
        const size_t begin = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
            nanos += unit * (text_[at_++] - '0');
            unit /= 10;
        }
        return at_ == begin || at_ - begin > 9 ? fail() : nanos;
    }
    void expect(std::string_view any_of) {
        if (at_ >= text_.size() || any_of.find(text_[at_]) == std::string_view::npos) {
            is_good_ = false;
        } else {
            ++at_;
        }
    }
    bool accept(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] bool is_complete() const { return is_good_ && at_ == text_.size(); }

  private:
    int64_t fail() {
        is_good_ = false;
        return -1;
    }
    std::string_view text_;
    size_t at_ = 0;
    bool is_good_ = true;
};

struct DurationUnit {
    std::string_view name;
    int64_t nanos;
};
// Those that begin like others come first.
constexpr DurationUnit kDurationUnits[] = {
    {"ms", 1'000'000},
    {"us", 1'000},
    {"µs", 1'000},
    {"μs", 1'000},
    {"ns", 1},
    {"h", 3600 * kNanosPerSecond},
    {"m", 60 * kNanosPerSecond},
    {"s", kNanosPerSecond},
};

const DurationUnit* unit_at(std::string_view text) {
    for (const DurationUnit& unit : kDurationUnits)
        if (text.starts_with(unit.name)) return &unit;
    return nullptr;
}

/// "1.5h" off the front of `text`, as nanoseconds; nothing when malformed or too large.
std::optional<Wide> take_duration_part(std::string_view& text) {
    int64_t whole = 0;
    const char* end = text.data() + text.size();
    const bool has_whole = text.front() != '.';
    if (text.front() == '-' || text.front() == '+') return std::nullopt;
    const auto parsed = has_whole ? std::from_chars(text.data(), end, whole)
                                  : std::from_chars_result{text.data(), std::errc()};
    if (parsed.ec != std::errc() || whole > kDurationSecondsMax * kNanosPerSecond)
        return std::nullopt;
    text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));

    std::string_view decimals;
    if (text.starts_with('.')) {
        const size_t after = std::min(text.find_first_not_of("0123456789", 1), text.size());
        decimals = text.substr(1, after - 1);
        text.remove_prefix(after);
        if (!has_whole && decimals.empty()) return std::nullopt;
    }
    const DurationUnit* unit = unit_at(text);
    if (unit == nullptr) return std::nullopt;
    text.remove_prefix(unit->name.size());

    Wide numerator = 0;
    Wide denominator = 1;
    for (const char digit : decimals.substr(0, 18)) {
        numerator = numerator * 10 + (digit - '0');
        denominator *= 10;
    }
    return static_cast<Wide>(whole) * unit->nanos + numerator * unit->nanos / denominator;
}

std::string decimals_text(int64_t nanos) {
    if (nanos == 0) return {};
    std::string text = fmt::format(".{:09}", nanos);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

}  // namespace

Value time_sum(Kind kind, const Value& a, const Value& b) {
    return from_total(kind, total_nanos(a) + total_nanos(b));
}

Value time_difference(Kind kind, const Value& a, const Value& b) {
    return from_total(kind, total_nanos(a) - total_nanos(b));
}

std::optional<Value> checked_timestamp(int64_t seconds, int64_t nanos) {
    if (nanos < 0) {
        nanos += kNanosPerSecond;
        seconds -= 1;
    }
    if (seconds < kTimestampSecondsMin || seconds > kTimestampSecondsMax) return std::nullopt;
    return Value::timestamp(seconds, static_cast<int32_t>(nanos));
}

std::optional<Value> parse_timestamp(std::string_view text) {
    using namespace std::chrono;
    Cursor cursor(text);
    const int64_t years = cursor.digits(4);
    cursor.expect("-");
    const int64_t months = cursor.digits(2);
    cursor.expect("-");
    const int64_t days = cursor.digits(2);
    cursor.expect("Tt");
    const int64_t hour = cursor.digits(2);
    cursor.expect(":");
    const int64_t minute = cursor.digits(2);
    cursor.expect(":");
    const int64_t second = cursor.digits(2);
    const int64_t nanos = cursor.accept('.') ? cursor.fraction() : 0;
    int64_t offset_minutes = 0;
    if (!cursor.accept('Z') && !cursor.accept('z')) {
        const bool is_west = cursor.accept('-');
        if (!is_west) cursor.expect("+");
        offset_minutes = cursor.digits(2) * 60;
        cursor.expect(":");
        const int64_t minutes = cursor.digits(2);
        if (minutes > 59 || offset_minutes > 23 * 60) return std::nullopt;
        offset_minutes = is_west ? -offset_minutes - minutes : offset_minutes + minutes;
    }
    const year_month_day date{year(static_cast<int>(years)), month(static_cast<unsigned>(months)),
                              day(static_cast<unsigned>(days))};
    if (!cursor.is_complete() || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    const int64_t day_seconds = sys_days(date).time_since_epoch().count() * int64_t{86'400};
    return checked_timestamp(day_seconds + hour * 3600 + (minute - offset_minutes) * 60 + second,
                             nanos);
}

std::optional<Value> parse_duration(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return Value::duration(0, 0);
    if (text.empty()) return std::nullopt;
    Wide nanos = 0;
    while (!text.empty()) {
        const std::optional<Wide> part = take_duration_part(text);
        if (!part) return std::nullopt;
        nanos += *part;
    }
    const Value duration = from_total(Kind::Duration, is_negative ? -nanos : nanos);
    if (duration.is(Kind::Error)) return std::nullopt;
    return duration;
}

std::string timestamp_text(const Value& timestamp) {
    using namespace std::chrono;
    const sys_seconds moment{seconds(timestamp.seconds())};
    const sys_days date = floor<days>(moment);
    const year_month_day calendar(date);
    const hh_mm_ss clock(moment - date);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(calendar.year()),
                       static_cast<unsigned>(calendar.month()),
                       static_cast<unsigned>(calendar.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       decimals_text(timestamp.nanos()));
}

std::string duration_text(const Value& duration) {
    const bool is_negative = duration.seconds() < 0 || duration.nanos() < 0;
    return fmt::format("{}{}{}s", is_negative ? "-" : "", std::abs(duration.seconds()),
                       decimals_text(std::abs(duration.nanos())));
}

}  // namespace messina::cel
