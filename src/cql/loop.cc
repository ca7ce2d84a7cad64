#include "cql/loop.h"

#include "base/check.h"
#include "cql/session.h"

namespace messina::cql {

Loop::Loop(std::unique_ptr<Transport> transport, Clock& clock)
    : transport_(std::move(transport)), clock_(clock) {}

Loop::~Loop() {
    MESSINA_CHECK(sessions_.empty(), "sessions end before their loop");
}

bool Loop::poll() {
    bool has_moved = transport_->poll();
    for (Session* session : sessions_) has_moved = session->expire() || has_moved;
    // What completed made room for what waits.
    for (Session* session : sessions_) session->flush();
    return has_moved;
}

void Loop::run_until(const std::function<bool()>& is_done) {
    constexpr Nanos wait_max = std::chrono::milliseconds(20);
    while (!is_done())
        if (!poll()) wait(wait_max);
}

}  // namespace messina::cql
