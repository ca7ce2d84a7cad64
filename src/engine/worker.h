// One event loop: owns whole lanes and the graph that serves them. Nothing of it is shared, but
// post() and what it publishes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/commit_cycle.h"
#include "engine/graph.h"
#include "engine/lane.h"
#include "engine/meters.h"
#include "engine/worker_context.h"

namespace messina::engine {

struct LaneCommit {
    LaneId lane;
    Position position;
};

/// What a worker tells the control thread.
struct WorkerNews {
    std::vector<LaneCommit> commits;
    std::vector<LaneId> finished_lanes;
    std::vector<Error> failures;
};

class Worker final : public WorkerContext {
  public:
    Worker(size_t index, const PipelineOptions& options, bool has_dead_letters, Clock& clock,
           observe::MetricRegistry& registry, std::function<void()> notify_control);
    ~Worker() override;

    /// Before the first turn.
    void install(Graph graph);

    // WorkerContext
    [[nodiscard]] Clock& clock() override { return clock_; }
    void schedule(Nanos delay, std::function<void()> task) override;
    void post(std::function<void()> task) override;
    [[nodiscard]] size_t index() const override { return index_; }
    [[nodiscard]] observe::Metrics& metrics() override { return metrics_; }
    void attach(std::unique_ptr<Driver> driver) override;
    [[nodiscard]] Driver* driver() override { return driver_.get(); }

    /// One round over mailbox, timers and lanes. True when anything moved.
    bool turn();
    /// turn() until stop(): the body of the worker's thread.
    void run();
    void stop();

    void add_lane(LaneId id, std::unique_ptr<LaneReader> reader);
    void drain();
    /// Lets what that lane has in flight finish, and ends it.
    void drain_lane(LaneId id);
    /// Ends that lane without any commit; see Lane::lose().
    void lose_lane(LaneId id);
    /// Closes the sinks, after the last lane has finished.
    Result<void> close();
    /// Pushes outputs towards durability and publishes what may be committed. True when anything
    /// moved.
    bool checkpoint();
    WorkerNews take_news();
    [[nodiscard]] bool has_lanes() const { return !lanes_.empty(); }
    /// Why something in flight is to be tried again; null: nothing is. For a worker that has
    /// stopped.
    [[nodiscard]] const Error* awaited_error() const;
    /// When the next timer is due; the far future when there is none.
    [[nodiscard]] Instant next_timer() const;

  private:
    bool run_mailbox();
    bool run_timers();
    bool flush_if_waiting();
    void retire_lanes();
    void make_lane(LaneId id, std::unique_ptr<LaneReader> reader, bool is_draining);
    void restart_lanes();
    void publish(const std::vector<std::pair<LaneId, Position>>& commits);
    void publish_failure(Error error);
    Lane* find_lane(LaneId id);
    void wait();
    void notify();
    [[nodiscard]] bool has_mail();

    const size_t index_;
    const PipelineOptions& options_;
    const bool has_dead_letters_;
    Clock& clock_;
    std::function<void()> notify_control_;
    observe::Metrics metrics_;
    Meters meters_;
    /// Before the graph, whose steps and sinks use it to their end.
    std::unique_ptr<Driver> driver_;
    Graph graph_;
    std::optional<CommitCycle> cycle_;  // of exactly once
    bool may_write_ = true;             // without
    size_t lane_bytes_ = 0;             // in flight, of all lanes
    std::vector<std::unique_ptr<Lane>> lanes_;
    /// Failed or lost; kept while steps and sinks hold references into their batches.
    std::vector<std::unique_ptr<Lane>> ended_lanes_;
    std::multimap<Instant, std::function<void()>> timers_;
    Instant next_checkpoint_{};
    Nanos idle_wait_{};
    std::atomic<bool> is_waiting_{false};  // in the driver

    std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::vector<std::function<void()>> mailbox_;
    WorkerNews news_;
    bool is_stopped_ = false;
};

}  // namespace messina::engine
