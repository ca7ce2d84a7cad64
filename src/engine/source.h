// Where records enter a pipeline. A source announces lanes (a file, a Kafka partition, a CDC stream
// group); each lane gives batches in order from a position on. The engine decides when to take and
// when to commit; a source never drops a record and never moves a committed position by itself.
//
// Threads: Source is called by the control thread only; a LaneReader by the one worker that owns
// the lane.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/strong_id.h"
#include "data/batch.h"
#include "observe/metrics.h"

namespace messina::engine {

enum class TakeState : uint8_t {
    Taken,  // the batch has records
    Idle,   // nothing now; ask again later
    End,    // nothing ever again (end of file, bounded read done)
};

struct TakeLimits {
    size_t records_max = 512;
    size_t bytes_max = 4u << 20;  // of raw bytes; one larger record still comes, alone
};

/// Of one opened lane, in the order of opening: a lane that is given up and comes back has another.
using LaneId = StrongId<struct LaneTag, uint64_t>;

class LaneReader {
  public:
    virtual ~LaneReader() = default;
    /// Stable over restarts: checkpoints are kept under it ("flights.csv", "clicks/3").
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Fills records, chunks, begin and end of an empty batch. Records come in order, each exactly
    /// once, from the position the lane was opened at. A Transient error may be tried again; any
    /// other stops the lane where it is.
    virtual Result<TakeState> take(Batch& batch, const TakeLimits& limits) = 0;
    /// Goes back to a position that it stood at before: what was taken since is wanted again.
    /// Needed for exactly once only.
    virtual Result<void> rewind(Position /*position*/) {
        return fail(ErrorClass::Fatal, "source.no_rewind", "this source cannot be read again", "");
    }
    /// Called once, before the first take(): a reader that learns of new records by itself calls
    /// `wake` (any thread) when there are some after an Idle. The others are asked again from time
    /// to time.
    virtual void on_ready(std::function<void()> /*wake*/) {}
};

/// A lane's position after which reading goes on.
struct LanePosition {
    std::string lane;
    Position position;
};

/// Lanes that go to somebody else (another member of the consumer group).
struct Recall {
    std::vector<std::string> lanes;
    /// False: what is in flight is to be settled and committed first. True: they are gone already,
    /// and whatever is committed for them now would be wrong.
    bool is_lost = false;
};

/// How much there is, for progress and ETA; zero when unknown.
struct SourceSize {
    uint64_t bytes = 0;
};

class Source {
  public:
    virtual ~Source() = default;
    /// Called once, before open(): cells of the control thread's, there as long as it calls poll().
    virtual void meter(observe::Metrics& /*metrics*/) {}
    /// Finds out what there is and where to go on; called once before the first next_lane().
    virtual Result<void> open() = 0;
    /// The next lane to work on; null when there is none now. `is_finished` tells whether one may
    /// still come.
    virtual Result<std::unique_ptr<LaneReader>> next_lane() = 0;
    [[nodiscard]] virtual bool is_finished() const = 0;
    /// False: every lane must be worked on at once, since none of them ends.
    [[nodiscard]] virtual bool can_wait() const { return true; }
    /// Looks after the source's own affairs without waiting; called at each turn of the control
    /// loop, ten times a second at least. Gives the lanes that must be given up, once.
    virtual Result<std::optional<Recall>> poll() { return std::nullopt; }
    /// All lanes of the oldest recall have left their workers, and what was durable is committed
    /// unless they were lost.
    virtual void release() {}
    /// Everything before these positions is durable downstream; remembers it durably (I3: never
    /// called earlier).
    virtual Result<void> commit(std::span<const LanePosition> positions) = 0;
    /// These positions are committed, by commit() or within a transaction.
    virtual void committed(std::span<const LanePosition> /*positions*/) {}
    /// Whether open() found a committed position to go on from.
    [[nodiscard]] virtual bool is_resumed() const { return false; }
    [[nodiscard]] virtual SourceSize size() const { return {}; }
};

}  // namespace messina::engine
