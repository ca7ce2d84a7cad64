// SIGINT and SIGTERM as a person means them: the first asks to finish, the second ends the process
// at once.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace messina::cli {

class StopSignals {
  public:
    /// Blocks both signals for this thread and those it starts, and waits for them on a thread of
    /// its own. `finish` may be called from that thread.
    explicit StopSignals(std::function<void()> finish);
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

  private:
    void wait_for_signals();

    std::function<void()> finish_;
    int wake_fd_;
    std::thread thread_;
};

}  // namespace messina::cli
