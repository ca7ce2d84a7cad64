// sample: keeps a share of the records, the same ones after a replay.
#include <fmt/core.h>

#include "base/hash.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "sample",
    .summary = "Keeps a share of the records; the others are dropped and counted.",
    .options = {{.name = "share",
                 .type = config::number(0, 1),
                 .is_required = true,
                 .doc = "The share to keep, from 0 to 1.",
                 .example = "0.01"},
                {.name = "key",
                 .type = config::expression(),
                 .doc = "Records with the same key are kept or dropped together. Without it the "
                        "record's own position decides.",
                 .example = "event.user_id"},
                {.name = "seed",
                 .type = config::integer(0, 9e15),
                 .fallback = "0",
                 .doc = "Another seed keeps another sample."}},
    .details =
        "The choice depends on key or position and seed only: a replay keeps the same records.",
    .example = "sample: { share: 0.01, key: event.user_id }",
    .shorthand = "share",
};

struct Choice {
    double share;
    uint64_t seed;
    std::unique_ptr<cel::Program> key;
    std::string key_text;
};

class Sample final : public engine::Step {
  public:
    Sample(std::string name, const Choice& choice) : name_(std::move(name)), choice_(choice) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        const size_t before = batch.live().size();
        size_t failed = 0;
        batch.retain([&](RowIndex row) {
            uint64_t hash = 0;
            if (choice_.key == nullptr) {
                const Position& position = batch.record_of(row).position;
                const int64_t numbers[] = {position.major, position.minor};
                hash = hash_bytes({reinterpret_cast<const char*>(numbers), sizeof numbers},
                                  choice_.seed);
            } else {
                const Value key = plan::evaluate(*choice_.key, batch, row);
                if (key.is(Kind::Error)) {
                    batch.fail_row(row, name_, plan::expression_error(key, choice_.key_text));
                    ++failed;
                    return false;
                }
                hash = hash_bytes(
                    key.is(Kind::String) ? std::string(key.as_text()) : to_debug_text(key),
                    choice_.seed);
            }
            return static_cast<double>(hash >> 11) * 0x1.0p-53 < choice_.share;
        });
        batch.dropped += before - batch.live().size() - failed;
        return engine::StepState::Ready;
    }

  private:
    std::string name_;
    const Choice& choice_;
};

class SamplePlan final : public plan::StepPlan {
  public:
    SamplePlan(std::string name, Choice choice)
        : name_(std::move(name)), choice_(std::move(choice)) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        return std::make_unique<Sample>(name_, choice_);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("keep {}% by {}", choice_.share * 100,
                           choice_.key == nullptr ? "position" : choice_.key_text);
    }

  private:
    std::string name_;
    Choice choice_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    Choice choice{options.get_number("share"),
                  static_cast<uint64_t>(options.get_integer("seed")),
                  nullptr,
                  {}};
    if (options.has("key")) {
        const config::ExpressionText key = options.get_expression("key");
        MESSINA_TRY(choice.key, context.compile(key));
        choice.key_text = key.text;
    }
    return std::make_unique<SamplePlan>(std::move(name), std::move(choice));
}

}  // namespace

const plan::StepKind kSample = {&kSection, build};

}  // namespace messina::step
