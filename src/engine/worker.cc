#include "engine/worker.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/event_log.h"

namespace messina::engine {
namespace {

// Without any event a worker looks at its lanes again after this long: at once while data flows,
// slower when it does not.
constexpr Nanos kIdleWaitFirst = std::chrono::microseconds(200);
constexpr Nanos kIdleWaitMax = std::chrono::milliseconds(20);
// A client library has work of its own from time to time, also when there is nothing to do.
constexpr Nanos kDriverWaitMax = std::chrono::seconds(1);

}  // namespace

Worker::Worker(size_t index, const PipelineOptions& options, bool has_dead_letters, Clock& clock,
               observe::MetricRegistry& registry, std::function<void()> notify_control)
    : index_(index),
      options_(options),
      has_dead_letters_(has_dead_letters),
      clock_(clock),
      notify_control_(std::move(notify_control)),
      metrics_(registry),
      meters_(metrics_, options.name),
      idle_wait_(kIdleWaitFirst) {}

Worker::~Worker() = default;

void Worker::install(Graph graph) {
    graph_ = std::move(graph);
    for (const auto& step : graph_.steps) meters_.add_step(step->name());
    for (const Output& output : graph_.outputs) meters_.add_output(output.sink->name());
    next_checkpoint_ = clock_.instant() + options_.checkpoint_interval;
    if (graph_.transaction == nullptr) return;
    cycle_.emplace(*graph_.transaction,
                   CommitCycle::Owner{lanes_, [this](const auto& commits) { publish(commits); },
                                      [this] { restart_lanes(); },
                                      [this](Error error) { publish_failure(std::move(error)); }});
}

void Worker::schedule(Nanos delay, std::function<void()> task) {
    timers_.emplace(clock_.instant() + delay, std::move(task));
}

void Worker::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        mailbox_.push_back(std::move(task));
    }
    notify();
}

void Worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
    }
    notify();
}

/// The worker waits in its driver when it has one, else on the condition.
void Worker::notify() {
    if (driver_ == nullptr) {
        wake_.notify_one();
    } else if (is_waiting_) {
        driver_->wake();
    }
}

bool Worker::has_mail() {
    const std::lock_guard lock(mutex_);
    return !mailbox_.empty() || is_stopped_;
}

void Worker::attach(std::unique_ptr<Driver> driver) {
    MESSINA_CHECK(driver_ == nullptr, "a worker can wait in one driver only");
    driver_ = std::move(driver);
}

void Worker::add_lane(LaneId id, std::unique_ptr<LaneReader> reader) {
    reader->on_ready([this] { post([] {}); });
    make_lane(id, std::move(reader), false);
}

void Worker::make_lane(LaneId id, std::unique_ptr<LaneReader> reader, bool is_draining) {
    lanes_.push_back(std::make_unique<Lane>(
        id, std::move(reader),
        Lane::Context{options_, graph_, *this, meters_, has_dead_letters_, lane_bytes_,
                      options_.limits.worker_lanes_max * options_.limits.lane_bytes_max,
                      cycle_ ? cycle_->may_write() : may_write_, cycle_.has_value()}));
    if (is_draining) lanes_.back()->drain();
}

/// After an abort: every lane begins anew behind its last commit; what failed stays as it is.
void Worker::restart_lanes() {
    std::vector<std::unique_ptr<Lane>> old = std::exchange(lanes_, {});
    for (auto& lane : old) {
        lane->discard();
        Result<std::unique_ptr<LaneReader>> reader = nullptr;
        if (!lane->is_over()) reader = lane->give_back_reader();
        if (!reader) lane->fail(std::move(reader.error()));
        if (!reader || *reader == nullptr) {
            lanes_.push_back(std::move(lane));
            continue;
        }
        make_lane(lane->id(), std::move(*reader), lane->is_draining());
        ended_lanes_.push_back(std::move(lane));
    }
}

void Worker::publish(const std::vector<std::pair<LaneId, Position>>& commits) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [lane, position] : commits) news_.commits.push_back({lane, position});
    }
    notify_control_();
}

void Worker::publish_failure(Error error) {
    {
        const std::lock_guard lock(mutex_);
        news_.failures.push_back(std::move(error));
    }
    notify_control_();
}

Lane* Worker::find_lane(LaneId id) {
    const auto found = std::ranges::find(lanes_, id, &Lane::id);
    return found == lanes_.end() ? nullptr : found->get();
}

void Worker::drain_lane(LaneId id) {
    if (Lane* lane = find_lane(id)) lane->drain();
}

void Worker::lose_lane(LaneId id) {
    Lane* lane = find_lane(id);
    if (lane == nullptr) return;
    lane->lose();
    if (cycle_) cycle_->break_up();
}

void Worker::drain() {
    for (auto& lane : lanes_) lane->drain();
}

bool Worker::turn() {
    bool has_moved = run_mailbox();
    has_moved = run_timers() || has_moved;
    if (driver_ != nullptr) has_moved = driver_->poll() || has_moved;
    for (auto& lane : lanes_) has_moved = lane->turn() || has_moved;
    if (cycle_) has_moved = cycle_->turn() || has_moved;
    if (clock_.instant() >= next_checkpoint_) {
        next_checkpoint_ = clock_.instant() + options_.checkpoint_interval;
        if (cycle_) cycle_->ask_for_commit();
        has_moved = checkpoint() || has_moved;
    } else if (!has_moved) {
        has_moved = flush_if_waiting();
    }
    retire_lanes();
    return has_moved;
}

void Worker::run() {
    while (true) {
        if (turn()) {
            idle_wait_ = kIdleWaitFirst;
        } else {
            wait();
            idle_wait_ = std::min(idle_wait_ * 2, kIdleWaitMax);
        }
        const std::lock_guard lock(mutex_);
        if (is_stopped_) return;
    }
}

void Worker::wait() {
    // A worker without lanes is woken by its mailbox alone.
    const bool can_sleep_long = lanes_.empty() && timers_.empty();
    const Nanos until_timer = next_timer() - clock_.instant();
    const Nanos short_wait = std::min(idle_wait_, std::max(until_timer, Nanos(0)));
    if (driver_ != nullptr) {
        // Whoever posts after this look sees that the worker waits, and wakes it; a wake-up costs a
        // call of the kernel, which a busy worker does not need.
        is_waiting_ = true;
        if (!has_mail()) driver_->wait(can_sleep_long ? kDriverWaitMax : short_wait);
        is_waiting_ = false;
        return;
    }
    std::unique_lock lock(mutex_);
    const auto has_event = [this] { return !mailbox_.empty() || is_stopped_; };
    if (can_sleep_long) {
        wake_.wait(lock, has_event);
    } else {
        wake_.wait_for(lock, short_wait, has_event);
    }
}

Instant Worker::next_timer() const {
    return timers_.empty() ? Instant::max() : timers_.begin()->first;
}

bool Worker::run_mailbox() {
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(mailbox_);
    }
    for (auto& task : tasks) task();
    return !tasks.empty();
}

bool Worker::run_timers() {
    bool has_run = false;
    while (!timers_.empty() && timers_.begin()->first <= clock_.instant()) {
        auto node = timers_.extract(timers_.begin());
        node.mapped()();
        has_run = true;
    }
    return has_run;
}

/// Nothing moves: whatever waits for a sink is pushed on, for the sake of latency and of lanes at
/// their bound.
bool Worker::flush_if_waiting() {
    const bool is_waiting =
        std::ranges::any_of(lanes_, [](const auto& lane) { return lane->has_inflight(); });
    return is_waiting && checkpoint();
}

bool Worker::checkpoint() {
    for (Output& output : graph_.outputs) output.sink->flush();
    if (graph_.dead_letters != nullptr) graph_.dead_letters->flush();
    std::vector<LaneCommit> commits;
    bool has_moved = false;
    for (auto& lane : lanes_) {
        has_moved = lane->turn() || has_moved;
        if (cycle_) continue;
        if (auto commit = lane->take_commit()) commits.push_back({lane->id(), *commit});
    }
    if (commits.empty()) return has_moved;
    {
        const std::lock_guard lock(mutex_);
        std::ranges::move(commits, std::back_inserter(news_.commits));
    }
    notify_control_();
    return true;
}

void Worker::retire_lanes() {
    const auto is_done = [this](const auto& lane) {
        if (!lane->is_finished() && !lane->failure() && !lane->is_lost()) return false;
        // With a transaction a lane stays until its end is committed, or thrown away.
        const bool waits =
            cycle_ && !lane->is_lost() && (lane->has_uncommitted() || lane->has_torn_batch());
        if (waits) cycle_->ask_for_commit();
        return !waits;
    };
    for (auto& lane : ended_lanes_) lane->turn();
    std::erase_if(ended_lanes_, [](const auto& lane) { return !lane->is_held(); });
    if (std::ranges::none_of(lanes_, is_done)) return;
    {
        const std::lock_guard lock(mutex_);
        for (auto& lane : lanes_) {
            if (!is_done(lane)) continue;
            if (auto commit = lane->take_commit()) news_.commits.push_back({lane->id(), *commit});
            if (lane->failure()) {
                news_.failures.push_back(*lane->failure());
                log_event(options_, observe::kLaneStopped,
                          {.lane = lane->name(), .error = &*lane->failure()});
            }
            news_.finished_lanes.push_back(lane->id());
        }
    }
    for (auto& lane : lanes_)
        if (lane->failure() || lane->is_lost()) ended_lanes_.push_back(std::move(lane));
    std::erase_if(lanes_, [&](const auto& lane) { return lane == nullptr || is_done(lane); });
    notify_control_();
}

const Error* Worker::awaited_error() const {
    for (const auto& lane : lanes_)
        if (const Error* error = lane->awaited_error()) return error;
    return nullptr;
}

WorkerNews Worker::take_news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, {});
}

Result<void> Worker::close() {
    Result<void> first;
    const auto close_one = [&first](Sink& sink) {
        Result<void> closed = sink.close();
        if (!closed && first) first = std::move(closed);
    };
    for (Output& output : graph_.outputs) close_one(*output.sink);
    if (graph_.dead_letters != nullptr) close_one(*graph_.dead_letters);
    return first;
}

}  // namespace messina::engine
