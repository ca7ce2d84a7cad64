#include "engine/runner.h"

#include <algorithm>
#include <thread>

#include "engine/event_log.h"

namespace messina::engine {

namespace {
constexpr Nanos kControlTick = std::chrono::milliseconds(100);
}

Runner::Runner(Blueprint& blueprint, Clock& clock, observe::MetricRegistry& registry)
    : blueprint_(blueprint),
      clock_(clock),
      registry_(registry),
      metrics_(registry),
      commit_meters_(metrics_, blueprint.options().name) {}

Runner::~Runner() = default;

Result<void> Runner::start() {
    blueprint_.source().meter(metrics_);
    MESSINA_TRY_VOID(blueprint_.source().open());
    const PipelineOptions& options = blueprint_.options();
    if (blueprint_.source().is_resumed()) log_event(options, observe::kPipelineResumed, {});
    const auto notify = [this] {
        {
            const std::lock_guard lock(mutex_);
            has_news_ = true;
        }
        news_arrived_.notify_one();
    };
    for (size_t i = 0; i < options.workers; ++i) {
        auto worker = std::make_unique<Worker>(i, options, blueprint_.has_dead_letters(), clock_,
                                               registry_, notify);
        MESSINA_TRY(Graph graph, blueprint_.make_graph(*worker));
        worker->install(std::move(graph));
        workers_.push_back(std::move(worker));
    }
    lane_counts_.assign(workers_.size(), 0);
    last_tick_ = clock_.instant().time_since_epoch().count();
    return {};
}

void Runner::request_stop() {
    is_stop_requested_ = true;
    {
        const std::lock_guard lock(mutex_);
        has_news_ = true;
    }
    news_arrived_.notify_one();
}

/// Does something on a worker's own thread.
void Runner::tell(size_t worker, Threads threads, std::function<void(Worker&)> what) {
    Worker& target = *workers_[worker];
    if (threads == Threads::None) {
        what(target);
    } else {
        target.post([&target, what = std::move(what)] { what(target); });
    }
}

void Runner::give(size_t worker, std::unique_ptr<LaneReader> reader, Threads threads) {
    const LaneId id{lanes_opened_++};
    open_lanes_[id] = {reader->name(), worker};
    ++lane_counts_[worker];
    // std::function wants a copyable callable; the reader is moved out when the task runs.
    auto held = std::make_shared<std::unique_ptr<LaneReader>>(std::move(reader));
    tell(worker, threads, [id, held](Worker& owner) { owner.add_lane(id, std::move(*held)); });
}

/// Lets the source look after itself, and begins to give up what it wants back.
void Runner::poll_source(Threads threads) {
    Result<std::optional<Recall>> polled = blueprint_.source().poll();
    if (!polled) {
        if (!failure_) failure_ = std::move(polled.error());
        return;
    }
    if (!*polled) return;
    PendingRecall pending{
        std::move(**polled), {}, clock_.instant() + blueprint_.options().drain_timeout};
    for (auto& [id, lane] : open_lanes_) {
        if (lane.is_recalled ||
            std::ranges::find(pending.recall.lanes, lane.name) == pending.recall.lanes.end())
            continue;
        lane.is_recalled = true;
        pending.lanes.push_back(id);
        if (!pending.recall.is_lost)
            tell(lane.worker, threads, [id](Worker& owner) { owner.drain_lane(id); });
    }
    if (pending.recall.is_lost) lose(pending, threads);
    recalls_.push_back(std::move(pending));
}

/// Nothing of these lanes is committed from now on, whatever their workers still report.
void Runner::lose(const PendingRecall& pending, Threads threads) {
    for (const std::string& name : pending.recall.lanes) pending_commits_.erase(name);
    for (const LaneId id : pending.lanes) {
        const auto found = open_lanes_.find(id);
        if (found == open_lanes_.end()) continue;
        --lane_counts_[found->second.worker];
        tell(found->second.worker, threads, [id](Worker& owner) { owner.lose_lane(id); });
        open_lanes_.erase(found);
    }
}

bool Runner::is_settled(const PendingRecall& pending) const {
    return std::ranges::none_of(pending.lanes,
                                [this](LaneId id) { return open_lanes_.contains(id); }) &&
           std::ranges::none_of(pending.recall.lanes, [this](const std::string& name) {
               return pending_commits_.contains(name);
           });
}

/// Gives back what has settled and is committed, or took too long. Returns whether anything was.
bool Runner::release_recalled(Threads threads) {
    bool has_released = false;
    while (!recalls_.empty()) {
        const PendingRecall& pending = recalls_.front();
        if (!is_settled(pending)) {
            if (clock_.instant() < pending.deadline) break;
            lose(pending, threads);
        }
        blueprint_.source().release();
        recalls_.pop_front();
        has_released = true;
    }
    return has_released;
}

/// Gives new lanes to the workers with the fewest, up to their bound. Returns whether any was
/// given.
bool Runner::assign_lanes(Threads threads) {
    bool has_given = false;
    while (!drain_deadline_ && !blueprint_.source().is_finished()) {
        const auto least = std::ranges::min_element(lane_counts_);
        if (*least >= blueprint_.options().limits.worker_lanes_max &&
            blueprint_.source().can_wait())
            break;
        Result<std::unique_ptr<LaneReader>> lane = blueprint_.source().next_lane();
        if (!lane) {
            if (!failure_) failure_ = std::move(lane.error());
            break;
        }
        if (*lane == nullptr) break;
        give(static_cast<size_t>(least - lane_counts_.begin()), std::move(*lane), threads);
        has_given = true;
    }
    return has_given;
}

void Runner::collect_news() {
    for (auto& worker : workers_) {
        WorkerNews news = worker->take_news();
        for (const LaneCommit& commit : news.commits)
            if (const auto lane = open_lanes_.find(commit.lane); lane != open_lanes_.end())
                pending_commits_[lane->second.name] = commit.position;
        for (const LaneId id : news.finished_lanes) {
            const auto lane = open_lanes_.find(id);
            if (lane == open_lanes_.end()) continue;  // lost meanwhile
            --lane_counts_[lane->second.worker];
            log_event(blueprint_.options(), observe::kLaneFinished, {.lane = lane->second.name});
            open_lanes_.erase(lane);
        }
        if (!news.failures.empty() && !failure_) failure_ = std::move(news.failures.front());
    }
}

/// Returns whether anything was committed.
bool Runner::commit() {
    if (pending_commits_.empty()) return false;
    std::vector<LanePosition> positions;
    for (const auto& [lane, position] : pending_commits_) positions.push_back({lane, position});
    // With transactions the workers have committed them already.
    Result<void> done;
    if (!blueprint_.is_transactional()) {
        const Instant begin = clock_.instant();
        done = blueprint_.source().commit(positions);
        commit_meters_.duration.record(clock_.instant() - begin);
    }
    if (!done) {
        // Not committed is safe: the records would be read again. Transient troubles are tried at
        // the next turn.
        if (policy_for(done.error().error_class, Outcome::Refused) != Policy::Retry) {
            pending_commits_.clear();
            if (!failure_) failure_ = std::move(done.error());
        } else {
            log_event(blueprint_.options(), observe::kCheckpointFailed, {.error = &done.error()});
            commit_error_ = std::move(done.error());
        }
        return false;
    }
    commit_meters_.commits.add();
    commit_meters_.age.mark(clock_.instant());
    blueprint_.source().committed(positions);
    for (const LanePosition& position : positions) {
        committed_[position.lane] = position.position;
        log_event(blueprint_.options(), observe::kCheckpointSaved, {.lane = position.lane},
                  to_text(position.position));
    }
    pending_commits_.clear();
    return true;
}

void Runner::drain_once(Threads threads) {
    if (drain_deadline_) return;
    drain_deadline_ = clock_.instant() + blueprint_.options().drain_timeout;
    for (size_t worker = 0; worker < workers_.size(); ++worker)
        tell(worker, threads, [](Worker& target) { target.drain(); });
}

bool Runner::has_lanes_to_work() const {
    if (!open_lanes_.empty()) return true;
    return !drain_deadline_ && !blueprint_.source().is_finished();
}

bool Runner::is_finished() const {
    return !has_lanes_to_work() && pending_commits_.empty();
}

bool Runner::is_out_of_time() const {
    return drain_deadline_ && clock_.instant() >= *drain_deadline_;
}

void Runner::wait_for_news() {
    std::unique_lock lock(mutex_);
    news_arrived_.wait_for(lock, kControlTick, [this] { return has_news_; });
    has_news_ = false;
}

RunReport Runner::run() {
    std::vector<std::thread> threads;
    threads.reserve(workers_.size());
    for (auto& worker : workers_) threads.emplace_back([target = worker.get()] { target->run(); });
    while (true) {
        poll_source(Threads::Own);
        assign_lanes(Threads::Own);
        wait_for_news();
        collect_news();
        commit();
        release_recalled(Threads::Own);
        last_tick_ = clock_.instant().time_since_epoch().count();
        if (tick_) tick_();
        if (is_stop_requested_ || failure_ || !has_lanes_to_work()) drain_once(Threads::Own);
        if (is_finished() || is_out_of_time()) break;
    }
    for (auto& worker : workers_) worker->stop();
    for (std::thread& thread : threads) thread.join();
    return finish();
}

RunReport Runner::run_inline(VirtualClock& clock) {
    bool has_jumped = false;
    while (true) {
        poll_source(Threads::None);
        bool has_moved = assign_lanes(Threads::None);
        for (auto& worker : workers_) has_moved = worker->turn() || has_moved;
        collect_news();
        // A source may wait for its own commit before it gives more.
        has_moved = commit() || has_moved;
        has_moved = release_recalled(Threads::None) || has_moved;
        if (is_stop_requested_ || failure_ || !has_lanes_to_work()) drain_once(Threads::None);
        if (is_finished() || is_out_of_time()) break;
        if (has_moved) {
            has_jumped = false;
            continue;
        }
        Instant next = Instant::max();
        for (auto& worker : workers_) next = std::min(next, worker->next_timer());
        if (next != Instant::max()) {
            clock.advance(std::max(Nanos(0), next - clock.instant()));
        } else if (!has_jumped || !pending_commits_.empty()) {
            clock.advance(blueprint_.options().checkpoint_interval);
            has_jumped = true;
        } else {
            break;  // an idle source without an end: there is nothing more to see
        }
    }
    return finish();
}

Error Runner::drain_timeout_error() const {
    Error error{ErrorClass::Fatal, "engine.drain_timeout",
                "stopped before everything in flight was durable; it will be read again",
                "raise `drain_timeout` if the sinks need longer"};
    for (const auto& worker : workers_) {
        const Error* cause = worker->awaited_error();
        if (cause == nullptr) continue;
        error.message += "; the last try ended with: " + cause->message;
        error.hint = cause->hint.empty() ? error.hint : cause->hint;
        break;
    }
    return error;
}

RunReport Runner::finish() {
    if (is_out_of_time() && has_lanes_to_work()) {
        log_event(blueprint_.options(), observe::kDrainTimedOut, {}, open_lanes_.size());
        if (!failure_) failure_ = drain_timeout_error();
    }
    for (auto& worker : workers_) {
        Result<void> closed = worker->close();
        if (!closed && !failure_) failure_ = std::move(closed.error());
    }
    collect_news();
    commit();
    if (!pending_commits_.empty() && !failure_)
        failure_ = Error{ErrorClass::Transient, "engine.commit_failed",
                         "the last positions could not be committed: " +
                             (commit_error_ ? commit_error_->message : ""),
                         "everything is written, but will be again by the next run"};
    return {std::move(failure_), is_stop_requested_};
}

}  // namespace messina::engine
