// Where records leave a pipeline. A sink reports what became of each row; it never decides what to
// do about a failure (engine/retry.h does) and never moves a position (engine/ledger.h does).
//
// Threads: a sink belongs to one worker; `Delivery` is called on that worker's loop only, during
// write(), flush() or later.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "data/batch.h"

namespace messina::engine {

enum class Outcome : uint8_t {
    Done,     // durable: the effect survives the loss of this process
    Refused,  // certainly not applied: retry or dead letter, by class of the error
    Unknown,  // may or may not be applied (time-out, lost connection): only ever retried
};

/// Hears of the rows of one write(). Each row is reported exactly once.
class Delivery {
  public:
    virtual ~Delivery() = default;
    /// `rows` more of them are Done.
    virtual void done(size_t rows) = 0;
    /// This one is Refused or Unknown.
    virtual void failed(RowIndex row, Outcome outcome, Error error) = 0;
};

class Sink {
  public:
    virtual ~Sink() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Takes these rows of the batch. The batch lives until every row was reported; rows that
    /// cannot be encoded are reported as Refused with class Poison.
    virtual void write(Batch& batch, std::span<const RowIndex> rows, Delivery& delivery) = 0;
    /// Makes everything written so far durable, without waiting for more; called at each checkpoint
    /// and when a bound is reached.
    virtual void flush() = 0;
    /// Called once after the last delivery, when the pipeline stops in order.
    virtual Result<void> close() = 0;
};

}  // namespace messina::engine
