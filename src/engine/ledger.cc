#include "engine/ledger.h"

#include "base/check.h"

namespace messina::engine {

Ticket Ledger::enter(Position end) {
    if (!entries_.empty()) {
        MESSINA_CHECK(entries_.back().end <= end, "a lane's positions never go back");
    } else if (has_any_) {
        MESSINA_CHECK(committable_ <= end, "a lane's positions never go back");
    }
    entries_.push_back({end, false});
    return first_ + entries_.size() - 1;
}

void Ledger::settle(Ticket ticket) {
    MESSINA_CHECK(ticket >= first_ && ticket < first_ + entries_.size(),
                  "an unknown or already released ticket");
    Entry& settled = entries_[ticket - first_];
    MESSINA_CHECK(!settled.is_settled, "a ticket is settled once");
    settled.is_settled = true;
    while (!entries_.empty() && entries_.front().is_settled) {
        committable_ = entries_.front().end;
        has_progress_ = has_any_ = true;
        entries_.pop_front();
        ++first_;
    }
}

void Ledger::stop_at(Ticket ticket, Position end) {
    MESSINA_CHECK(ticket >= first_ && ticket < first_ + entries_.size(),
                  "an unknown or already released ticket");
    entries_.resize(ticket - first_ + 1);
    MESSINA_CHECK(end <= entries_.back().end, "a lane stops inside a batch, not behind it");
    entries_.back().end = end;
}

}  // namespace messina::engine
