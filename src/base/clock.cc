#include "base/clock.h"

namespace messina {
namespace {

class SystemClock final : public Clock {
  public:
    [[nodiscard]] WallTime now() const override { return std::chrono::system_clock::now(); }
    [[nodiscard]] Instant instant() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

Clock& system_clock() {
    static SystemClock clock;
    return clock;
}

}  // namespace messina
