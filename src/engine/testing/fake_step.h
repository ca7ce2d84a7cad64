// For tests: a step that drops and fails what the test says, and may keep batches until the test
// lets them go.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/step.h"
#include "engine/testing/effects.h"

namespace messina::engine::testing {

class FakeStep final : public Step {
  public:
    explicit FakeStep(std::string name = "fake#1") : name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] bool keeps_order() const override { return order_kept; }

    StepState process(Batch& batch, Resumption& resumption) override {
        started.push_back(batch.begin);
        for (const RowIndex row : batch.live()) {
            if (!fails) break;
            if (auto error = fails(batch.record_of(row)))
                batch.fail_row(row, name_, std::move(*error));
        }
        batch.retain([&](RowIndex row) {
            const bool is_dropped = drops && !batch.has_failed(row) && drops(batch.record_of(row));
            if (!is_dropped) return true;
            ++batch.dropped;
            if (effects != nullptr)
                effects->add_drop(std::string(batch.lane), batch.record_of(row).position);
            return false;
        });
        if (!holds) return StepState::Ready;
        held.push_back({batch.begin, &resumption});
        return StepState::Pending;
    }

    /// Lets the held batch that begins at record `number` go on.
    void release(int64_t number) {
        for (auto at = held.begin(); at != held.end(); ++at) {
            if (at->begin.major != number) continue;
            Resumption* resumption = at->resumption;
            held.erase(at);
            resumption->resume();
            return;
        }
        MESSINA_CHECK(false, "the test releases a batch that is held");
    }

    struct Held {
        Position begin;
        Resumption* resumption;
    };
    bool order_kept = true;
    bool holds = false;
    std::function<std::optional<Error>(const Record&)> fails;
    std::function<bool(const Record&)> drops;
    Effects* effects = nullptr;
    std::vector<Position> started;  // begins of the batches, as they came
    std::vector<Held> held;

  private:
    std::string name_;
};

}  // namespace messina::engine::testing
