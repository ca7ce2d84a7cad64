// What one lane has in flight, in the order it was taken. Positions become committable as a
// contiguous prefix of settled batches: a batch behind a slow one waits, one with a refused record
// counts once its dead letter is Done (invariants I3 and I4).
//
// Threads: belongs to the lane's worker. Cost: O(1) a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "data/position.h"

namespace messina::engine {

using Ticket = uint64_t;

class Ledger {
  public:
    /// A batch was taken; `end` is where reading goes on after it. Ends never go back.
    Ticket enter(Position end);
    /// All effects of that batch are durable. In any order, once for each ticket.
    void settle(Ticket ticket);
    /// The lane stops inside that batch: its end becomes `end`, and every later batch is forgotten.
    void stop_at(Ticket ticket, Position end);
    /// Whether anything became committable since the last taking_commit().
    [[nodiscard]] bool has_progress() const { return has_progress_; }
    /// The end of the settled prefix; valid once any batch settled. Never goes back.
    [[nodiscard]] Position committable() const { return committable_; }
    /// The caller is about to commit committable().
    void taking_commit() { has_progress_ = false; }
    [[nodiscard]] bool is_empty() const { return entries_.empty(); }
    [[nodiscard]] size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        Position end;
        bool is_settled = false;
    };
    std::deque<Entry> entries_;
    Ticket first_ = 0;  // ticket of entries_.front()
    Position committable_;
    bool has_progress_ = false;
    bool has_any_ = false;
};

}  // namespace messina::engine
