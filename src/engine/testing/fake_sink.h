// For tests: a sink that answers for each row what the test says, at once or later.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/sink.h"
#include "engine/testing/effects.h"

namespace messina::engine::testing {

class FakeSink final : public Sink {
  public:
    enum class When : uint8_t {
        Instantly,  // inside write()
        AtFlush,    // inside flush(), the last row first
        ByHand,     // when the test calls settle()
    };
    enum class Role : uint8_t { Output, DeadLetters };
    struct Refusal {
        Outcome outcome;
        Error error;
    };
    struct Row {
        std::string lane;
        Position position;
    };

    explicit FakeSink(std::string name = "sink#1", Role role = Role::Output)
        : name_(std::move(name)), role_(role) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    void write(Batch& batch, std::span<const RowIndex> rows, Delivery& delivery) override {
        for (const RowIndex row : rows) {
            const Row written{lane_of(batch, row), batch.record_of(row).position};
            attempts.push_back(written);
            pending_.push_back({&delivery, row, written});
        }
        if (when == When::Instantly) settle(pending_.size());
    }
    void flush() override {
        ++flushes;
        if (when != When::AtFlush) return;
        std::deque<Pending> settled = std::exchange(pending_, {});
        for (auto at = settled.rbegin(); at != settled.rend(); ++at) settle_one(*at);
    }
    Result<void> close() override {
        ++closes;
        if (close_error) return fail(*close_error);
        return {};
    }

    /// Reports the oldest `count` rows.
    void settle(size_t count) {
        for (size_t i = 0; i < count; ++i) {
            const Pending next = pending_.front();
            pending_.pop_front();
            settle_one(next);
            if (reports_no_rows_besides) next.delivery->done(0);
        }
    }
    [[nodiscard]] size_t pending() const { return pending_.size(); }
    [[nodiscard]] std::vector<int64_t> delivered_numbers() const {
        std::vector<int64_t> numbers;
        for (const Row& row : delivered) numbers.push_back(row.position.major);
        return numbers;
    }

    When when = When::Instantly;
    bool reports_no_rows_besides = false;  // done(0) after each row
    /// None: done.
    std::function<std::optional<Refusal>(const Row&)> refuses;
    Effects* effects = nullptr;
    std::optional<Error> close_error;
    std::vector<Row> attempts;   // in the order of the writes
    std::vector<Row> delivered;  // in the order they were reported done
    size_t flushes = 0;
    size_t closes = 0;

  private:
    struct Pending {
        Delivery* delivery;
        RowIndex row;
        Row written;
    };
    /// Dead letters carry the lane in their envelope only.
    [[nodiscard]] std::string lane_of(const Batch& batch, RowIndex row) const {
        if (role_ == Role::Output) return std::string(batch.lane);
        return std::string(batch.slots(row)[0].field("source").field("lane").as_text());
    }
    void settle_one(const Pending& settled) {
        if (refuses) {
            if (std::optional<Refusal> refusal = refuses(settled.written)) {
                settled.delivery->failed(settled.row, refusal->outcome, std::move(refusal->error));
                return;
            }
        }
        delivered.push_back(settled.written);
        if (effects != nullptr && role_ == Role::Output)
            effects->add_output(settled.written.lane, settled.written.position);
        if (effects != nullptr && role_ == Role::DeadLetters)
            effects->add_dead_letter(settled.written.lane, settled.written.position);
        settled.delivery->done(1);
    }

    std::string name_;
    Role role_;
    std::deque<Pending> pending_;
};

}  // namespace messina::engine::testing
