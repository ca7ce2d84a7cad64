// filter: keeps the records for which a condition holds.
#include <fmt/core.h>

#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "filter",
    .summary =
        "Keeps the records for which a condition is true; the others are dropped and counted.",
    .options = {{.name = "condition",
                 .type = config::expression(),
                 .is_required = true,
                 .doc = "A CEL expression that gives true or false.",
                 .example = "event.kind == \"click\""}},
    .details =
        "A condition that needs a field which the record does not have counts as false. Any other "
        "error of the "
        "expression (a field of another type, a division by zero) sends the record to the dead "
        "letters.",
    .example = "filter: event.kind == \"click\" && event.price > 10.0",
    .shorthand = "condition",
};

class Filter final : public engine::Step {
  public:
    Filter(std::string name, const cel::Program& condition, const std::string& text)
        : name_(std::move(name)), condition_(condition), text_(text) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        const size_t before = batch.live().size();
        size_t failed = 0;
        batch.retain([&](RowIndex row) {
            const Value result = plan::evaluate(condition_, batch, row);
            if (result.is(Kind::Bool)) [[likely]]
                return result.as_bool();
            if (result.is_absent()) return false;
            batch.fail_row(row, name_, plan::expression_error(result, text_));
            ++failed;
            return false;
        });
        batch.dropped += before - batch.live().size() - failed;
        return engine::StepState::Ready;
    }

  private:
    std::string name_;
    const cel::Program& condition_;
    const std::string& text_;
};

class FilterPlan final : public plan::StepPlan {
  public:
    FilterPlan(std::string name, std::unique_ptr<cel::Program> condition, std::string text)
        : name_(std::move(name)), condition_(std::move(condition)), text_(std::move(text)) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        return std::make_unique<Filter>(name_, *condition_, text_);
    }
    [[nodiscard]] std::string describe() const override { return "keep where " + text_; }

  private:
    std::string name_;
    std::unique_ptr<cel::Program> condition_;
    std::string text_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    const config::ExpressionText expression = options.get_expression("condition");
    MESSINA_TRY(auto condition, context.compile(expression));
    const TypeKind kind = condition->result_type()->kind;
    if (kind != TypeKind::Bool && kind != TypeKind::Dynamic)
        return fail(config::error_at(expression.mark, "filter.not_a_condition",
                                     fmt::format("a filter needs true or false, this gives {}",
                                                 condition->result_type()->to_text()),
                                     "compare it with something", expression.text.size()));
    return std::make_unique<FilterPlan>(std::move(name), std::move(condition), expression.text);
}

}  // namespace

const plan::StepKind kFilter = {&kSection, build};

}  // namespace messina::step
