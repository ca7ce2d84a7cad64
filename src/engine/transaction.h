// Exactly once: what a worker writes and the positions it has read up to become visible together,
// or not at all. Begun by the first write after the last end.
//
// Threads: the worker's; `done` is called on its loop, later or at once.
#pragma once

#include <functional>
#include <span>

#include "base/error.h"
#include "engine/source.h"

namespace messina::engine {

class Transaction {
  public:
    using Done = std::function<void(Result<void>)>;
    virtual ~Transaction() = default;
    /// Nothing is written until `done`. Transient: nothing became visible, and abort() is next; any
    /// other error: the worker can do nothing more.
    virtual void commit(std::span<const LanePosition> positions, Done done) = 0;
    /// Throws away what was written since the last commit. Sinks report their rows as failed, or
    /// have reported them.
    virtual void abort(Done done) = 0;
    /// A row failed in a way that rules out a commit.
    [[nodiscard]] virtual bool is_broken() const = 0;
};

}  // namespace messina::engine
