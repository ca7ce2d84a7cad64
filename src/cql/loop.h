// What one thread does for its sessions: lets the transport work, gives late requests up, sends
// what waits.
//
// Threads: one at a time, but wake().
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "cql/transport.h"

namespace messina::cql {

class Session;

class Loop {
  public:
    Loop(std::unique_ptr<Transport> transport, Clock& clock);
    /// After its sessions.
    ~Loop();

    /// Does what is ready, without waiting. True when a session heard of anything.
    bool poll();
    /// Waits until there is something to poll for, wake() is called, or `max` has passed.
    /// While requests take long it rests first, for a small part of that time, so that answers come
    /// together: to look for each as it comes costs more than to use it.
    void wait(Nanos max);
    void wake() { transport_->wake(); }
    /// Works until the condition holds: for what happens once, at the start.
    void run_until(const std::function<bool()>& is_done);

    [[nodiscard]] Clock& clock() { return clock_; }

  private:
    friend class Session;
    void note_answer_time(Nanos time);
    [[nodiscard]] Nanos rest_time() const;

    std::unique_ptr<Transport> transport_;
    Clock& clock_;
    std::vector<Session*> sessions_;
    Nanos answer_time_{0};  // a moving average
};

}  // namespace messina::cql
