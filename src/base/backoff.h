// Delays between tries: exponential with full jitter, bounded, so that many waiters do not come
// back at once.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/random.h"

namespace messina {

struct BackoffOptions {
    Nanos first = std::chrono::milliseconds(50);
    Nanos max = std::chrono::seconds(10);
};

class Backoff {
  public:
    Backoff(BackoffOptions options, uint64_t seed)
        : options_(options), random_(seed), ceiling_(options.first) {}

    /// How long to wait before the next try: between half the current ceiling and the ceiling,
    /// which then doubles.
    Nanos next() {
        ++tries_;
        const Nanos half = ceiling_ / 2;
        const auto jitter =
            static_cast<int64_t>(random_.below(static_cast<uint64_t>(half.count()) + 1));
        const Nanos delay = half + Nanos(jitter);
        ceiling_ = std::min(ceiling_ * 2, options_.max);
        return delay;
    }
    void reset() {
        ceiling_ = options_.first;
        tries_ = 0;
    }
    [[nodiscard]] int tries() const { return tries_; }

  private:
    BackoffOptions options_;
    Random random_;
    Nanos ceiling_;
    int tries_ = 0;
};

}  // namespace messina
