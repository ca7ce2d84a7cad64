// How a worker waits when a client library works on its thread.
#include "engine/worker.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/testing/manual_worker.h"

namespace messina::engine {
namespace {

/// Waits until it is woken, however long that takes: a worker that forgets to wake it hangs.
class StubbornDriver final : public Driver {
  public:
    struct Seen {
        std::mutex mutex;
        std::condition_variable changed;
        bool is_awake = false;
        int waits = 0;
        int polls = 0;
    };
    explicit StubbornDriver(Seen& seen) : seen_(seen) {}
    bool poll() override {
        const std::lock_guard lock(seen_.mutex);
        ++seen_.polls;
        return false;
    }
    void wait(Nanos /*max*/) override {
        std::unique_lock lock(seen_.mutex);
        ++seen_.waits;
        seen_.changed.notify_all();
        seen_.changed.wait(lock, [this] { return seen_.is_awake; });
        seen_.is_awake = false;
    }
    void wake() override {
        const std::lock_guard lock(seen_.mutex);
        seen_.is_awake = true;
        seen_.changed.notify_all();
    }

  private:
    Seen& seen_;
};

class WorkerTest : public ::testing::Test {
  protected:
    WorkerTest()
        : clock_(testing::kTestStart),
          registry_(clock_),
          worker_(0, options_, false, clock_, registry_, [] {}) {
        worker_.install({});
    }
    void wait_for_waits(int count) {
        std::unique_lock lock(seen_.mutex);
        seen_.changed.wait(lock, [&] { return seen_.waits >= count; });
    }

    PipelineOptions options_;
    VirtualClock clock_;
    observe::MetricRegistry registry_;
    StubbornDriver::Seen seen_;
    Worker worker_;
};

TEST_F(WorkerTest, WaitsInItsDriverUntilSomethingIsPosted) {
    worker_.attach(std::make_unique<StubbornDriver>(seen_));
    std::thread thread([this] { worker_.run(); });
    wait_for_waits(1);
    std::promise<void> has_run;
    worker_.post([&] { has_run.set_value(); });
    has_run.get_future().wait();
    wait_for_waits(2);
    worker_.stop();
    thread.join();
    EXPECT_GE(seen_.polls, 2);
}

TEST_F(WorkerTest, LosesNoPostThatComesBeforeTheWait) {
    worker_.attach(std::make_unique<StubbornDriver>(seen_));
    std::promise<void> has_run;
    worker_.post([&] { has_run.set_value(); });
    std::thread thread([this] { worker_.run(); });
    has_run.get_future().wait();
    worker_.stop();
    thread.join();
}

TEST_F(WorkerTest, WaitsOnItsOwnWithoutADriver) {
    std::thread thread([this] { worker_.run(); });
    std::promise<void> has_run;
    worker_.post([&] { has_run.set_value(); });
    has_run.get_future().wait();
    worker_.stop();
    thread.join();
    EXPECT_EQ(worker_.driver(), nullptr);
}

}  // namespace
}  // namespace messina::engine
