// How a worker with a transaction takes turns between writing and committing: it lets what is being
// written settle, commits outputs and positions at once, and goes on. When that fails, everything
// since the last commit is thrown away and read again.
//
// Threads: the worker's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/lane.h"
#include "engine/transaction.h"

namespace messina::engine {

class CommitCycle {
  public:
    /// What the cycle asks of its worker.
    struct Owner {
        std::vector<std::unique_ptr<Lane>>& lanes;
        /// These positions are committed.
        std::function<void(const std::vector<std::pair<LaneId, Position>>&)> committed;
        /// Everything in flight was thrown away: every lane goes back to its last commit.
        std::function<void()> restart_lanes;
        std::function<void(Error)> failed;
    };
    CommitCycle(Transaction& transaction, Owner owner)
        : transaction_(transaction), owner_(std::move(owner)) {}

    /// Whether lanes may hand batches to the sinks.
    [[nodiscard]] const bool& may_write() const { return may_write_; }
    /// The time for a commit has come, if there is anything to commit.
    void ask_for_commit() { is_asked_ = true; }
    /// What was written since the last commit must not become visible.
    void break_up() { is_broken_ = true; }
    /// Moves on as far as it goes; called at each turn. True when anything moved.
    bool turn();

  private:
    enum class State : uint8_t { Writing, Settling, Ending, Failed };
    bool begin_commit();
    void begin_abort();
    void end_commit(Result<void> result);
    void end_abort(Result<void> result);

    Transaction& transaction_;
    Owner owner_;
    State state_ = State::Writing;
    bool may_write_ = true;
    bool is_asked_ = false;
    bool is_broken_ = false;
    bool has_ended_ = false;  // since the last turn()
    std::vector<std::pair<LaneId, Position>> committing_;
};

}  // namespace messina::engine
