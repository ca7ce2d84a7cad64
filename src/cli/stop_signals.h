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
    /// its own. To be made before anything that starts threads (stores, clients): a thread that
    /// does not block a signal takes it, and the process dies of it.
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// What the first signal asks for, called on another thread. Until it is told there is nothing
    /// to finish, and the first signal ends the process as a finished run does.
    void on_first(std::function<void()> finish);

  private:
    void wait_for_signals();
    void take_signal(int number);

    std::mutex mutex_;
    std::function<void()> finish_;
    bool has_asked_ = false;
    int wake_fd_;
    std::thread thread_;
};

}  // namespace messina::cli
