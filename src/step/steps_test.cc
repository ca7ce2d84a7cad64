// Every step under the conformance suite, over JSON records and an embedded store in memory.
#include "step/steps.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "codec/json.h"
#include "engine/testing/conformance.h"
#include "table/embedded.h"
#include "table/testing/late_table.h"

namespace messina::step {
namespace {

using engine::testing::ManualWorker;

/// One step built from its YAML, and batches as the decoder would fill them for it.
class StepBench {
  public:
    /// With `lateness` the tables answer when it says so.
    StepBench(const plan::StepKind& kind, const std::string& yaml,
              table::testing::Lateness* lateness = nullptr) {
        table::EmbeddedOptions options;
        options.path = ":memory:";
        options.tables = {make_table("users", "user"), make_table("seen", "seen_at")};
        stores_.add("store", options.tables, "it is an embedded store");
        std::unique_ptr<table::Store> store = std::move(*table::open_embedded(options));
        if (lateness != nullptr)
            store = std::make_unique<table::testing::LateStore>(std::move(store), *lateness);
        stores_.open("store", std::move(store));
        context_.emplace(stores_, Type::dynamic());
        // Slots the tests look into, named as an expression would.
        n = context_->read("event", {"n"});
        user = context_->read("event", {"user"});
        tags = context_->read("event", {"tags"});
        const Result<config::Node> node = config::parse_yaml("test.yaml", yaml, {});
        EXPECT_TRUE(node.has_value()) << (node ? "" : node.error().to_text());
        Result<config::Options> parsed = config::Options::parse(*kind.section, *node);
        EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().to_text());
        Result<std::unique_ptr<plan::StepPlan>> built = kind.build("step#1", *parsed, *context_);
        EXPECT_TRUE(built.has_value()) << (built ? "" : built.error().to_text());
        plan_ = std::move(*built);
        EXPECT_FALSE(plan_->describe().empty());
    }

    std::unique_ptr<engine::Step> make(ManualWorker& worker) {
        Result<std::unique_ptr<engine::Step>> step = plan_->make({worker, pipeline_});
        EXPECT_TRUE(step.has_value()) << (step ? "" : step.error().to_text());
        return std::move(*step);
    }
    std::unique_ptr<Batch> decode(const std::vector<std::string>& texts, size_t first = 0) {
        auto batch = std::make_unique<Batch>();
        batch->lane = "lane";
        for (size_t i = 0; i < texts.size(); ++i) {
            Record& record = batch->records.emplace_back();
            record.raw = batch->arena.copy(texts[i]);
            record.position = {static_cast<int64_t>(first + i), 0};
            record.timestamp_us = static_cast<int64_t>(1'000'000 + first + i);
        }
        batch->make_rows(context_->layout().size(), 0);
        for (RowIndex row = 0; row < texts.size(); ++row) {
            const Value root = *codec::parse_json(batch->record_of(row).raw, batch->arena);
            for (const SlotIndex slot : context_->layout().slots_of("event"))
                batch->slots(row)[slot] = navigate(root, context_->layout().slot(slot).path);
        }
        return batch;
    }
    std::unique_ptr<Batch> numbered(size_t first, size_t count) {
        std::vector<std::string> texts;
        for (size_t i = first; i < first + count; ++i)
            texts.push_back(fmt::format(R"({{"n":{},"id":"k{}","tags":["a","b"]}})", i, i % 5));
        return decode(texts, first);
    }
    engine::testing::StepUnderTest describe(bool makes_rows = false) {
        return {[this](ManualWorker& worker) { return make(worker); },
                [this](size_t first, size_t count) { return numbered(first, count); }, makes_rows};
    }
    /// Runs the batch through to its end.
    static void run(engine::Step& step, Batch& batch, ManualWorker& worker) {
        engine::testing::CountingResumption resumption;
        if (step.process(batch, resumption) == engine::StepState::Pending)
            for (int i = 0; i < 1000 && resumption.resumed == 0; ++i)
                if (!worker.run_due()) worker.advance(std::chrono::milliseconds(1));
        batch.remove_failed();
    }
    [[nodiscard]] std::vector<int64_t> live_numbers(Batch& batch) const {
        std::vector<int64_t> numbers;
        for (const RowIndex row : batch.live()) numbers.push_back(batch.slots(row)[n].as_int());
        return numbers;
    }

    SlotIndex n = 0;
    SlotIndex user = 0;
    SlotIndex tags = 0;

  private:
    static table::TableSchema make_table(const std::string& name, const std::string& column) {
        table::TableSchema schema;
        schema.name = name;
        schema.columns.push_back({.name = "id",
                                  .type = *cql::parse_type("text"),
                                  .role = table::ColumnRole::PartitionKey});
        schema.columns.push_back({.name = column, .type = *cql::parse_type("text")});
        return schema;
    }
    const std::string pipeline_ = "test";
    plan::Stores stores_;
    std::optional<plan::BuildContext> context_;
    std::unique_ptr<plan::StepPlan> plan_;
};

TEST(Steps, Conform) {
    const std::vector<std::pair<const plan::StepKind*, std::string>> steps = {
        {&kFilter, "event.n % 3 == 0"},
        {&kSet, "{ user: event.id, 'deep.er': event.n + 1 }"},
        {&kUnset, "[user]"},
        {&kSample, "{ share: 0.5, key: event.id }"},
        {&kLookup, "{ into: match, table: users, key: { id: event.id }, on_miss: drop }"},
        {&kUpsert, "{ table: users, key: { id: event.id }, set: { user: event.id } }"},
        {&kDedupe, "{ id: event.id, window: 1h, table: seen }"},
    };
    for (const auto& [kind, yaml] : steps) {
        SCOPED_TRACE(kind->section->name);
        StepBench bench(*kind, yaml);
        engine::testing::check_step(bench.describe());
    }
    StepBench explode(kExplode, "{ field: tags }");
    engine::testing::check_step(explode.describe(true));
}

TEST(Steps, ConformWhenTablesAnswerLate) {
    const std::vector<std::pair<const plan::StepKind*, std::string>> steps = {
        {&kLookup, "{ into: match, table: users, key: { id: event.id } }"},
        {&kLookup, "{ into: match, table: users, key: { id: event.id }, order: none }"},
        {&kUpsert, "{ table: users, key: { id: event.id }, set: { user: event.id } }"},
        {&kDedupe, "{ id: event.id, window: 1h, table: seen }"},
    };
    for (const auto& [kind, yaml] : steps) {
        SCOPED_TRACE(yaml);
        table::testing::Lateness lateness;
        lateness.failures = 2;
        StepBench bench(*kind, yaml, &lateness);
        std::function<void()> answer;
        engine::testing::StepUnderTest tested = bench.describe();
        tested.make = [&](ManualWorker& worker) {
            answer = [&] {
                lateness.answer_one();
                worker.schedule(std::chrono::milliseconds(1), answer);
            };
            worker.schedule(std::chrono::milliseconds(1), answer);
            return bench.make(worker);
        };
        engine::testing::check_step(tested);
        EXPECT_TRUE(lateness.waiting.empty());
    }
}

TEST(LookupStep, KeepsTheOrderOfBatchesUnlessToldOtherwise) {
    for (const bool keeps_order : {true, false}) {
        StepBench bench(
            kLookup,
            fmt::format("{{ into: match, table: users, key: {{ id: event.id }}, order: {} }}",
                        keeps_order ? "lane" : "none"));
        ManualWorker worker;
        EXPECT_EQ(bench.make(worker)->keeps_order(), keeps_order);
    }
}

TEST(FilterStep, KeepsWhatTheConditionHoldsFor) {
    StepBench bench(kFilter, "event.n > 2");
    ManualWorker worker;
    auto step = bench.make(worker);
    auto batch =
        bench.decode({R"({"n":1})", R"({"n":3})", R"({})", R"({"n":"text"})", R"({"n":9})"});
    StepBench::run(*step, *batch, worker);
    EXPECT_EQ(bench.live_numbers(*batch), (std::vector<int64_t>{3, 9}));
    EXPECT_EQ(batch->dropped + batch->failures.size(), 3u);
}

TEST(ExplodeStep, MakesOneRowOfEachElement) {
    StepBench bench(kExplode, "{ field: tags, into: user }");
    ManualWorker worker;
    auto step = bench.make(worker);
    auto batch = bench.decode({R"({"n":1,"tags":["a","b"]})", R"({"n":2,"tags":[]})", R"({"n":3})",
                               R"({"n":4,"tags":["c"]})"});
    StepBench::run(*step, *batch, worker);
    EXPECT_EQ(bench.live_numbers(*batch), (std::vector<int64_t>{1, 1, 3, 4}));
    EXPECT_EQ(batch->slots(0)[bench.user].as_text(), "a");
    EXPECT_EQ(batch->slots(1)[bench.user].as_text(), "b");
    EXPECT_TRUE(batch->slots(2)[bench.user].is_absent());
    EXPECT_EQ(batch->record_index_of(3), 3u);
    EXPECT_EQ(batch->dropped, 1u) << "an empty list";
}

TEST(DedupeStep, LetsTheFirstPassAndARepeatOfItAfterACrash) {
    StepBench bench(kDedupe, "{ id: event.id, window: 1h, table: seen }");
    ManualWorker worker;
    auto step = bench.make(worker);
    const std::vector<std::string> texts = {R"({"n":0,"id":"a"})", R"({"n":1,"id":"b"})",
                                            R"({"n":2,"id":"a"})", R"({"n":3})"};
    auto first = bench.decode(texts);
    StepBench::run(*step, *first, worker);
    EXPECT_EQ(bench.live_numbers(*first), (std::vector<int64_t>{0, 1, 3}))
        << "a record without an id passes";
    EXPECT_EQ(first->dropped, 1u);
    auto replayed = bench.decode(texts);
    StepBench::run(*step, *replayed, worker);
    EXPECT_EQ(bench.live_numbers(*replayed), (std::vector<int64_t>{0, 1, 3}))
        << "the same places: read again, not repeated";
    auto later = bench.decode(texts, 10);
    StepBench::run(*step, *later, worker);
    EXPECT_EQ(bench.live_numbers(*later), (std::vector<int64_t>{3}));
}

TEST(DedupeStep, KeepsBatchesApartThatAreOnTheirWayTogether) {
    table::testing::Lateness lateness;
    StepBench bench(kDedupe, "{ id: event.id, window: 1h, table: seen }", &lateness);
    ManualWorker worker;
    auto step = bench.make(worker);
    auto first = bench.decode({R"({"n":0,"id":"a"})"});
    auto second = bench.decode({R"({"n":1,"id":"a"})", R"({"n":2,"id":"b"})"}, 1);
    engine::testing::CountingResumption resumptions[2];
    EXPECT_EQ(step->process(*first, resumptions[0]), engine::StepState::Pending);
    EXPECT_EQ(step->process(*second, resumptions[1]), engine::StepState::Pending);
    while (lateness.answer_one()) {
    }
    EXPECT_EQ(resumptions[0].resumed, 1u);
    EXPECT_EQ(resumptions[1].resumed, 1u);
    EXPECT_EQ(first->live().size(), 1u);
    EXPECT_EQ(bench.live_numbers(*second), (std::vector<int64_t>{2}))
        << "the second batch is told of what the first has written";
}

TEST(DedupeStep, AsksAgainWhileTheTableDoesNotAnswer) {
    for (const size_t failures : {1u, 2u, 3u}) {
        table::testing::Lateness lateness;
        lateness.failures = failures;
        StepBench bench(kDedupe, "{ id: event.id, window: 1h, table: seen }", &lateness);
        ManualWorker worker;
        auto step = bench.make(worker);
        auto batch = bench.decode({R"({"n":0,"id":"a"})", R"({"n":1,"id":"a"})"});
        engine::testing::CountingResumption resumption;
        EXPECT_EQ(step->process(*batch, resumption), engine::StepState::Pending);
        for (int i = 0; i < 100'000 && resumption.resumed == 0; ++i)
            if (!lateness.answer_one() && !worker.run_due())
                worker.advance(std::chrono::milliseconds(1));
        EXPECT_EQ(resumption.resumed, 1u);
        EXPECT_TRUE(batch->failures.empty());
        EXPECT_EQ(bench.live_numbers(*batch), (std::vector<int64_t>{0}));
        EXPECT_EQ(batch->dropped, 1u);
    }
}

TEST(DedupeStep, PassesARecordWhoseMemoryWasWrittenBeforeTheAnswerWasLost) {
    table::testing::Lateness lateness;
    StepBench bench(kDedupe, "{ id: event.id, window: 1h, table: seen }", &lateness);
    ManualWorker worker;
    auto step = bench.make(worker);
    auto batch = bench.decode({R"({"n":0,"id":"a"})"});
    engine::testing::CountingResumption lost;
    step->process(*batch, lost);
    while (lateness.answer_one()) {
    }
    auto again = bench.decode({R"({"n":0,"id":"a"})"});
    engine::testing::CountingResumption resumption;
    step->process(*again, resumption);
    while (lateness.answer_one()) {
    }
    EXPECT_EQ(again->live().size(), 1u);
}

TEST(SampleStep, KeepsTheSameRecordsAfterAReplay) {
    StepBench bench(kSample, "{ share: 0.5, key: event.id }");
    ManualWorker worker;
    auto step = bench.make(worker);
    auto first = bench.numbered(0, 100);
    auto again = bench.numbered(0, 100);
    StepBench::run(*step, *first, worker);
    StepBench::run(*step, *again, worker);
    EXPECT_EQ(bench.live_numbers(*first), bench.live_numbers(*again));
    EXPECT_EQ(first->live().size() + first->dropped, 100u);
}

TEST(LookupStep, DoesWithAMissWhatItIsTold) {
    for (const auto& [policy, live, failed] :
         {std::tuple{"pass", 3u, 0u}, std::tuple{"drop", 0u, 0u},
          std::tuple{"dead_letter", 0u, 3u}}) {
        StepBench bench(
            kLookup,
            fmt::format("{{ into: match, table: users, key: {{ id: event.id }}, on_miss: {} }}",
                        policy));
        ManualWorker worker;
        auto step = bench.make(worker);
        auto batch = bench.numbered(0, 3);
        StepBench::run(*step, *batch, worker);
        EXPECT_EQ(batch->live().size(), live) << policy;
        EXPECT_EQ(batch->failures.size(), failed) << policy;
    }
}

TEST(LookupStep, SaysWhatItsCacheHolds) {
    StepBench bench(kLookup, "{ into: match, table: users, key: { id: event.id } }");
    ManualWorker worker;
    auto step = bench.make(worker);
    auto batch = bench.numbered(0, 10);  // five keys
    StepBench::run(*step, *batch, worker);
    observe::MetricRegistry& registry = worker.registry();
    EXPECT_EQ(registry.total(observe::kLookupCacheEntries, {{"step", "step#1"}}), 5);
    EXPECT_GT(registry.total(observe::kLookupCacheBytes, {{"step", "step#1"}}), 0);
    EXPECT_EQ(registry.total(observe::kLookupCacheEvictions), 0u);
}

}  // namespace
}  // namespace messina::step
