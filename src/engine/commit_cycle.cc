#include "engine/commit_cycle.h"

#include <algorithm>
#include <utility>

namespace messina::engine {

bool CommitCycle::turn() {
    const bool has_moved = std::exchange(has_ended_, false);
    if (state_ == State::Ending || state_ == State::Failed) return has_moved;
    if (is_broken_ || transaction_.is_broken()) {
        begin_abort();
        return true;
    }
    if (state_ == State::Writing) {
        if (!is_asked_) return has_moved;
        is_asked_ = false;
        state_ = State::Settling;
        may_write_ = false;
    }
    // Settling: what is with the sinks comes to its end, in one way or another.
    if (std::ranges::any_of(owner_.lanes, [](const auto& lane) { return lane->is_writing(); }))
        return has_moved;
    // A lane that has failed in the middle of a batch has written what no position stands for.
    if (std::ranges::any_of(owner_.lanes,
                            [](const auto& lane) { return lane->has_torn_batch(); })) {
        begin_abort();
        return true;
    }
    return begin_commit() || has_moved;
}

bool CommitCycle::begin_commit() {
    committing_.clear();
    std::vector<LanePosition> positions;
    for (const auto& lane : owner_.lanes)
        if (const auto position = lane->take_commit()) {
            committing_.emplace_back(lane->id(), *position);
            positions.push_back({lane->name(), *position});
        }
    if (positions.empty()) {
        state_ = State::Writing;
        may_write_ = true;
        return false;
    }
    state_ = State::Ending;
    transaction_.commit(positions, [this](Result<void> result) { end_commit(std::move(result)); });
    return true;
}

void CommitCycle::end_commit(Result<void> result) {
    has_ended_ = true;
    if (result) {
        for (const auto& [id, position] : committing_) {
            const auto lane = std::ranges::find(owner_.lanes, id, &Lane::id);
            if (lane != owner_.lanes.end()) (*lane)->set_committed(position);
        }
        owner_.committed(committing_);
        state_ = State::Writing;
        may_write_ = true;
        return;
    }
    if (result.error().error_class == ErrorClass::Transient) {
        begin_abort();
        return;
    }
    state_ = State::Failed;
    owner_.failed(std::move(result.error()));
}

void CommitCycle::begin_abort() {
    state_ = State::Ending;
    may_write_ = false;
    is_broken_ = false;
    is_asked_ = false;
    transaction_.abort([this](Result<void> result) { end_abort(std::move(result)); });
}

void CommitCycle::end_abort(Result<void> result) {
    has_ended_ = true;
    if (!result) {
        state_ = State::Failed;
        owner_.failed(std::move(result.error()));
        return;
    }
    state_ = State::Writing;
    may_write_ = true;
    owner_.restart_lanes();
}

}  // namespace messina::engine
