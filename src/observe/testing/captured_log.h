// For tests: a log that keeps its events.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "observe/log.h"

namespace messina::observe::testing {

struct CapturedEvent {
    std::string event;
    LogLevel level;
    std::string pipeline;
    std::string lane;
    std::string error_code;
    std::map<std::string, std::string> fields;  // values as JSON: 3, true, "text"
    uint64_t suppressed;
    std::string json;  // the whole line
};

/// Thread-safe.
class CapturedLog {
  public:
    explicit CapturedLog(Clock& clock = system_clock(), LogLevel level = LogLevel::Debug)
        : log_(sink_, level, clock) {}

    Log& log() { return log_; }
    operator Log&() { return log_; }  // NOLINT(google-explicit-constructor)

    [[nodiscard]] std::vector<CapturedEvent> events() const { return sink_.events(); }
    [[nodiscard]] std::vector<CapturedEvent> events(const LogEventHead& event) const {
        std::vector<CapturedEvent> found = events();
        std::erase_if(found, [&](const CapturedEvent& e) { return e.event != event.name; });
        return found;
    }
    [[nodiscard]] size_t count(const LogEventHead& event) const { return events(event).size(); }
    /// Waits until the event has been written; false when it takes longer than `patience`.
    [[nodiscard]] bool wait_for(const LogEventHead& event,
                                Nanos patience = std::chrono::seconds(10)) const {
        return sink_.wait_for(event.name, patience);
    }

  private:
    class Sink final : public LogSink {
      public:
        void write(const LogRecord& record) override;
        [[nodiscard]] std::vector<CapturedEvent> events() const {
            const std::lock_guard lock(mutex_);
            return events_;
        }
        [[nodiscard]] bool wait_for(std::string_view name, Nanos patience) const {
            std::unique_lock lock(mutex_);
            return written_.wait_for(lock, patience, [&] {
                return std::any_of(events_.begin(), events_.end(),
                                   [&](const CapturedEvent& e) { return e.event == name; });
            });
        }

      private:
        mutable std::mutex mutex_;
        mutable std::condition_variable written_;
        std::vector<CapturedEvent> events_;
    };

    Sink sink_;
    Log log_;
};

inline void CapturedLog::Sink::write(const LogRecord& record) {
    CapturedEvent captured{std::string(record.event.name),
                           record.event.level,
                           std::string(record.context.pipeline),
                           std::string(record.context.lane),
                           {},
                           {},
                           record.suppressed,
                           format_json(record)};
    if (record.context.error != nullptr) captured.error_code = record.context.error->code;
    for (size_t i = 0; i < record.names.size(); ++i)
        captured.fields[std::string(record.names[i])] = to_json(record.values[i]);
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(captured));
    written_.notify_all();
}

}  // namespace messina::observe::testing
