// explode: makes one record of each element of a list.
#include "step/event_writer.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "explode",
    .summary = "Makes one record of each element of a list.",
    .options = {{.name = "field",
                 .type = config::text(),
                 .is_required = true,
                 .doc = "Path of the list.",
                 .example = "items"},
                {.name = "into",
                 .type = config::text(),
                 .doc = "Path of the field that gets the element, the list staying where it is. "
                        "Without it the element takes the list's place.",
                 .example = "item"},
                {.name = "on_other",
                 .type = config::choice({"pass", "drop", "dead_letter"}),
                 .fallback = "pass",
                 .doc = "What becomes of a record whose field is absent or no list."}},
    .details =
        "The records made from one input record are committed together: the input counts as done "
        "when all of them are. "
        "A record with an empty list is dropped and counted.",
    .example = "explode: { field: items, into: item }",
    .shorthand = "field",
};

enum class OnOther : uint8_t { Pass, Drop, DeadLetter };

class Explode final : public engine::Step {
  public:
    Explode(std::string name, SlotIndex list, EventWriter writer, OnOther on_other)
        : name_(std::move(name)), list_(list), writer_(std::move(writer)), on_other_(on_other) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        std::vector<RowIndex> from;
        std::vector<Value> elements;  // Absent: the row stays as it is
        for (const RowIndex row : batch.live()) {
            const Value list = batch.slots(row)[list_];
            if (list.is(Kind::List)) {
                if (list.as_list().empty()) ++batch.dropped;
                for (const Value& element : list.as_list()) {
                    from.push_back(row);
                    elements.push_back(element);
                }
            } else if (on_other_ == OnOther::Pass) {
                from.push_back(row);
                elements.emplace_back();
            } else if (on_other_ == OnOther::Drop) {
                ++batch.dropped;
            } else {
                batch.fail_row(row, name_,
                               Error{ErrorClass::Poison, "explode.no_list",
                                     "the field to explode is " +
                                         std::string(to_string(list.kind())) + ", not a list"});
            }
        }
        batch.remake_rows(from);
        for (RowIndex row = 0; row < elements.size(); ++row)
            if (!elements[row].is_absent()) writer_.write(batch, row, elements[row]);
        return engine::StepState::Ready;
    }

  private:
    std::string name_;
    SlotIndex list_;
    EventWriter writer_;
    OnOther on_other_;
};

class ExplodePlan final : public plan::StepPlan {
  public:
    ExplodePlan(std::string name, SlotIndex list, SlotIndex target, OnOther on_other,
                const plan::BuildContext& context)
        : name_(std::move(name)),
          list_(list),
          target_(target),
          on_other_(on_other),
          context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        return std::make_unique<Explode>(name_, list_, EventWriter(target_, context_), on_other_);
    }
    [[nodiscard]] std::string describe() const override {
        return "one record for each element of " + to_text(context_.layout().slot(list_).path);
    }

  private:
    std::string name_;
    SlotIndex list_;
    SlotIndex target_;
    OnOther on_other_;
    const plan::BuildContext& context_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    const auto path_of = [&](const char* option) -> Result<Path> {
        Result<Path> path = plan::parse_field_path(options.get_text(option));
        if (!path)
            return fail(config::error_at(options.mark_of(option), path.error().code,
                                         path.error().message, path.error().hint));
        return path;
    };
    MESSINA_TRY(const Path list, path_of("field"));
    Path target = list;
    if (options.has("into")) {
        MESSINA_TRY(target, path_of("into"));
    }
    const SlotIndex list_slot = context.read("event", list);
    const SlotIndex target_slot = context.write_event(target);
    context.set_type_of_edit(target, Type::dynamic());
    const std::string& on_other = options.get_text("on_other");
    return std::make_unique<ExplodePlan>(std::move(name), list_slot, target_slot,
                                         on_other == "pass"   ? OnOther::Pass
                                         : on_other == "drop" ? OnOther::Drop
                                                              : OnOther::DeadLetter,
                                         context);
}

}  // namespace

const plan::StepKind kExplode = {&kSection, build};

}  // namespace messina::step
