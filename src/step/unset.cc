// unset: removes fields of the event.
#include <fmt/format.h>

#include "step/event_writer.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "unset",
    .summary = "Removes fields of the event.",
    .options = {{.name = "fields",
                 .type = config::text_list(),
                 .is_required = true,
                 .doc = "Paths of the fields to remove; one that is not there is no error.",
                 .example = "[cookie, user.email]"}},
    .example = "unset: [cookie, user.email]",
    .shorthand = "fields",
};

class Unset final : public engine::Step {
  public:
    Unset(std::string name, const std::vector<SlotIndex>& slots, const plan::BuildContext& context)
        : name_(std::move(name)) {
        for (const SlotIndex slot : slots) writers_.emplace_back(slot, context);
    }
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        for (const RowIndex row : batch.live())
            for (const EventWriter& writer : writers_) writer.write(batch, row, Value());
        return engine::StepState::Ready;
    }

  private:
    std::string name_;
    std::vector<EventWriter> writers_;
};

class UnsetPlan final : public plan::StepPlan {
  public:
    UnsetPlan(std::string name, std::vector<SlotIndex> slots, std::vector<std::string> texts,
              const plan::BuildContext& context)
        : name_(std::move(name)),
          slots_(std::move(slots)),
          texts_(std::move(texts)),
          context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        return std::make_unique<Unset>(name_, slots_, context_);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("remove {}", fmt::join(texts_, ", "));
    }

  private:
    std::string name_;
    std::vector<SlotIndex> slots_;
    std::vector<std::string> texts_;
    const plan::BuildContext& context_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    std::vector<SlotIndex> slots;
    std::vector<std::string> texts = options.get_text_list("fields");
    for (const std::string& text : texts) {
        Result<Path> path = plan::parse_field_path(text);
        if (!path)
            return fail(config::error_at(options.mark_of("fields"), path.error().code,
                                         path.error().message, path.error().hint));
        slots.push_back(context.write_event(*path));
        context.set_type_of_edit(*path, nullptr);
    }
    return std::make_unique<UnsetPlan>(std::move(name), std::move(slots), std::move(texts),
                                       context);
}

}  // namespace

const plan::StepKind kUnset = {&kSection, build};

}  // namespace messina::step
