// What the rooms say of their state and the probes read: loops beat, tasks report progress.
//
// Thread-safe. A reference that Health gives lives as long as Health.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace messina::observe {

/// The pulse of one loop. Its thread beats at every turn, and turns at least once a second however
/// little there is to do.
class Pulse {
  public:
    Pulse(std::string_view name, Instant now)
        : name_(name), last_(now.time_since_epoch().count()) {}
    void beat(Instant now) {
        last_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }
    /// The loop has ended as it should and is expected no more.
    void stop() { is_stopped_.store(true, std::memory_order_relaxed); }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool is_stopped() const { return is_stopped_.load(std::memory_order_relaxed); }
    [[nodiscard]] Instant last() const {
        return Instant(Nanos(last_.load(std::memory_order_relaxed)));
    }

  private:
    const std::string name_;
    std::atomic<int64_t> last_;
    std::atomic<bool> is_stopped_{false};
};

enum class TaskState : uint8_t {
    Starting,  // connects, opens tables; has never made progress
    Running,
    Finished,  // its input has ended and everything is durable
};

/// Whether one task (a pipeline) can get anywhere.
class TaskHealth {
  public:
    struct View {
        TaskState state = TaskState::Starting;
        Instant progressed_at;          // meaningless while Starting
        std::optional<Error> obstacle;  // what keeps it from making progress, if anything does
    };

    explicit TaskHealth(std::string_view name) : name_(name) {}
    /// Something became durable, or there was nothing to do. Takes an obstacle away. Cheap enough
    /// for once a batch.
    void progress(Instant now);
    void obstruct(Error error);
    void finish();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] View view() const;

  private:
    const std::string name_;
    mutable std::mutex mutex_;
    View view_;
};

class Health {
  public:
    Pulse& add_loop(std::string_view name, Instant now);
    TaskHealth& add_task(std::string_view name);

    [[nodiscard]] std::vector<const Pulse*> loops() const;
    [[nodiscard]] std::vector<const TaskHealth*> tasks() const;

  private:
    mutable std::mutex mutex_;
    std::deque<Pulse> loops_;
    std::deque<TaskHealth> tasks_;
};

}  // namespace messina::observe
