// What happens to records between source and sinks. A step works on a whole batch: it reads and
// writes slots, takes rows off (dropped on purpose, or failed with a cause), or makes more of them.
//
// Threads: a step belongs to one worker and serves all of its lanes.
#pragma once

#include <cstdint>
#include <string>

#include "data/batch.h"

namespace messina::engine {

/// Called by an asynchronous step when a batch it kept is ready to go on; exactly once, on the
/// worker's loop.
class Resumption {
  public:
    virtual ~Resumption() = default;
    virtual void resume() = 0;
};

enum class StepState : uint8_t {
    Ready,    // the batch may go on
    Pending,  // the step keeps the batch until it calls resume()
};

class Step {
  public:
    virtual ~Step() = default;
    /// Kind and number in the pipeline: "lookup#2"; the label of metrics and dead letters.
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Works on batch.live(). Batches of one lane come in order; several may be pending at once,
    /// and the engine lets them go on in order however they finish. Rows dropped on purpose are
    /// added to batch.dropped; failed ones go through batch.fail_row and are removed by the engine.
    virtual StepState process(Batch& batch, Resumption& resumption) = 0;
    /// False: later batches may overtake one that this step still holds.
    [[nodiscard]] virtual bool keeps_order() const { return true; }
};

}  // namespace messina::engine
