// One lane at work: takes batches, lets them pass the steps in order with several in flight, hands
// them to the outputs, and settles the ledger when every effect of a batch is durable.
//
// Order: a batch starts a step only after the batch before it has started it, and goes on to the
// next only after the batch before it has; so effects of one lane leave in the order of its
// records, however asynchronous steps finish. Nothing is written while a batch waits to be tried
// again.
//
// Threads: everything here runs on the lane's worker.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "engine/ledger.h"
#include "engine/meters.h"
#include "engine/source.h"

namespace messina::engine {

class Flight;

class Lane {
  public:
    /// What a lane needs of its surroundings; all outlive it.
    struct Context {
        const PipelineOptions& options;
        Graph& graph;
        WorkerContext& worker;
        Meters& meters;
        bool has_dead_letters;
        /// What all lanes of the worker hold, and may hold.
        size_t& worker_bytes;
        size_t worker_bytes_max;
        /// False: batches wait before the sinks.
        const bool& may_write;
        bool is_transactional = false;
    };

    Lane(LaneId id, std::unique_ptr<LaneReader> reader, Context context);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    [[nodiscard]] LaneId id() const { return id_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Takes at most one batch and moves every batch as far as it goes. True when anything moved.
    bool turn();
    /// Takes nothing more; what is in flight goes on.
    void drain() { is_draining_ = true; }
    /// Somebody else reads its records now: nothing is taken, tried again or committed any more.
    void lose() { is_lost_ = true; }
    [[nodiscard]] bool is_lost() const { return is_lost_; }
    /// Failed or lost: nothing moves forward any more.
    [[nodiscard]] bool is_over() const { return failure_.has_value() || is_lost_; }
    /// Whether a step or a sink still refers to one of its batches.
    [[nodiscard]] bool is_held() const;
    /// Nothing in flight and nothing more to take.
    [[nodiscard]] bool is_finished() const;
    [[nodiscard]] bool has_inflight() const { return !flights_.empty(); }
    /// Why the lane stopped for good, if it did. Its committable position is where to go on after
    /// mending.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    /// The position to commit, once for each progress.
    std::optional<Position> take_commit();

    // --- with a transaction ---
    /// Whether any batch is with the sinks.
    [[nodiscard]] bool is_writing() const;
    /// Whether it has failed with a batch that is written in part.
    [[nodiscard]] bool has_torn_batch() const;
    /// Whether anything is settled that no commit has taken in yet.
    [[nodiscard]] bool has_uncommitted() const;
    void set_committed(Position position) {
        committed_ = position;
        has_taken_commit_ = false;
    }
    /// What was written since the last commit is gone: what is settled counts no more.
    void discard();
    /// Gives the reader away, back at the last commit; of this lane nothing counts any more.
    Result<std::unique_ptr<LaneReader>> give_back_reader();
    [[nodiscard]] bool is_draining() const { return is_draining_; }

    /// Stops the lane for good; the first cause is kept.
    void fail(Error error);
    [[nodiscard]] Context& context() { return context_; }
    /// Whether a flight before `later` waits for its next try at `sink`.
    [[nodiscard]] bool is_sink_awaited_before(const Flight& later, const Sink& sink) const;
    /// Why something in flight is to be tried again; null: nothing is.
    [[nodiscard]] const Error* awaited_error() const;
    /// The failure of a record that stops the lane, told with its place and what to do.
    [[nodiscard]] Error stop_error(const RowFailure& failure, const Position& position) const;

  private:
    bool take_batch();
    bool pump();
    bool advance(size_t index);
    void run_step(Flight& flight);
    void finish_step(Flight& flight);
    void start_outputs(Flight& flight);
    void stop_at_fatal_failure(Flight& flight);
    void release_settled();
    void let_go(Flight& flight);

    void change_bytes(ptrdiff_t by);

    const LaneId id_;
    std::unique_ptr<LaneReader> reader_;
    Context context_;
    Ledger ledger_;
    std::deque<std::unique_ptr<Flight>> flights_;
    std::vector<std::unique_ptr<Batch>> spare_batches_;
    Backoff take_backoff_;
    Instant next_take_{};
    size_t inflight_bytes_ = 0;
    size_t unordered_from_ = 0;  // behind this step batches may overtake
    bool is_ended_ = false;
    bool is_draining_ = false;
    bool is_lost_ = false;
    bool has_taken_commit_ = false;      // by a transaction that has not ended yet
    std::optional<Position> committed_;  // or where it began
    std::string name_;                   // also when the reader is given away
    std::optional<Error> failure_;
    std::optional<Error> pending_failure_;  // becomes failure_ when what came before it is durable
};

}  // namespace messina::engine
