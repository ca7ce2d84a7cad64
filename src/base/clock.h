// The only source of time. Everything that waits, expires or stamps takes a Clock&, so that tests
// and `messina test` run under a virtual one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace messina {

using Nanos = std::chrono::nanoseconds;

/// A point of wall-clock time, nanoseconds since 1970-01-01T00:00:00Z.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
/// A point of monotonic time: for time-outs and durations, meaningless outside this process.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual WallTime now() const = 0;
    [[nodiscard]] virtual Instant instant() const = 0;
};

/// The real clock of this machine. Thread-safe.
Clock& system_clock();

/// Stands still until told otherwise. Thread-safe.
class VirtualClock final : public Clock {
  public:
    explicit VirtualClock(WallTime start) : nanos_(start.time_since_epoch().count()) {}
    [[nodiscard]] WallTime now() const override { return WallTime(Nanos(nanos_.load())); }
    [[nodiscard]] Instant instant() const override { return Instant(Nanos(nanos_.load())); }
    void advance(Nanos by) { nanos_ += by.count(); }
    void set(WallTime to) { nanos_ = to.time_since_epoch().count(); }

  private:
    std::atomic<int64_t> nanos_;
};

}  // namespace messina
