#include "engine/lane.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/failpoint.h"
#include "engine/event_log.h"
#include "engine/flight.h"

namespace messina::engine {

namespace {
// A steady state has a few batches in flight; the memory of a burst is given back.
constexpr size_t kSpareBatchesMax = 4;
}  // namespace

Lane::Lane(LaneId id, std::unique_ptr<LaneReader> reader, Context context)
    : id_(id),
      reader_(std::move(reader)),
      context_(context),
      take_backoff_(context.options.retry.backoff, context.options.seed),
      name_(reader_->name()) {
    const auto& steps = context_.graph.steps;
    const auto first =
        std::ranges::find_if(steps, [](const auto& step) { return !step->keeps_order(); });
    unordered_from_ = static_cast<size_t>(first - steps.begin());
}

Lane::~Lane() {
    for (const auto& flight : flights_) let_go(*flight);
}

bool Lane::is_finished() const {
    return flights_.empty() && (is_ended_ || is_draining_);
}

bool Lane::is_held() const {
    return std::ranges::any_of(flights_, [](const auto& flight) { return flight->is_held(); });
}

std::optional<Position> Lane::take_commit() {
    if (is_lost_ || !ledger_.has_progress()) return std::nullopt;
    ledger_.taking_commit();
    has_taken_commit_ = context_.is_transactional;
    return ledger_.committable();
}

bool Lane::is_writing() const {
    return std::ranges::any_of(flights_, [this](const auto& flight) {
        const bool is_with_sinks =
            flight->state == FlightState::Writing || flight->state == FlightState::DeadLetters;
        return is_with_sinks && (!is_over() || flight->is_held());
    });
}

bool Lane::has_torn_batch() const {
    return is_over() && std::ranges::any_of(flights_, [](const auto& flight) {
               return flight->state == FlightState::Writing ||
                      flight->state == FlightState::DeadLetters;
           });
}

bool Lane::has_uncommitted() const {
    return !is_lost_ && (ledger_.has_progress() || has_taken_commit_);
}

void Lane::discard() {
    ledger_.taking_commit();
    has_taken_commit_ = false;
    std::erase_if(flights_, [this](const auto& flight) {
        const bool is_gone = is_over() && !flight->is_held();
        if (is_gone) let_go(*flight);
        return is_gone;
    });
}

Result<std::unique_ptr<LaneReader>> Lane::give_back_reader() {
    is_lost_ = true;
    if (committed_) MESSINA_TRY_VOID(reader_->rewind(*committed_));
    return std::move(reader_);
}

void Lane::change_bytes(ptrdiff_t by) {
    inflight_bytes_ += static_cast<size_t>(by);
    context_.worker_bytes += static_cast<size_t>(by);
    context_.meters.inflight_bytes.set(static_cast<double>(context_.worker_bytes));
}

Error Lane::stop_error(const RowFailure& failure, const Position& position) const {
    Error error = Error(failure.error)
                      .at(failure.step)
                      .at(fmt::format("{}: lane {} stopped at {}", context_.options.name, name(),
                                      to_text(position)));
    error.error_class = ErrorClass::Fatal;
    if (error.hint.empty())
        error.hint =
            "mend the record or the pipeline, or set `dead_letter:` so that such records are put "
            "aside";
    return error;
}

const Error* Lane::awaited_error() const {
    for (const auto& flight : flights_)
        if (const Error* error = flight->awaited_error()) return error;
    return nullptr;
}

bool Lane::is_sink_awaited_before(const Flight& later, const Sink& sink) const {
    for (const auto& flight : flights_) {
        if (flight.get() == &later) break;
        if (flight->is_waiting_for(sink)) return true;
    }
    return false;
}

void Lane::fail(Error error) {
    if (failure_) return;
    failure_ = std::move(error);
    is_draining_ = true;
}

bool Lane::turn() {
    if (is_over()) {
        // What the sinks report meanwhile is durable all the same: it need not be repeated.
        pump();
        return false;
    }
    bool has_moved = pump();
    const bool may_take = !is_draining_ && !is_ended_ &&
                          flights_.size() < context_.options.limits.lane_batches_max &&
                          inflight_bytes_ < context_.options.limits.lane_bytes_max &&
                          (context_.worker_bytes < context_.worker_bytes_max || flights_.empty());
    if (may_take && context_.worker.clock().instant() >= next_take_ && take_batch()) {
        pump();
        has_moved = true;
    }
    return has_moved;
}

bool Lane::take_batch() {
    std::unique_ptr<Batch> batch;
    if (spare_batches_.empty()) {
        batch = std::make_unique<Batch>();
    } else {
        batch = std::move(spare_batches_.back());
        spare_batches_.pop_back();
    }
    Result<TakeState> taken = reader_->take(*batch, context_.options.limits.take);
    if (!taken) {
        context_.meters.count_error(taken.error().error_class);
        if (policy_for(taken.error().error_class, Outcome::Refused) == Policy::Retry) {
            const Nanos delay = take_backoff_.next();
            next_take_ = context_.worker.clock().instant() + delay;
            context_.worker.schedule(delay, [] {});  // wakes the worker in time
            context_.meters.retries.add(1);
            log_event(context_.options, observe::kRetrying,
                      {.lane = name(), .error = &taken.error()}, take_backoff_.tries(), delay);
            return false;
        }
        // What was read before still goes out, and its positions are committed.
        is_draining_ = true;
        pending_failure_ = std::move(taken.error());
        batch->reset();
        spare_batches_.push_back(std::move(batch));
        release_settled();
        return false;
    }
    take_backoff_.reset();
    if (*taken == TakeState::End) is_ended_ = true;
    if (*taken != TakeState::Taken) {
        batch->reset();
        spare_batches_.push_back(std::move(batch));
        return *taken == TakeState::End;
    }
    auto flight =
        std::make_unique<Flight>(*this, std::move(batch), 0, context_.worker.clock().instant());
    flight->batch->lane = name();
    if (!committed_) committed_ = flight->batch->begin;
    flight->ticket = ledger_.enter(flight->batch->end);
    for (const Record& record : flight->batch->records)
        flight->bytes += record.raw.size() + record.key.size();
    flight->batch->make_rows(context_.graph.slot_count, context_.graph.site_count);
    flight->records = flight->records_done = flight->batch->records.size();
    context_.meters.records_in.add(flight->records);
    context_.meters.change_inflight(static_cast<int64_t>(flight->records));
    context_.meters.bytes_in.add(flight->bytes);
    change_bytes(static_cast<ptrdiff_t>(flight->bytes));
    flights_.push_back(std::move(flight));
    return true;
}

bool Lane::pump() {
    bool has_moved = false;
    for (size_t i = 0; i < flights_.size() && !is_over(); ++i) has_moved = advance(i) || has_moved;
    if (is_over())
        for (auto& flight : flights_) flight->settle_if_durable();
    release_settled();
    return has_moved;
}

/// Moves one flight as far as its own state and the flight before it allow.
bool Lane::advance(size_t index) {
    Flight& flight = *flights_[index];
    bool has_moved = false;
    if (flight.is_abandoned) return false;
    while (flight.state == FlightState::AtStep && !is_over()) {
        const Flight* before = index == 0 ? nullptr : flights_[index - 1].get();
        if (flight.has_started_step) {
            if (flight.is_pending) return has_moved;
            finish_step(flight);
            has_moved = true;
        }
        const bool may_start = before == nullptr || flight.step > unordered_from_ ||
                               before->state != FlightState::AtStep || before->step > flight.step ||
                               (before->step == flight.step && before->has_started_step);
        if (!may_start) return has_moved;
        const bool is_at_outputs = flight.step == context_.graph.steps.size();
        if (is_at_outputs && !context_.may_write) return has_moved;
        if (is_at_outputs && std::ranges::any_of(flights_, [](const auto& other) {
                return other->has_waiting_write();
            }))
            return has_moved;
        has_moved = true;
        if (is_at_outputs) {
            start_outputs(flight);
        } else {
            run_step(flight);
        }
    }
    const FlightState state = flight.state;
    if (state == FlightState::Writing || state == FlightState::DeadLetters) {
        has_moved = flight.retry_writes() || has_moved;
        flight.move_after_writes();
    }
    return has_moved || flight.state != state;
}

void Lane::run_step(Flight& flight) {
    Step& step = *context_.graph.steps[flight.step];
    StepMeters& meters = context_.meters.steps[flight.step];
    Batch& batch = *flight.batch;
    flight.dropped_before = batch.dropped;
    flight.failed_before = batch.failures.size();
    const Instant start = context_.worker.clock().instant();
    flight.has_started_step = true;
    flight.is_pending = true;  // resume() may come before process() returns
    if (step.process(batch, flight) == StepState::Ready) flight.is_pending = false;
    const Nanos spent = context_.worker.clock().instant() - start;
    meters.duration.record(spent);
    if (flight.step == 0) (void)failpoint("engine.after_decode");
}

void Lane::finish_step(Flight& flight) {
    StepMeters& meters = context_.meters.steps[flight.step];
    meters.dropped.add(flight.batch->dropped - flight.dropped_before);
    meters.failed.add(flight.batch->failures.size() - flight.failed_before);
    flight.batch->remove_failed();
    ++flight.step;
    flight.has_started_step = false;
}

void Lane::start_outputs(Flight& flight) {
    (void)failpoint("engine.before_release");
    stop_at_fatal_failure(flight);
    // What decoding and steps have put into the arena is known now, and is most of a batch's
    // memory.
    change_bytes(static_cast<ptrdiff_t>(flight.batch->bytes() - flight.bytes));
    flight.bytes = flight.batch->bytes();
    const Instant start = context_.worker.clock().instant();
    flight.write_outputs();
    context_.meters.outputs.duration.record(context_.worker.clock().instant() - start);
}

/// Some failures stop the lane: all of them when there are no dead letters, and those that no dead
/// letter can mend. What was read before the failing record still goes out, so that the position to
/// go on from is exactly that record's.
void Lane::stop_at_fatal_failure(Flight& flight) {
    Batch& batch = *flight.batch;
    const RowFailure* first = nullptr;
    for (const RowFailure& failure : batch.failures) {
        const bool is_fatal =
            !context_.has_dead_letters ||
            policy_for(failure.error.error_class, Outcome::Refused) == Policy::Stop;
        if (is_fatal && (first == nullptr || failure.record < first->record)) first = &failure;
    }
    if (first == nullptr) return;

    const RowIndex record = first->record;
    const Position position = batch.records[record].position;
    Error error = stop_error(*first, position);
    flight.records_done = record;
    std::erase_if(batch.failures,
                  [record](const RowFailure& failure) { return failure.record >= record; });
    batch.retain([&](RowIndex row) { return batch.record_index_of(row) < record; });
    ledger_.stop_at(flight.ticket, position);
    // Later batches were taken already; they are forgotten here and read again after the mending.
    for (auto& other : flights_)
        if (other->ticket > flight.ticket) other->is_abandoned = true;
    is_draining_ = true;
    pending_failure_ = std::move(error);
}

/// The flight leaves the lane, done or abandoned.
void Lane::let_go(Flight& flight) {
    context_.meters.change_inflight(-static_cast<int64_t>(flight.records));
    change_bytes(-static_cast<ptrdiff_t>(flight.bytes));
}

void Lane::release_settled() {
    const Instant now = context_.worker.clock().instant();
    for (auto& flight : flights_) {
        if (flight->state != FlightState::Settled) continue;
        ledger_.settle(flight->ticket);
        let_go(*flight);
        context_.meters.records_done.add(flight->records_done);
        context_.meters.latency.record(now - flight->taken, flight->records_done);
        flight->batch->reset();
        if (spare_batches_.size() < kSpareBatchesMax)
            spare_batches_.push_back(std::move(flight->batch));
    }
    std::erase_if(flights_, [this](const auto& flight) {
        if (flight->state == FlightState::Settled) return true;
        // An abandoned batch that a step or a sink still refers to must stay until they let it go.
        if (!flight->is_abandoned || flight->is_held()) return false;
        let_go(*flight);
        return true;
    });
    if (flights_.empty() && pending_failure_) fail(std::move(*pending_failure_));
}

}  // namespace messina::engine
