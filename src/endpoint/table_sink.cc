// table sink: writes a row for each record.
#include "endpoint/endpoint.h"
#include "plan/row_plan.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "table",
    .summary = "Writes a row of a table for each record.",
    .options = plan::row_options(),
    .details =
        "Rows carry the record's own time as write timestamp: a replay changes nothing, and of two "
        "writes the newer wins.",
    .example =
        "table: { table: tracking.id_match, key: { id: event.cookie }, set: { user_id: "
        "event.user_id } }",
};

/// Reports one write() of rows, then goes away.
class Report final : public table::WriteReceiver {
  public:
    Report(engine::Delivery& delivery, std::vector<RowIndex> rows)
        : delivery_(delivery), rows_(std::move(rows)), outstanding_(rows_.size()) {}
    void on_written(size_t index, const Error* error) override {
        if (error == nullptr) {
            ++done_;
        } else {
            const bool is_unsure = error->error_class == ErrorClass::Transient;
            delivery_.failed(rows_[index],
                             is_unsure ? engine::Outcome::Unknown : engine::Outcome::Refused,
                             *error);
        }
        if (--outstanding_ > 0) return;
        if (done_ > 0) delivery_.done(done_);
        delete this;
    }

  private:
    engine::Delivery& delivery_;
    std::vector<RowIndex> rows_;
    size_t outstanding_;
    size_t done_ = 0;
};

class TableSink final : public engine::Sink {
  public:
    TableSink(std::string name, std::unique_ptr<plan::RowWriter> writer)
        : name_(std::move(name)), writer_(std::move(writer)) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    void write(Batch& batch, std::span<const RowIndex> rows, engine::Delivery& delivery) override {
        writer_->prepare(batch, rows, [&](RowIndex row, Error error) {
            delivery.failed(row, engine::Outcome::Refused, std::move(error));
        });
        if (writer_->prepared().empty()) return;
        // Owned by itself: it ends with the last of its reports, which may come long after this
        // call.
        auto report = std::make_unique<Report>(delivery, writer_->prepared());
        writer_->write(batch, *report.release());
    }
    void flush() override {}
    Result<void> close() override { return {}; }

  private:
    std::string name_;
    std::unique_ptr<plan::RowWriter> writer_;
};

class TableSinkPlan final : public SinkPlan {
  public:
    TableSinkPlan(std::string name, plan::RowPlan row, plan::BuildContext& context)
        : name_(std::move(name)), row_(std::move(row)), context_(context) {}
    [[nodiscard]] const Format* format() const override { return nullptr; }
    Result<void> open(bool) override { return {}; }
    [[nodiscard]] bool keeps_exactly_once() const override { return row_.is_idempotent(); }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan&,
                                               plan::StepSupport support) override {
        MESSINA_TRY(auto writer, plan::RowWriter::make(row_, context_, support));
        return std::make_unique<TableSink>(name_, std::move(writer));
    }
    [[nodiscard]] std::string describe() const override { return "rows to " + row_.describe(); }

  private:
    std::string name_;
    plan::RowPlan row_;
    plan::BuildContext& context_;
};

Result<std::unique_ptr<SinkPlan>> build(std::string name, const config::Options& options,
                                        plan::BuildContext& context, const PipelineFacts&) {
    MESSINA_TRY(plan::RowPlan row, plan::RowPlan::make(options, context));
    return std::make_unique<TableSinkPlan>(std::move(name), std::move(row), context);
}

}  // namespace

const SinkKind kTableSink = {&kSection, build};

}  // namespace messina::endpoint
