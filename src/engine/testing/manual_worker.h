// For tests: a worker whose time and turns the test makes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/worker_context.h"

namespace messina::engine::testing {

inline constexpr WallTime kTestStart{std::chrono::hours(24 * 365 * 50)};

class ManualWorker final : public WorkerContext {
  public:
    ManualWorker() : clock_(kTestStart), registry_(clock_), metrics_(registry_) {}

    [[nodiscard]] Clock& clock() override { return clock_; }
    void schedule(Nanos delay, std::function<void()> task) override {
        timers_.emplace(clock_.instant() + delay, std::move(task));
    }
    void post(std::function<void()> task) override {
        const std::lock_guard lock(mutex_);
        mailbox_.push_back(std::move(task));
    }
    [[nodiscard]] size_t index() const override { return 0; }
    [[nodiscard]] observe::Metrics& metrics() override { return metrics_; }
    void attach(std::unique_ptr<Driver> driver) override { driver_ = std::move(driver); }
    [[nodiscard]] Driver* driver() override { return driver_.get(); }

    /// Runs what was posted and what is due. True when anything was.
    bool run_due() {
        std::vector<std::function<void()>> tasks;
        {
            const std::lock_guard lock(mutex_);
            tasks.swap(mailbox_);
        }
        for (auto& task : tasks) task();
        bool has_run = !tasks.empty();
        while (!timers_.empty() && timers_.begin()->first <= clock_.instant()) {
            auto node = timers_.extract(timers_.begin());
            node.mapped()();
            has_run = true;
        }
        if (driver_ != nullptr) has_run = driver_->poll() || has_run;
        return has_run;
    }
    /// Lets time pass, timer by timer.
    void advance(Nanos by) {
        const Instant end = clock_.instant() + by;
        while (!timers_.empty() && timers_.begin()->first <= end) {
            clock_.advance(std::max(Nanos(0), timers_.begin()->first - clock_.instant()));
            run_due();
        }
        clock_.advance(end - clock_.instant());
    }
    /// The far future when there is none.
    [[nodiscard]] Instant next_timer() const {
        return timers_.empty() ? Instant::max() : timers_.begin()->first;
    }
    [[nodiscard]] size_t timer_count() const { return timers_.size(); }
    [[nodiscard]] observe::MetricRegistry& registry() { return registry_; }

  private:
    VirtualClock clock_;
    observe::MetricRegistry registry_;
    observe::Metrics metrics_;
    std::unique_ptr<Driver> driver_;
    std::multimap<Instant, std::function<void()>> timers_;
    std::mutex mutex_;
    std::vector<std::function<void()>> mailbox_;
};

}  // namespace messina::engine::testing
