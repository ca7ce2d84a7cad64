// Runs one pipeline: gives lanes to workers, commits what they report as durable, drains and stops.
//
// Threads: run() uses the calling thread as the control thread and one thread for each worker;
// run_inline() uses the calling thread for everything, under a virtual clock. request_stop() may be
// called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/meters.h"
#include "engine/worker.h"

namespace messina::engine {

struct RunReport {
    /// Why the pipeline stopped before its end; none when the source was read out or a stop was
    /// asked for.
    std::optional<Error> failure;
    bool was_stopped = false;
};

class Runner {
  public:
    Runner(Blueprint& blueprint, Clock& clock, observe::MetricRegistry& registry);
    ~Runner();

    /// Called on the control thread about ten times a second, for progress and for what must be
    /// watched.
    void on_tick(std::function<void()> tick) { tick_ = std::move(tick); }

    /// Opens the source and builds every worker; fails before anything is read.
    Result<void> start();
    /// Until the source is read out, a failure, or a stop. What it reports done is durable and
    /// committed.
    RunReport run();
    /// The same without threads: when nothing moves, `clock` is set to the next timer. Ends when
    /// nothing can move any more, too.
    RunReport run_inline(VirtualClock& clock);
    /// Takes nothing more, lets everything in flight finish, commits, ends.
    void request_stop();

    [[nodiscard]] const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
    [[nodiscard]] const std::map<std::string, Position>& committed() const { return committed_; }
    /// Age of the last turn of the control loop, for /livez.
    [[nodiscard]] Instant last_tick() const { return Instant(Nanos(last_tick_.load())); }

  private:
    enum class Threads : uint8_t { Own, None };
    struct OpenLane {
        std::string name;
        size_t worker = 0;
        bool is_recalled = false;
    };
    struct PendingRecall {
        Recall recall;
        std::vector<LaneId> lanes;
        Instant deadline;
    };
    void poll_source(Threads threads);
    bool release_recalled(Threads threads);
    [[nodiscard]] bool is_settled(const PendingRecall& pending) const;
    void lose(const PendingRecall& pending, Threads threads);
    void tell(size_t worker, Threads threads, std::function<void(Worker&)> what);
    bool assign_lanes(Threads threads);
    void collect_news();
    bool commit();
    void drain_once(Threads threads);
    [[nodiscard]] bool has_lanes_to_work() const;
    [[nodiscard]] bool is_finished() const;
    [[nodiscard]] bool is_out_of_time() const;
    void give(size_t worker, std::unique_ptr<LaneReader> reader, Threads threads);
    void wait_for_news();
    RunReport finish();
    [[nodiscard]] Error drain_timeout_error() const;

    Blueprint& blueprint_;
    Clock& clock_;
    observe::MetricRegistry& registry_;
    observe::Metrics metrics_;  // the control thread's
    CommitMeters commit_meters_;
    std::function<void()> tick_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<size_t> lane_counts_;  // by worker
    uint64_t lanes_opened_ = 0;
    std::map<LaneId, OpenLane> open_lanes_;
    std::deque<PendingRecall> recalls_;
    std::map<std::string, Position> pending_commits_;
    std::optional<Error> commit_error_;  // of the last try
    std::map<std::string, Position> committed_;
    std::optional<Error> failure_;
    std::optional<Instant> drain_deadline_;
    std::atomic<bool> is_stop_requested_{false};
    std::atomic<int64_t> last_tick_{0};

    std::mutex mutex_;
    std::condition_variable news_arrived_;
    bool has_news_ = false;
};

}  // namespace messina::engine
