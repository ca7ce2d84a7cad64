// A client library that works on a worker's own thread, instead of on threads of its own: the
// worker lets it do what is ready in each turn, and does its idle waiting inside it.
//
// Threads: the worker's, but wake().
#pragma once

#include "base/clock.h"

namespace messina::engine {

class Driver {
  public:
    virtual ~Driver() = default;
    /// Does what is ready, without waiting. True when that gave anything to whoever asked for it.
    virtual bool poll() = 0;
    /// Waits until there is something to poll for, wake() is called, or `max` has passed.
    virtual void wait(Nanos max) = 0;
    /// Ends wait(): the one under way, else the next one. Any thread.
    virtual void wake() = 0;
};

}  // namespace messina::engine
