#include "engine/flight.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include <fmt/core.h>

#include "base/check.h"
#include "engine/dead_letter.h"
#include "engine/event_log.h"

namespace messina::engine {

void Write::start(Batch& batch, std::vector<RowIndex> rows) {
    batch_ = &batch;
    rows_ = std::move(rows);
    attempt();
}

void Write::attempt() {
    outstanding_ = rows_.size();
    // A sink may report inside write(); the attempt is judged once, after it has returned.
    is_calling_ = true;
    if (!rows_.empty()) sink_.write(*batch_, rows_, *this);
    is_calling_ = false;
    if (outstanding_ == 0) settle_attempt();
}

void Write::done(size_t rows) {
    MESSINA_CHECK(rows <= outstanding_, "a sink reported more rows than it was given");
    if (rows == 0) return;  // maybe after the last row: the attempt is judged already
    outstanding_ -= rows;
    if (records_ != nullptr) records_->add(rows);
    if (outstanding_ == 0 && !is_calling_) settle_attempt();
}

void Write::failed(RowIndex row, Outcome outcome, Error error) {
    MESSINA_CHECK(outstanding_ > 0 && outcome != Outcome::Done,
                  "a sink reported a row twice, or a success as a failure");
    const Policy policy = policy_for(error.error_class, outcome);
    // Those that become dead letters are counted as such.
    if (policy != Policy::DeadLetter) flight_.lane.context().meters.count_error(error.error_class);
    switch (policy) {
        case Policy::Retry:
            retry_rows_.push_back(row);
            retry_error_ = std::move(error).at(sink_.name());
            break;
        case Policy::DeadLetter: batch_->fail_row(row, sink_.name(), std::move(error)); break;
        case Policy::Stop:
            has_stopped_ = true;
            flight_.lane.fail(std::move(error).at(sink_.name()));
            break;
    }
    --outstanding_;
    if (outstanding_ == 0 && !is_calling_) settle_attempt();
}

void Write::settle_attempt() {
    if (has_stopped_) return;
    if (retry_rows_.empty()) {
        is_complete_ = true;
        return;
    }
    Lane::Context& context = flight_.lane.context();
    const RetryOptions& retry = context.options.retry;
    if (!backoff_) backoff_.emplace(retry.backoff, context.options.seed ^ flight_.ticket);
    const Nanos delay = backoff_->next();
    if (retry.tries_max > 0 && backoff_->tries() >= retry.tries_max) {
        Error error = std::move(*retry_error_);
        error.message += fmt::format(" (gave up after {} tries)", backoff_->tries());
        flight_.lane.fail(std::move(error));
        return;
    }
    log_event(context.options, observe::kRetrying,
              {.lane = flight_.lane.name(), .error = &*retry_error_}, backoff_->tries(), delay);
    context.meters.retries.add(retry_rows_.size());
    std::ranges::sort(retry_rows_);
    rows_ = std::exchange(retry_rows_, {});
    is_waiting_ = true;
    is_due_ = false;
    context.worker.schedule(delay, [this, alive = flight_.alive()] {
        if (!alive.expired()) is_due_ = true;
    });
}

bool Write::retry_if_due() {
    if (!is_waiting_ || !is_due_) return false;
    is_waiting_ = false;
    attempt();
    return true;
}

Flight::Flight(Lane& owner, std::unique_ptr<Batch> taken_batch, Ticket its_ticket, Instant taken_at)
    : lane(owner), batch(std::move(taken_batch)), ticket(its_ticket), taken(taken_at) {}

void Flight::write_outputs() {
    state = FlightState::Writing;
    Lane::Context& context = lane.context();
    std::vector<Output>& outputs = context.graph.outputs;
    const bool is_routed = std::ranges::all_of(
        outputs, [](const Output& output) { return output.selector != nullptr; });
    std::vector<bool> is_taken(is_routed ? batch->row_count() : 0, false);

    // Selection first, writing second: a sink must see no row that another output's condition
    // fails.
    std::vector<std::vector<RowIndex>> chosen(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].selector == nullptr) continue;
        outputs[i].selector->select(*batch, chosen[i]);
    }
    batch->remove_failed();
    for (size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].selector == nullptr) {
            chosen[i] = batch->live();
        } else if (!batch->failures.empty()) {
            std::erase_if(chosen[i], [this](RowIndex row) { return batch->has_failed(row); });
        }
        if (is_routed)
            for (const RowIndex row : chosen[i]) is_taken[row] = true;
    }
    if (is_routed) {
        const auto unrouted =
            std::ranges::count_if(batch->live(), [&](RowIndex row) { return !is_taken[row]; });
        context.meters.outputs.dropped.add(static_cast<uint64_t>(unrouted));
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
        writes_.push_back(
            std::make_unique<Write>(*this, *outputs[i].sink, context.meters.records_out[i]));
        writes_.back()->start(*batch, std::move(chosen[i]));
    }
}

bool Flight::is_writing() const {
    return std::ranges::any_of(writes_, [](const auto& write) { return !write->is_complete(); });
}

bool Flight::is_waiting_for(const Sink& sink) const {
    bool is_waiting = false;
    for_each_write([&](const Write& write) {
        is_waiting = is_waiting || (write.is_waiting() && &write.sink() == &sink);
    });
    return is_waiting;
}

const Error* Flight::awaited_error() const {
    const Error* error = nullptr;
    for_each_write([&](const Write& write) {
        if (error == nullptr) error = write.awaited_error();
    });
    return error;
}

bool Flight::is_held() const {
    bool is_with_sink = false;
    for_each_write(
        [&](const Write& write) { is_with_sink = is_with_sink || write.is_with_sink(); });
    return is_pending || is_with_sink;
}

bool Flight::retry_writes() {
    bool has_tried = false;
    for_each_write([&](Write& write) {
        if (!lane.is_sink_awaited_before(*this, write.sink()))
            has_tried = write.retry_if_due() || has_tried;
    });
    return has_tried;
}

void Flight::settle_if_durable() {
    if (state == FlightState::Writing && !is_abandoned && !is_writing() && batch->failures.empty())
        state = FlightState::Settled;
}

void Flight::move_after_writes() {
    if (state == FlightState::Writing) {
        if (is_writing()) return;
        if (batch->failures.empty()) {
            state = FlightState::Settled;
            return;
        }
        Lane::Context& context = lane.context();
        if (context.graph.dead_letters == nullptr) {
            const RowFailure& first =
                *std::ranges::min_element(batch->failures, {}, &RowFailure::record);
            lane.fail(lane.stop_error(first, batch->records[first.record].position));
            return;
        }
        state = FlightState::DeadLetters;
        dead_letters_ = make_dead_letters(*batch, context.options.name, lane.name());
        dead_letter_write_ = std::make_unique<Write>(*this, *context.graph.dead_letters, nullptr);
        for (const RowFailure& failure : batch->failures) {
            context.meters.count_error(failure.error.error_class);
            context.meters.count_dead_letter(failure.error.code);
            log_event(context.options, observe::kRecordRefused,
                      {.lane = lane.name(), .error = &failure.error}, failure.step,
                      to_text(batch->records[failure.record].position));
        }
        dead_letter_write_->start(*dead_letters_, dead_letters_->live());
    }
    if (state == FlightState::DeadLetters && dead_letter_write_->is_complete()) {
        if (dead_letters_->failures.empty()) {
            state = FlightState::Settled;
        } else {
            // A dead letter that is itself refused has nowhere to go; dropping it would lose the
            // record.
            const RowFailure& first = dead_letters_->failures.front();
            lane.fail(lane.stop_error(first, dead_letters_->records[first.record].position));
        }
    }
}

}  // namespace messina::engine
