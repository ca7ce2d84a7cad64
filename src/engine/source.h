// Where records enter a pipeline. A source announces lanes (a file, a Kafka partition, a CDC stream
// group); each lane gives batches in order from a position on. The engine decides when to take and
// when to commit; a source never drops a record and never moves a committed position by itself.
//
// Threads: Source is called by the control thread only; a LaneReader by the one worker that owns
// the lane.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "data/batch.h"

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

class LaneReader {
  public:
    virtual ~LaneReader() = default;
    /// Stable over restarts: checkpoints are kept under it ("flights.csv", "clicks/3").
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Fills records, chunks, begin and end of an empty batch. Records come in order, each exactly
    /// once, from the position the lane was opened at. A Transient error may be tried again; any
    /// other stops the lane where it is.
    virtual Result<TakeState> take(Batch& batch, const TakeLimits& limits) = 0;
};

/// A lane's position after which reading goes on.
struct LanePosition {
    std::string lane;
    Position position;
};

/// How much there is, for progress and ETA; zero when unknown.
struct SourceSize {
    uint64_t bytes = 0;
};

class Source {
  public:
    virtual ~Source() = default;
    /// Finds out what there is and where to go on; called once before the first next_lane().
    virtual Result<void> open() = 0;
    /// The next lane to work on; null when there is none now. `is_finished` tells whether one may
    /// still come.
    virtual Result<std::unique_ptr<LaneReader>> next_lane() = 0;
    [[nodiscard]] virtual bool is_finished() const = 0;
    /// Everything before these positions is durable downstream; remembers it durably (I3: never
    /// called earlier).
    virtual Result<void> commit(std::span<const LanePosition> positions) = 0;
    /// Whether open() found a committed position to go on from.
    [[nodiscard]] virtual bool is_resumed() const { return false; }
    [[nodiscard]] virtual SourceSize size() const { return {}; }
};

}  // namespace messina::engine
