// upsert: writes a row of a table for each record, which goes on when the row is durable.
#include <algorithm>

#include "base/backoff.h"
#include "base/check.h"
#include "plan/row_plan.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "upsert",
    .summary =
        "Writes a row of a table for each record; the record goes on when the row is durable.",
    .options = plan::row_options(),
    .details =
        "Writes carry the record's own time as write timestamp, so that a replay changes nothing. "
        "A failed write is tried again "
        "with growing delays until it succeeds; a record that cannot be a row of the table goes to "
        "the dead letters.",
    .example =
        "upsert: { table: tracking.id_match, key: { id: event.cookie }, set: { user_id: "
        "event.user_id }, ttl: 'duration(\"720h\")' }",
};

/// One batch's write under way.
class Pending final : public table::WriteReceiver {
  public:
    Pending(Batch& batch, engine::Resumption& resumption, std::function<void(Pending&)> ended)
        : batch_(batch), resumption_(resumption), ended_(std::move(ended)) {}

    void expect(std::vector<RowIndex> rows) {
        rows_ = std::move(rows);
        outstanding_ = rows_.size();
        retry_.clear();
    }
    void on_written(size_t index, const Error* error) override {
        MESSINA_CHECK(outstanding_ > 0, "each mutation is reported once");
        if (error != nullptr) {
            const bool can_retry = error->error_class == ErrorClass::Transient ||
                                   error->error_class == ErrorClass::Throttled;
            if (can_retry) {
                retry_.push_back(rows_[index]);
            } else {
                failures_.push_back({rows_[index], *error});
            }
        }
        if (--outstanding_ == 0) ended_(*this);
    }

    [[nodiscard]] Batch& batch() { return batch_; }
    [[nodiscard]] engine::Resumption& resumption() { return resumption_; }
    [[nodiscard]] std::vector<RowIndex> take_retry() { return std::exchange(retry_, {}); }
    void fail_rows(const std::string& step) {
        for (auto& [row, error] : failures_) batch_.fail_row(row, step, std::move(error));
        failures_.clear();
    }
    std::optional<Backoff> backoff;
    bool is_in_process = true;
    bool is_done = false;

  private:
    Batch& batch_;
    engine::Resumption& resumption_;
    std::function<void(Pending&)> ended_;
    std::vector<RowIndex> rows_;
    std::vector<RowIndex> retry_;
    std::vector<std::pair<RowIndex, Error>> failures_;
    size_t outstanding_ = 0;
};

class Upsert final : public engine::Step {
  public:
    Upsert(std::string name, std::unique_ptr<plan::RowWriter> writer, engine::WorkerContext& worker)
        : name_(std::move(name)), writer_(std::move(writer)), worker_(worker) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption& resumption) override {
        pending_.push_back(std::make_unique<Pending>(batch, resumption,
                                                     [this](Pending& ended) { on_ended(ended); }));
        Pending& pending = *pending_.back();
        write(pending, batch.live());
        pending.is_in_process = false;
        if (!pending.is_done) return engine::StepState::Pending;
        forget(pending);
        return engine::StepState::Ready;
    }

  private:
    void write(Pending& pending, std::vector<RowIndex> rows) {
        writer_->prepare(pending.batch(), rows, [&](RowIndex row, Error error) {
            pending.batch().fail_row(row, name_, std::move(error));
        });
        if (writer_->prepared().empty()) {
            complete(pending);
            return;
        }
        pending.expect(writer_->prepared());
        writer_->write(pending.batch(), pending);
    }

    void on_ended(Pending& pending) {
        std::vector<RowIndex> retry = pending.take_retry();
        pending.fail_rows(name_);
        if (!retry.empty()) {
            if (!pending.backoff)
                pending.backoff.emplace(BackoffOptions{}, reinterpret_cast<uintptr_t>(&pending));
            std::ranges::sort(retry);
            worker_.schedule(pending.backoff->next(),
                             [this, &pending, rows = std::move(retry)] { write(pending, rows); });
            return;
        }
        complete(pending);
    }

    void complete(Pending& pending) {
        pending.is_done = true;
        if (pending.is_in_process) return;
        engine::Resumption& resumption = pending.resumption();
        forget(pending);
        resumption.resume();
    }

    void forget(Pending& pending) {
        std::erase_if(pending_, [&](const auto& other) { return other.get() == &pending; });
    }

    std::string name_;
    std::unique_ptr<plan::RowWriter> writer_;
    engine::WorkerContext& worker_;
    std::vector<std::unique_ptr<Pending>> pending_;
};

class UpsertPlan final : public plan::StepPlan {
  public:
    UpsertPlan(std::string name, plan::RowPlan row, plan::BuildContext& context)
        : name_(std::move(name)), row_(std::move(row)), context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport support) const override {
        MESSINA_TRY(auto writer, plan::RowWriter::make(row_, context_, support));
        return std::make_unique<Upsert>(name_, std::move(writer), support.worker);
    }
    [[nodiscard]] std::string describe() const override { return row_.describe(); }
    [[nodiscard]] bool keeps_exactly_once() const override { return row_.is_idempotent(); }

  private:
    std::string name_;
    plan::RowPlan row_;
    plan::BuildContext& context_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    MESSINA_TRY(plan::RowPlan row, plan::RowPlan::make(options, context));
    return std::make_unique<UpsertPlan>(std::move(name), std::move(row), context);
}

}  // namespace

const plan::StepKind kUpsert = {&kSection, build};

}  // namespace messina::step
