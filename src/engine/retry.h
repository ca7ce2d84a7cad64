// The one table from class of error to what happens next, and the delays between tries.
#pragma once

#include <cstdint>

#include "base/backoff.h"
#include "base/error.h"
#include "engine/sink.h"

namespace messina::engine {

enum class Policy : uint8_t {
    Retry,       // the same rows again after a jittered delay
    DeadLetter,  // this record leaves by the dead letters; without any, the pipeline stops
    Stop,        // the pipeline stops with this error; the position is kept
};

struct RetryOptions {
    BackoffOptions backoff;
    /// Tries of one write before the pipeline stops; 0: for ever (the lag is seen in the metrics).
    int tries_max = 0;
};

/// | class         | Refused     | Unknown |
/// | Transient     | Retry       | Retry   |   retries are safe: delivery is at least once
/// | Throttled     | Retry       | Retry   |
/// | Poison        | DeadLetter  | Retry   |   an unknown outcome is never turned into "not
/// applied" | Misconfigured | Stop        | Stop    | | Fatal         | Stop        | Stop    |
Policy policy_for(ErrorClass error_class, Outcome outcome);

}  // namespace messina::engine
