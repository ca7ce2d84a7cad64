// set: gives fields of the event new values.
#include <fmt/format.h>

#include "step/event_writer.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "set",
    .summary = "Gives fields of the event new values.",
    .options =
        {{.name = "fields",
          .type = config::expression_map(),
          .is_required = true,
          .doc = "Field path to CEL expression. All expressions see the event as it was before "
                 "this step.",
          .example =
              "{ user_id: match.user_id, geo.country: 'profile.?country.orValue(\"unknown\")' }"}},
    .details =
        "A field whose expression finds nothing (a look-up that missed) is absent afterwards, also "
        "when it was there before.",
    .example = "set: { user_id: match.user_id, total: event.price * double(event.count) }",
    .shorthand = "fields",
};

struct Assignment {
    SlotIndex slot;
    std::unique_ptr<cel::Program> program;
    std::string text;
};

class Set final : public engine::Step {
  public:
    Set(std::string name, const std::vector<Assignment>& assignments,
        const plan::BuildContext& context)
        : name_(std::move(name)), assignments_(assignments), values_(assignments.size()) {
        for (const Assignment& assignment : assignments)
            writers_.emplace_back(assignment.slot, context);
    }
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        for (const RowIndex row : batch.live()) {
            if (!compute(batch, row)) continue;
            for (size_t i = 0; i < writers_.size(); ++i) writers_[i].write(batch, row, values_[i]);
        }
        return engine::StepState::Ready;
    }

  private:
    bool compute(Batch& batch, RowIndex row) {
        for (size_t i = 0; i < assignments_.size(); ++i) {
            Value value = plan::evaluate(*assignments_[i].program, batch, row);
            if (value.is(Kind::Optional))
                value = value.as_optional() == nullptr ? Value() : *value.as_optional();
            if (value.is(Kind::Error)) {
                batch.fail_row(row, name_, plan::expression_error(value, assignments_[i].text));
                return false;
            }
            values_[i] = value;
        }
        return true;
    }

    std::string name_;
    const std::vector<Assignment>& assignments_;
    std::vector<EventWriter> writers_;
    std::vector<Value> values_;
};

class SetPlan final : public plan::StepPlan {
  public:
    SetPlan(std::string name, std::vector<Assignment> assignments,
            const plan::BuildContext& context)
        : name_(std::move(name)), assignments_(std::move(assignments)), context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        return std::make_unique<Set>(name_, assignments_, context_);
    }
    [[nodiscard]] std::string describe() const override {
        std::vector<std::string> parts;
        for (const Assignment& assignment : assignments_)
            parts.push_back(to_text(context_.layout().slot(assignment.slot).path) + " = " +
                            assignment.text);
        return fmt::format("{}", fmt::join(parts, ", "));
    }

  private:
    std::string name_;
    std::vector<Assignment> assignments_;
    const plan::BuildContext& context_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    std::vector<Assignment> assignments;
    std::vector<std::pair<Path, TypeRef>> types;
    for (const auto& [field, expression] : options.get_expression_map("fields")) {
        Result<Path> path = plan::parse_field_path(field);
        if (!path)
            return fail(config::error_at(expression.mark, path.error().code, path.error().message,
                                         path.error().hint));
        MESSINA_TRY(auto program, context.compile(expression));
        types.emplace_back(*path, program->result_type());
        assignments.push_back({kNoSlot, std::move(program), expression.text});
    }
    // Slots are taken after all expressions are compiled: they read the event as it was.
    for (size_t i = 0; i < assignments.size(); ++i) {
        assignments[i].slot = context.write_event(types[i].first);
        context.set_type_of_edit(types[i].first, types[i].second);
    }
    return std::make_unique<SetPlan>(std::move(name), std::move(assignments), context);
}

}  // namespace

const plan::StepKind kSet = {&kSection, build};

}  // namespace messina::step
