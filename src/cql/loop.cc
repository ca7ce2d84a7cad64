#include "cql/loop.h"

#include <algorithm>

#include "base/check.h"
#include "cql/session.h"

namespace messina::cql {
namespace {

// Of the time that an answer takes, so much may be added to it.
constexpr int kRestShare = 16;
constexpr Nanos kRestMax = std::chrono::milliseconds(1);
// Below this the kernel's own delays are longer.
constexpr Nanos kRestMin = std::chrono::microseconds(50);

}  // namespace

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

void Loop::wait(Nanos max) {
    const Nanos rest = rest_time();
    if (rest > Nanos(0)) transport_->rest(rest);
    transport_->wait(std::max(max - rest, Nanos(0)));
}

void Loop::note_answer_time(Nanos time) {
    constexpr int weight = 16;
    answer_time_ += (time - answer_time_) / weight;
}

Nanos Loop::rest_time() const {
    const bool is_asking =
        std::ranges::any_of(sessions_, [](const Session* s) { return s->in_flight() > 0; });
    const Nanos rest = std::min(answer_time_ / kRestShare, kRestMax);
    return is_asking && rest >= kRestMin ? rest : Nanos(0);
}

void Loop::run_until(const std::function<bool()>& is_done) {
    constexpr Nanos wait_max = std::chrono::milliseconds(20);
    while (!is_done())
        if (!poll()) wait(wait_max);
}

}  // namespace messina::cql
