// What a worker offers to the steps and sinks that it owns: time, timers, and the one way in for
// other threads.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "engine/driver.h"
#include "observe/metrics.h"

namespace messina::engine {

class WorkerContext {
  public:
    virtual ~WorkerContext() = default;
    [[nodiscard]] virtual Clock& clock() = 0;
    /// Runs `task` on this worker's loop after `delay`. Worker's thread only.
    virtual void schedule(Nanos delay, std::function<void()> task) = 0;
    /// Runs `task` on this worker's loop soon. Any thread; the only thing here that is.
    virtual void post(std::function<void()> task) = 0;
    /// Cells of this worker's own. Control thread before the worker starts, then the worker's.
    [[nodiscard]] virtual observe::Metrics& metrics() = 0;
    /// Takes the client library that works on this worker's thread; there is at most one. Control
    /// thread, before the worker starts. It outlives the worker's steps and sinks.
    virtual void attach(std::unique_ptr<Driver> driver) = 0;
    /// Null when there is none.
    [[nodiscard]] virtual Driver* driver() = 0;
    /// 0 … workers - 1.
    [[nodiscard]] virtual size_t index() const = 0;
};

}  // namespace messina::engine
