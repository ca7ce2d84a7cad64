// How an event of the log is declared: once, in events.h, with its level, its prose and the names
// of its fields. The values come where it happens, and the compiler counts them.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.h"
#include "base/error.h"

namespace messina::observe {

enum class LogLevel : uint8_t { Debug, Info, Warn, Error, Off };

std::string_view to_string(LogLevel level);
/// "debug", "info", "warn", "error" or "off".
Result<LogLevel> parse_log_level(std::string_view text);

/// Whether records can make an event happen again and again. Then the log lets it through once in
/// ten seconds for each pipeline.
enum class Repeat : uint8_t { Limited, Always };

/// What an event is, without its number of fields.
struct LogEventHead {
    std::string_view name;  // "checkpoint.failed": stable, for machines
    LogLevel level;
    Repeat repeat;
    std::string_view message;  // for people; ends without a full stop
};

template <size_t N>
struct LogEvent : LogEventHead {
    std::array<std::string_view, N> fields;

    template <class... Names>
    constexpr LogEvent(std::string_view event_name, LogLevel event_level, Repeat event_repeat,
                       std::string_view prose, Names... names)
        : LogEventHead{event_name, event_level, event_repeat, prose},
          fields{std::string_view(names)...} {}
};
template <class... Names>
LogEvent(std::string_view, LogLevel, Repeat, std::string_view, Names...)
    -> LogEvent<sizeof...(Names)>;

/// An event for lists of all events, whatever its number of fields.
struct LogEventView {
    LogEventHead head;
    std::span<const std::string_view> fields;

    template <size_t N>
    constexpr LogEventView(const LogEvent<N>& event)  // NOLINT(google-explicit-constructor)
        : head(event), fields(event.fields) {}
};

/// The value of one field. A text is looked at only while the event is written; a duration is
/// written in seconds.
class LogValue {
  public:
    using Held = std::variant<bool, int64_t, uint64_t, double, std::string_view>;

    template <class T>
        requires std::is_arithmetic_v<T>
    explicit LogValue(T value) : held_(widen(value)) {}
    explicit LogValue(std::string_view text) : held_(text) {}
    explicit LogValue(Nanos duration) : held_(std::chrono::duration<double>(duration).count()) {}

    [[nodiscard]] const Held& held() const { return held_; }

  private:
    template <class T>
    static Held widen(T value) {
        if constexpr (std::same_as<T, bool>)
            return value;
        else if constexpr (std::floating_point<T>)
            return static_cast<double>(value);
        else if constexpr (std::is_signed_v<T>)
            return static_cast<int64_t>(value);
        else
            return static_cast<uint64_t>(value);
    }

    Held held_;
};

/// Whom the event is about; every part may be missing.
struct LogContext {
    std::string_view pipeline = {};
    std::string_view lane = {};
    /// Gives error_class, error_code and hint, and its message follows the event's prose.
    const Error* error = nullptr;
};

}  // namespace messina::observe
