// Order, bounds, dead letters and stops of one lane.
#include "engine/lane.h"

#include <gtest/gtest.h>

#include "engine/testing/lane_bench.h"

namespace messina::engine {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST(Lane, DeliversEveryRecordInOrderAndCommitsTheEnd) {
    LaneBench bench(numbered_lane("lane", 7));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 7));
    EXPECT_EQ(bench.committed(), 7);
    EXPECT_TRUE(bench.lane().is_finished());
    EXPECT_EQ(bench.metric(observe::kRecordsIn), 7u);
    EXPECT_EQ(bench.metric(observe::kRecordsDone), 7u);
    EXPECT_EQ(bench.metric(observe::kInflightRecords), 0.0);
}

TEST(Lane, KeepsOrderHoweverAsynchronousStepsFinish) {
    LaneBench bench(numbered_lane("lane", 8));
    bench.add_step("decode");
    FakeStep& step = bench.add_step("lookup#1");
    step.holds = true;
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    ASSERT_EQ(step.held.size(), 4u) << "several batches are on their way at once";
    for (const int64_t begin : {6, 2, 4}) {
        step.release(begin);
        bench.turn();
        EXPECT_TRUE(sink.delivered.empty());
    }
    step.release(0);
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 8));
    EXPECT_EQ(bench.committed(), 8);
}

TEST(Lane, KeepsOrderThroughTwoAsynchronousSteps) {
    LaneBench bench(numbered_lane("lane", 6));
    bench.add_step("decode");
    FakeStep& first = bench.add_step("lookup#1");
    FakeStep& second = bench.add_step("lookup#2");
    first.holds = second.holds = true;
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    first.release(2);
    first.release(0);
    bench.turn();
    EXPECT_EQ(second.started, (std::vector<Position>{{0, 0}, {2, 0}}))
        << "the second batch starts behind the first";
    second.release(2);
    bench.turn();
    EXPECT_TRUE(sink.delivered.empty());
    second.release(0);
    first.release(4);
    bench.turn();
    second.release(4);
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 6));
}

TEST(Lane, LetsBatchesOvertakeBehindAStepThatKeepsNoOrder) {
    LaneBench bench(numbered_lane("lane", 6));
    bench.add_step("decode");
    FakeStep& step = bench.add_step("lookup#1");
    step.holds = true;
    step.order_kept = false;
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    step.release(4);
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(4, 6));
    EXPECT_EQ(bench.committed(), 0) << "what overtook waits in the ledger";
    step.release(0);
    bench.turn();
    EXPECT_EQ(bench.committed(), 2);
    step.release(2);
    bench.turn();
    EXPECT_EQ(bench.committed(), 6);
}

TEST(Lane, TakesNoMoreThanItsBoundOfBatches) {
    PipelineOptions options = test_options();
    options.limits.lane_batches_max = 3;
    LaneBench bench(numbered_lane("lane", 100), options);
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    bench.turn();
    EXPECT_EQ(sink.pending(), 6u);
    EXPECT_EQ(bench.metric(observe::kInflightRecords), 6.0);
    sink.settle(2);
    bench.turn();
    EXPECT_EQ(sink.pending(), 6u) << "one batch went, one came";
    EXPECT_EQ(bench.committed(), 2);
}

TEST(Lane, TakesNoMoreThanItsBoundOfMemory) {
    PipelineOptions options = test_options();
    options.limits.lane_bytes_max = 1;
    LaneBench bench(numbered_lane("lane", 100), options);
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    bench.turn();
    EXPECT_EQ(sink.pending(), 2u) << "a single batch may be above the bound";
    EXPECT_GT(bench.metric(observe::kInflightBytes), 1.0);
    sink.settle(2);
    bench.turn();
    EXPECT_EQ(sink.pending(), 2u);
}

TEST(Lane, CountsWhatStepsDropAsDone) {
    LaneBench bench(numbered_lane("lane", 5));
    bench.add_step("decode");
    FakeStep& filter = bench.add_step("filter#1");
    filter.effects = &bench.effects;
    filter.drops = [](const Record& record) { return record.position.major % 2 == 0; };
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{1, 3}));
    EXPECT_EQ(bench.committed(), 5);
    EXPECT_EQ(bench.effects.first_missing("lane", 5), -1);
    EXPECT_EQ(bench.metric(observe::kDropped), 3u);
}

TEST(Lane, CommitsAFailedRecordOnlyWhenItsDeadLetterIsDurable) {
    LaneBench bench(numbered_lane("lane", 2));
    bench.add_step("decode").fails = [](const Record& record) -> std::optional<Error> {
        if (record.position.major == 1) return poison();
        return std::nullopt;
    };
    FakeSink& sink = bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    letters.when = FakeSink::When::ByHand;
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 1));
    ASSERT_EQ(letters.pending(), 1u);
    EXPECT_EQ(bench.committed(), 0) << "I3: the dead letter is not durable yet";
    letters.settle(1);
    bench.turn();
    EXPECT_EQ(bench.committed(), 2);
    EXPECT_EQ(letters.delivered.at(0).lane, "lane");
    EXPECT_EQ(letters.delivered.at(0).position.major, 1);
    EXPECT_EQ(bench.metric(observe::kDeadLetters), 1u);
    EXPECT_EQ(bench.metric(observe::kErrors), 1u);
    EXPECT_EQ(bench.metric(observe::kErrors, {{"class", "poison"}}), 1u);
}

TEST(Lane, SendsWhatTheSourceCouldNotGiveToTheDeadLetters) {
    LaneScript script = numbered_lane("lane", 4);
    script.failed.emplace(2, poison("too large"));
    LaneBench bench(std::move(script));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{0, 1, 3}));
    EXPECT_EQ(letters.delivered_numbers(), (std::vector<int64_t>{2}));
    EXPECT_EQ(bench.committed(), 4);
}

TEST(Lane, StopsExactlyAtTheFailingRecordWithoutDeadLetters) {
    PipelineOptions options = test_options(4);
    LaneBench bench(numbered_lane("lane", 12), options);
    bench.add_step("decode").fails = [](const Record& record) -> std::optional<Error> {
        if (record.position.major >= 6) return poison();
        return std::nullopt;
    };
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::AtFlush;
    bench.turn();
    EXPECT_FALSE(bench.lane().failure()) << "what came before the failing record goes out first";
    bench.flush();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 6) << "the position to go on from is the failing record's";
    EXPECT_EQ(bench.effects.first_missing("lane", 6), -1);
    EXPECT_FALSE(bench.effects.has("lane", 6));
    const Error& failure = *bench.lane().failure();
    EXPECT_EQ(failure.error_class, ErrorClass::Fatal);
    EXPECT_EQ(failure.code, "test.poison");
    EXPECT_NE(failure.message.find("lane lane stopped at 6"), std::string::npos) << failure.message;
    EXPECT_NE(failure.hint.find("dead_letter"), std::string::npos);
    EXPECT_EQ(bench.metric(observe::kRecordsDone), 6u) << "only what was delivered counts as done";
    EXPECT_EQ(bench.metric(observe::kInflightRecords), 0.0);
}

TEST(Lane, StopsAtWhatNoDeadLetterCanMend) {
    LaneBench bench(numbered_lane("lane", 6));
    bench.add_step("decode");
    bench.add_step("lookup#1").fails = [](const Record& record) -> std::optional<Error> {
        if (record.position.major == 2) return poison();
        if (record.position.major == 3) return misconfigured();
        return std::nullopt;
    };
    FakeSink& sink = bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    bench.turn();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 2));
    EXPECT_EQ(letters.delivered_numbers(), (std::vector<int64_t>{2}));
    EXPECT_EQ(bench.committed(), 3);
    EXPECT_EQ(bench.lane().failure()->hint, "make it");
}

TEST(Lane, KeepsAnAbandonedBatchUntilItsStepLetsItGo) {
    LaneBench bench(numbered_lane("lane", 6));
    bench.add_step("decode").fails = [](const Record& record) -> std::optional<Error> {
        if (record.position.major == 1) return poison();
        return std::nullopt;
    };
    FakeStep& step = bench.add_step("lookup#1");
    step.holds = true;
    bench.add_sink("out");
    bench.turn();
    ASSERT_EQ(step.held.size(), 3u);
    step.release(0);
    bench.turn();
    EXPECT_EQ(bench.committed(), 1);
    EXPECT_FALSE(bench.lane().failure()) << "two batches are still with the step";
    EXPECT_TRUE(bench.lane().has_inflight());
    step.release(4);
    step.release(2);
    bench.turn();
    EXPECT_TRUE(bench.lane().failure());
    EXPECT_FALSE(bench.lane().has_inflight());
    EXPECT_EQ(bench.metric(observe::kInflightRecords), 0.0);
}

TEST(Lane, KeepsAnAbandonedBatchUntilItsSinkHasReported) {
    LaneBench bench(numbered_lane("lane", 4));
    bench.add_step("decode");
    FakeStep& step = bench.add_step("lookup#1");
    step.holds = true;
    step.order_kept = false;
    step.fails = [](const Record& record) -> std::optional<Error> {
        if (record.position.major == 0) return poison();
        return std::nullopt;
    };
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    bench.turn();
    step.release(2);
    bench.turn();
    ASSERT_EQ(sink.pending(), 2u) << "the second batch has overtaken and is with the sink";
    step.release(0);
    bench.turn();
    sink.settle(2);  // must still find its batch
    bench.turn();
    EXPECT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 0) << "nothing below the failing record, nothing to commit";
}

TEST(Lane, DrainsWithoutTakingMore) {
    LaneBench bench(numbered_lane("lane", 100));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    bench.lane().turn();
    bench.lane().drain();
    bench.turn();
    EXPECT_FALSE(bench.lane().is_finished());
    sink.settle(sink.pending());
    bench.turn();
    EXPECT_TRUE(bench.lane().is_finished());
    EXPECT_EQ(bench.committed(), 2);
    EXPECT_EQ(bench.reader->takes, 1u);
}

TEST(Lane, WritesToEveryOutputAndWaitsForAll) {
    LaneBench bench(numbered_lane("lane", 2));
    bench.add_step("decode");
    FakeSink& fast = bench.add_sink("fast");
    FakeSink& slow = bench.add_sink("slow");
    slow.when = FakeSink::When::ByHand;
    bench.turn();
    EXPECT_EQ(fast.delivered.size(), 2u);
    EXPECT_EQ(bench.committed(), 0);
    slow.settle(2);
    bench.turn();
    EXPECT_EQ(bench.committed(), 2);
}

/// Rows of which the record number is a multiple of `of`; record 3 fails the condition.
class Multiples final : public RowSelector {
  public:
    explicit Multiples(int64_t of) : of_(of) {}
    void select(Batch& batch, std::vector<RowIndex>& rows) override {
        for (const RowIndex row : batch.live()) {
            const int64_t number = batch.record_of(row).position.major;
            if (number == 3) {
                batch.fail_row(row, "when", poison());
            } else if (number % of_ == 0) {
                rows.push_back(row);
            }
        }
    }

  private:
    int64_t of_;
};

TEST(Lane, RoutesRowsAndCountsThoseThatNoOutputTook) {
    LaneBench bench(numbered_lane("lane", 8), test_options(8));
    bench.add_step("decode");
    FakeSink& fives = bench.add_sink("fives", std::make_unique<Multiples>(5));
    FakeSink& twos = bench.add_sink("twos", std::make_unique<Multiples>(2));
    FakeSink& letters = bench.add_dead_letters();
    bench.turn();
    EXPECT_EQ(fives.delivered_numbers(), (std::vector<int64_t>{0, 5}));
    EXPECT_EQ(twos.delivered_numbers(), (std::vector<int64_t>{0, 2, 4, 6}));
    EXPECT_EQ(letters.delivered_numbers(), (std::vector<int64_t>{3}));
    EXPECT_EQ(bench.metric(observe::kDropped), 2u) << "1 and 7 went nowhere";
    EXPECT_EQ(bench.committed(), 8);
}

TEST(Lane, LetsNoRowPassToAnOutputThatAnotherOutputsConditionFails) {
    LaneBench bench(numbered_lane("lane", 5), test_options(8));
    bench.add_step("decode");
    FakeSink& all = bench.add_sink("all");
    bench.add_sink("twos", std::make_unique<Multiples>(2));
    FakeSink& letters = bench.add_dead_letters();
    bench.turn();
    EXPECT_EQ(all.delivered_numbers(), (std::vector<int64_t>{0, 1, 2, 4}));
    EXPECT_EQ(letters.delivered_numbers(), (std::vector<int64_t>{3}));
}

}  // namespace
}  // namespace messina::engine
