// One batch on its way through a lane: where it stands, what it still waits for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/lane.h"

namespace messina::engine {

class Flight;

/// The rows of one batch that go to one sink: retried by class of error until each is done or
/// refused for good.
class Write final : public Delivery {
  public:
    Write(Flight& flight, Sink& sink, observe::Counter* records)
        : flight_(flight), sink_(sink), records_(records) {}

    void start(Batch& batch, std::vector<RowIndex> rows);
    void done(size_t rows) override;
    void failed(RowIndex row, Outcome outcome, Error error) override;
    /// Tries again what waits, once its delay has passed. True when it did.
    bool retry_if_due();
    [[nodiscard]] bool is_complete() const { return is_complete_; }
    /// Between two tries.
    [[nodiscard]] bool is_waiting() const { return is_waiting_; }
    /// Of the last try, while it waits for the next; otherwise null.
    [[nodiscard]] const Error* awaited_error() const {
        return is_waiting_ ? &*retry_error_ : nullptr;
    }
    /// Whether the sink still has rows to report.
    [[nodiscard]] bool is_with_sink() const { return outstanding_ > 0; }
    [[nodiscard]] const Sink& sink() const { return sink_; }

  private:
    void attempt();
    void settle_attempt();

    Flight& flight_;
    Sink& sink_;
    observe::Counter* records_;
    Batch* batch_ = nullptr;
    std::vector<RowIndex> rows_;
    std::vector<RowIndex> retry_rows_;
    std::optional<Error> retry_error_;
    std::optional<Backoff> backoff_;
    size_t outstanding_ = 0;
    bool is_calling_ = false;
    bool is_complete_ = false;
    bool is_waiting_ = false;
    bool is_due_ = false;
    bool has_stopped_ = false;  // a row failed in a way that stops the lane: never complete
};

enum class FlightState : uint8_t {
    AtStep,       // inside or before step number `step`
    Writing,      // with the sinks
    DeadLetters,  // its failed records are being written
    Settled,      // every effect is durable
};

class Flight final : public Resumption {
  public:
    Flight(Lane& lane, std::unique_ptr<Batch> batch, Ticket ticket, Instant taken);

    void resume() override { is_pending = false; }
    /// Hands rows to every output.
    void write_outputs();
    /// Goes to the dead letters or settles, once nothing is being written.
    void move_after_writes();
    /// Tries again what is due, behind earlier flights that wait for the same sink. True when
    /// anything was tried.
    bool retry_writes();
    /// Settles when everything is durable already: all that is left to do in a lane that has
    /// failed.
    void settle_if_durable();
    [[nodiscard]] bool is_waiting_for(const Sink& sink) const;
    [[nodiscard]] bool has_waiting_write() const { return awaited_error() != nullptr; }
    /// Of the first write that waits for its next try; null: none does.
    [[nodiscard]] const Error* awaited_error() const;
    /// Whether a step or a sink still refers to the batch.
    [[nodiscard]] bool is_held() const;
    /// The flight comes before all others for this long: its lane's timers hold a weak reference to
    /// it.
    [[nodiscard]] std::weak_ptr<bool> alive() const { return alive_; }

    Lane& lane;
    std::unique_ptr<Batch> batch;
    Ticket ticket;
    Instant taken;
    size_t bytes = 0;
    size_t records = 0;       // taken
    size_t records_done = 0;  // fewer when the lane stops inside the batch
    FlightState state = FlightState::AtStep;
    size_t step = 0;
    bool has_started_step = false;
    uint64_t dropped_before = 0;  // of the batch, when the step began
    size_t failed_before = 0;
    bool is_pending = false;
    bool is_abandoned = false;  // behind a record that stopped the lane: read again after a restart

  private:
    [[nodiscard]] bool is_writing() const;
    /// Every write, that of the dead letters last.
    template <class Visit>
    void for_each_write(Visit&& visit) const {
        for (const auto& write : writes_) visit(*write);
        if (dead_letter_write_ != nullptr) visit(*dead_letter_write_);
    }

    std::vector<std::unique_ptr<Write>> writes_;
    std::unique_ptr<Batch> dead_letters_;
    std::unique_ptr<Write> dead_letter_write_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace messina::engine
