// What a lane does when source, sinks or dead letters fail.
#include <gtest/gtest.h>

#include "engine/testing/lane_bench.h"

namespace messina::engine {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Refuses `times` attempts of the given record, then lets it pass.
auto refusing(int64_t number, size_t times, Outcome outcome, const Error& error) {
    return [=, left = times](const FakeSink::Row& row) mutable -> std::optional<FakeSink::Refusal> {
        if (row.position.major != number || left == 0) return std::nullopt;
        --left;
        return FakeSink::Refusal{outcome, error};
    };
}

TEST(LaneRetry, TriesOnlyTheFailedRowsAgainAfterADelay) {
    LaneBench bench(numbered_lane("lane", 4), test_options(4));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.refuses = refusing(2, 1, Outcome::Unknown, transient());
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{0, 1, 3}));
    EXPECT_EQ(bench.committed(), 0);
    bench.advance(milliseconds(20));
    EXPECT_EQ(sink.attempts.size(), 4u) << "the first delay is at least half of 50 ms";
    bench.advance(milliseconds(40));
    EXPECT_EQ(sink.attempts.size(), 5u);
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{0, 1, 3, 2}));
    EXPECT_EQ(bench.committed(), 4);
    EXPECT_EQ(bench.metric(observe::kRetries), 1u);
    EXPECT_EQ(bench.metric(observe::kErrors, {{"class", "transient"}}), 1u);
}

TEST(LaneRetry, TakesAReportOfNoRowsForNothing) {
    LaneBench bench(numbered_lane("lane", 1));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    sink.reports_no_rows_besides = true;
    sink.refuses = refusing(0, 1, Outcome::Unknown, transient());
    bench.turn();
    sink.settle(1);
    bench.turn();
    EXPECT_EQ(bench.committed(), 0);
    bench.advance(milliseconds(50));
    bench.turn();
    sink.settle(1);
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{0}));
    EXPECT_EQ(bench.committed(), 1);
}

TEST(LaneRetry, RetriesForEverWithGrowingDelays) {
    LaneBench bench(numbered_lane("lane", 1));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.refuses = refusing(0, 1000, Outcome::Refused,
                            Error{ErrorClass::Throttled, "test.slow", "slow down", ""});
    bench.turn();
    bench.advance(seconds(60));
    // 8 doublings lead from 50 ms to the bound of 10 s.
    EXPECT_GE(sink.attempts.size(), 9u);
    EXPECT_LE(sink.attempts.size(), 30u);
    EXPECT_FALSE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 0);
}

TEST(LaneRetry, GivesUpAfterTheBoundOfTries) {
    PipelineOptions options = test_options();
    options.retry.tries_max = 3;
    LaneBench bench(numbered_lane("lane", 1), options);
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.refuses = refusing(0, 1000, Outcome::Unknown, transient());
    bench.turn();
    bench.advance(seconds(60));
    EXPECT_EQ(sink.attempts.size(), 3u);
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_NE(bench.lane().failure()->message.find("gave up after 3 tries"), std::string::npos);
    EXPECT_EQ(bench.committed(), 0);
}

TEST(LaneRetry, KeepsOrderWhileABatchWaitsForItsNextTry) {
    LaneBench bench(numbered_lane("lane", 8));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    bool is_full = true;
    sink.refuses = [&](const FakeSink::Row&) -> std::optional<FakeSink::Refusal> {
        if (is_full) return FakeSink::Refusal{Outcome::Unknown, transient()};
        return std::nullopt;
    };
    bench.turn();
    is_full = false;
    bench.turn();
    EXPECT_TRUE(sink.delivered.empty()) << "nothing overtakes a batch that waits";
    bench.advance(seconds(1));
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 8));
    EXPECT_EQ(bench.committed(), 8);
}

TEST(LaneRetry, KeepsOrderWhenSeveralBatchesFailTogether) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
        PipelineOptions options = test_options();
        options.seed = seed;
        LaneBench bench(numbered_lane("lane", 8), options);
        bench.add_step("decode");
        FakeSink& sink = bench.add_sink("out");
        sink.when = FakeSink::When::ByHand;
        bench.turn();
        ASSERT_EQ(sink.pending(), 8u);
        bool is_full = true;
        sink.refuses = [&](const FakeSink::Row&) -> std::optional<FakeSink::Refusal> {
            if (is_full) return FakeSink::Refusal{Outcome::Unknown, transient()};
            return std::nullopt;
        };
        sink.settle(8);
        is_full = false;
        sink.when = FakeSink::When::Instantly;
        bench.turn();
        bench.advance(seconds(1));
        EXPECT_EQ(sink.delivered_numbers(), numbers(0, 8)) << "seed " << seed;
        EXPECT_EQ(bench.committed(), 8);
    }
}

TEST(LaneRetry, NeverTakesAnUnknownOutcomeForARefusal) {
    LaneBench bench(numbered_lane("lane", 1));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    sink.refuses = refusing(0, 1, Outcome::Unknown, poison());
    bench.turn();
    bench.advance(seconds(1));
    EXPECT_TRUE(letters.attempts.empty());
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 1));
}

TEST(LaneRetry, PutsARefusedRowAsideAndDeliversTheOthers) {
    LaneBench bench(numbered_lane("lane", 4), test_options(4));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    sink.refuses = refusing(1, 1000, Outcome::Refused, poison());
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), (std::vector<int64_t>{0, 2, 3}));
    EXPECT_EQ(letters.delivered_numbers(), (std::vector<int64_t>{1}));
    EXPECT_EQ(bench.committed(), 4);
}

TEST(LaneRetry, StopsAtARefusedRowWithoutDeadLetters) {
    LaneBench bench(numbered_lane("lane", 4));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.refuses = refusing(3, 1000, Outcome::Refused, poison("no such column"));
    bench.turn();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.lane().failure()->error_class, ErrorClass::Fatal);
    EXPECT_NE(bench.lane().failure()->message.find("lane lane stopped at 3"), std::string::npos)
        << bench.lane().failure()->message;
    EXPECT_NE(bench.lane().failure()->message.find("no such column"), std::string::npos);
    EXPECT_EQ(bench.committed(), 2) << "the batch of the refused row is not committed";
}

TEST(LaneRetry, StopsOnWhatAPersonMustMend) {
    for (const Error& error : {misconfigured(), fatal()}) {
        LaneBench bench(numbered_lane("lane", 6));
        bench.add_step("decode");
        FakeSink& sink = bench.add_sink("out");
        bench.add_dead_letters();
        sink.refuses = refusing(2, 1000, Outcome::Refused, error);
        bench.turn();
        ASSERT_TRUE(bench.lane().failure());
        EXPECT_EQ(bench.lane().failure()->code, error.code);
        EXPECT_EQ(bench.committed(), 2) << "what was durable before counts";
        EXPECT_FALSE(bench.lane().turn()) << "a failed lane does nothing more";
    }
}

TEST(LaneRetry, StopsWhenADeadLetterIsRefused) {
    LaneBench bench(numbered_lane("lane", 2));
    bench.add_step("decode").fails = [](const Record&) -> std::optional<Error> { return poison(); };
    bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    letters.refuses = refusing(0, 1000, Outcome::Refused, poison("cannot be written"));
    bench.turn();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 0) << "dropping it would lose the record";
}

TEST(LaneRetry, TriesDeadLettersAgain) {
    LaneBench bench(numbered_lane("lane", 2));
    bench.add_step("decode").fails = [](const Record&) -> std::optional<Error> { return poison(); };
    bench.add_sink("out");
    FakeSink& letters = bench.add_dead_letters();
    letters.refuses = refusing(1, 2, Outcome::Unknown, transient());
    bench.turn();
    bench.advance(seconds(1));
    EXPECT_EQ(letters.delivered_numbers(), numbers(0, 2));
    EXPECT_EQ(bench.committed(), 2);
}

TEST(LaneRetry, WaitsBeforeItAsksAFailingSourceAgain) {
    LaneScript script = numbered_lane("lane", 4);
    script.before[2] = {transient(), transient(), kIdle};
    LaneBench bench(std::move(script));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    bench.turn();
    const size_t takes = bench.reader->takes;
    bench.turn();
    EXPECT_EQ(bench.reader->takes, takes) << "no asking before the delay has passed";
    EXPECT_EQ(bench.worker.timer_count(), 1u) << "the worker is woken when it has";
    bench.advance(seconds(2));
    bench.advance(seconds(2));
    bench.turn();
    EXPECT_EQ(sink.delivered_numbers(), numbers(0, 4));
    EXPECT_EQ(bench.metric(observe::kRetries), 2u);
    EXPECT_EQ(bench.metric(observe::kErrors, {{"class", "transient"}}), 2u);
}

TEST(LaneRetry, StopsWhenTheSourceIsBroken) {
    LaneScript script = numbered_lane("lane", 4);
    script.before[2] = {fatal()};
    LaneBench bench(std::move(script));
    bench.add_step("decode");
    bench.add_sink("out");
    bench.turn();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 2);
}

TEST(LaneRetry, CommitsWhatIsDurableWhenALaterBatchStopsTheLane) {
    LaneBench bench(numbered_lane("lane", 4));
    bench.add_step("decode");
    FakeSink& sink = bench.add_sink("out");
    sink.when = FakeSink::When::ByHand;
    sink.refuses = refusing(2, 1, Outcome::Refused, fatal());
    bench.turn();
    ASSERT_EQ(sink.pending(), 4u);
    sink.settle(4);  // all of them in one call: the lane had no turn in between
    bench.turn();
    ASSERT_TRUE(bench.lane().failure());
    EXPECT_EQ(bench.committed(), 2);
}

TEST(RetryPolicy, FollowsTheTable) {
    for (const Outcome outcome : {Outcome::Refused, Outcome::Unknown}) {
        EXPECT_EQ(policy_for(ErrorClass::Transient, outcome), Policy::Retry);
        EXPECT_EQ(policy_for(ErrorClass::Throttled, outcome), Policy::Retry);
        EXPECT_EQ(policy_for(ErrorClass::Misconfigured, outcome), Policy::Stop);
        EXPECT_EQ(policy_for(ErrorClass::Fatal, outcome), Policy::Stop);
    }
    EXPECT_EQ(policy_for(ErrorClass::Poison, Outcome::Refused), Policy::DeadLetter);
    EXPECT_EQ(policy_for(ErrorClass::Poison, Outcome::Unknown), Policy::Retry);
}

}  // namespace
}  // namespace messina::engine
