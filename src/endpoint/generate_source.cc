// generate source: made-up records with the shape of real ones, the same ones for the same seed.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "codec/json.h"
#include "endpoint/endpoint.h"
#include "endpoint/generator.h"
#include "engine/checkpoint.h"

namespace messina::endpoint {
namespace {

const config::Section& draw_section() {
    static const config::Section section = {
        .name = "draw",
        .summary = "A number that is drawn once for each record and that fields are made from.",
        .options = {{.name = "count",
                     .type = config::integer(1, 1e12),
                     .is_required = true,
                     .doc = "Draws are 0 … count - 1."},
                    {.name = "order",
                     .type = config::choice({"zipf", "uniform", "sequence"}),
                     .fallback = "uniform",
                     .doc = "zipf: few are drawn often; sequence: each in turn."},
                    {.name = "exponent",
                     .type = config::number(0.01, 10),
                     .fallback = "1.1",
                     .doc = "How steep zipf is."}},
        .example = "draw: { count: 100000, order: zipf, exponent: 1.1 }",
    };
    return section;
}

const config::Section& field_section() {
    static const config::Section key = {
        .name = "key",
        .summary = "An identifier made from a draw.",
        .options =
            {{.name = "draw",
              .type = config::text(),
              .is_required = true,
              .doc = "The draw it is made from."},
             {.name = "form",
              .type = config::choice({"text", "hex", "sha256", "uuid", "number"}),
              .fallback = "text",
              .doc = "text: prefix and number; hex: 32 hexadecimal digits; sha256: 64 of them; "
                     "uuid; the number itself."},
             {.name = "prefix",
              .type = config::text(),
              .doc = "Before the number, and part of what hex, sha256 and uuid are made from."},
             {.name = "per",
              .type = config::integer(1, 1e9),
              .fallback = "1",
              .doc =
                  "So many neighbouring draws share one identifier (three cookies of one user)."}},
    };
    static const config::Section choice = {
        .name = "choice",
        .summary = "One of several texts.",
        .options = {{.name = "values",
                     .type = config::text_map(),
                     .is_required = true,
                     .doc = "Text to weight.",
                     .example = "{ click: 7, view: 3 }"},
                    {.name = "by",
                     .type = config::text(),
                     .doc = "Chosen by this draw instead of anew for each record, so that one user "
                            "always has the same."}},
        .shorthand = "values",
    };
    static const config::Section number = {
        .name = "number",
        .summary = "A number between two bounds.",
        .options = {{.name = "min",
                     .type = config::number(-1e15, 1e15),
                     .is_required = true,
                     .doc = "Smallest."},
                    {.name = "max",
                     .type = config::number(-1e15, 1e15),
                     .is_required = true,
                     .doc = "Largest."},
                    {.name = "decimals",
                     .type = config::integer(0, 9),
                     .fallback = "0",
                     .doc = "Digits after the point."}},
    };
    static const config::Section time = {
        .name = "time",
        .summary = "The time of the record: start plus number of the record times step.",
        .options = {{.name = "start",
                     .type = config::integer(0, 4e12),
                     .fallback = "1767225600000",
                     .doc = "Milliseconds since the epoch of the first record."},
                    {.name = "step",
                     .type = config::duration(Nanos(0), std::chrono::hours(24)),
                     .fallback = "1ms",
                     .doc = "From one record to the next."}},
    };
    static const config::Section list = {
        .name = "list",
        .summary = "A list of texts.",
        .options = {{.name = "values",
                     .type = config::text_list(),
                     .is_required = true,
                     .doc = "What elements are chosen from."},
                    {.name = "max",
                     .type = config::integer(0, 1000),
                     .fallback = "3",
                     .doc = "Most elements; the number of them varies from none."}},
        .shorthand = "values",
    };
    static const config::Section section = {
        .name = "field",
        .summary = "How one field is made.",
        .options = {{.name = "make",
                     .type = config::one_of({&key, &choice, &number, &time, &list}),
                     .is_required = true,
                     .doc = "What it is."},
                    {.name = "share",
                     .type = config::number(0, 1),
                     .fallback = "1",
                     .doc = "Share of the records that have it."}},
        .shorthand = "make",
    };
    return section;
}

const config::Section kSection = {
    .name = "generate",
    .summary = "Makes records up, the same ones for the same seed.",
    .options = {{.name = "count",
                 .type = config::integer(0, 1e15),
                 .is_required = true,
                 .doc = "Number of records."},
                {.name = "seed",
                 .type = config::integer(0, 9e15),
                 .fallback = "1",
                 .doc = "Another seed makes other records."},
                {.name = "draws",
                 .type = config::nested_map(draw_section()),
                 .doc = "Numbers drawn once for each record, by name."},
                {.name = "fields",
                 .type = config::nested_map(field_section()),
                 .is_required = true,
                 .doc = "Fields of a record, by name."}},
    .details =
        "A record depends on the seed and its number only; with `state:` set a restart goes on "
        "where it stopped. Timestamps are those "
        "of the first `time` field.",
    .example =
        "generate: { count: 1000, draws: { visitor: { count: 100, order: zipf } }, fields: { "
        "cookie: { key: { draw: visitor, form: hex } } } }",
};

class GenerateLane final : public engine::LaneReader {
  public:
    inline static const std::string kName = "generate";

    GenerateLane(const Generator& generator, uint64_t next) : generator_(generator), next_(next) {}
    [[nodiscard]] const std::string& name() const override { return kName; }

    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        if (next_ >= generator_.count()) return engine::TakeState::End;
        batch.begin = {static_cast<int64_t>(next_), 0};
        size_t bytes = 0;
        while (next_ < generator_.count() && batch.records.size() < limits.records_max &&
               bytes < limits.bytes_max) {
            scratch_.clear();
            Record& record = batch.records.emplace_back();
            record.timestamp_us = generator_.append(next_, scratch_);
            record.raw = batch.arena.copy(scratch_.view());
            record.position = {static_cast<int64_t>(next_), 0};
            bytes += record.raw.size();
            ++next_;
        }
        batch.end = {static_cast<int64_t>(next_), 0};
        return engine::TakeState::Taken;
    }

  private:
    const Generator& generator_;
    uint64_t next_;
    Buffer scratch_;
};

class GenerateSource final : public engine::Source {
  public:
    GenerateSource(const Generator& generator, const PipelineFacts& facts)
        : generator_(generator), facts_(facts) {}
    Result<void> open() override {
        if (facts_.state_directory.empty()) return {};
        MESSINA_TRY(engine::CheckpointFile file,
                    engine::CheckpointFile::open(facts_.state_directory, facts_.name));
        checkpoint_.emplace(std::move(file));
        return {};
    }
    Result<std::unique_ptr<engine::LaneReader>> next_lane() override {
        if (is_given_) return nullptr;
        is_given_ = true;
        uint64_t next = 0;
        if (is_resumed())
            next = static_cast<uint64_t>(checkpoint_->positions().at(GenerateLane::kName).major);
        return std::make_unique<GenerateLane>(generator_, next);
    }
    [[nodiscard]] bool is_finished() const override { return is_given_; }
    Result<void> commit(std::span<const engine::LanePosition> positions) override {
        return checkpoint_ ? checkpoint_->save(positions) : Result<void>();
    }
    [[nodiscard]] bool is_resumed() const override {
        return checkpoint_ && checkpoint_->positions().contains(GenerateLane::kName);
    }

  private:
    const Generator& generator_;
    const PipelineFacts& facts_;
    std::optional<engine::CheckpointFile> checkpoint_;
    bool is_given_ = false;
};

class GenerateSourcePlan final : public SourcePlan {
  public:
    GenerateSourcePlan(Generator generator, FormatRef format, PipelineFacts facts)
        : generator_(std::move(generator)), format_(std::move(format)), facts_(std::move(facts)) {}
    [[nodiscard]] const Format& format() const override { return *format_; }
    [[nodiscard]] Result<TypeRef> event_type() const override { return generator_.type(); }
    Result<std::unique_ptr<engine::Source>> make() const override {
        return std::make_unique<GenerateSource>(generator_, facts_);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("{} generated records, seed {}", generator_.count(), generator_.seed());
    }

  private:
    Generator generator_;
    FormatRef format_;
    PipelineFacts facts_;
};

Result<std::unique_ptr<SourcePlan>> build(const config::Options& options,
                                          const PipelineFacts& facts) {
    MESSINA_TRY(Generator generator, Generator::make(options));
    return std::make_unique<GenerateSourcePlan>(std::move(generator), default_format(), facts);
}

}  // namespace

const SourceKind kGenerateSource = {&kSection, build};

}  // namespace messina::endpoint
