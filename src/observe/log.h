// The log: structured events, each declared once in events.h. Normal operation writes nothing per
// record.
//
//   log.write(kRetrying, {.pipeline = name, .lane = lane, .error = &error}, tries, delay);
//
// Thread-safe. An event below the level costs one relaxed load and allocates nothing.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <span>

#include "base/clock.h"
#include "observe/events.h"
#include "observe/log_event.h"
#include "observe/log_sink.h"
#include "observe/rate_limit.h"

namespace messina::observe {

class Log {
  public:
    /// `sink` and `clock` must outlive the log.
    Log(LogSink& sink, LogLevel level, Clock& clock) : sink_(sink), clock_(clock), level_(level) {}
    /// Says how much was suppressed and never mentioned.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] bool is_on(LogLevel level) const {
        return level >= level_.load(std::memory_order_relaxed);
    }
    void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }

    /// One value for each declared field, in the declared order.
    template <size_t N, class... Values>
    void write(const LogEvent<N>& event, const LogContext& context, const Values&... values) {
        static_assert(sizeof...(Values) == N, "one value for each field the event declares");
        if (!is_on(event.level)) return;
        const std::array<LogValue, N> held{LogValue(values)...};
        write_on(event, context, event.fields, held);
    }
    template <size_t N>
    void write(const LogEvent<N>& event) {
        write(event, LogContext{});
    }

  private:
    void write_on(const LogEventHead& event, const LogContext& context,
                  std::span<const std::string_view> names, std::span<const LogValue> values);

    LogSink& sink_;
    Clock& clock_;
    std::atomic<LogLevel> level_;
    std::mutex mutex_;
    RateLimit rate_limit_{std::chrono::seconds(10)};
};

}  // namespace messina::observe
