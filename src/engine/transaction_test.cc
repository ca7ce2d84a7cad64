// Exactly once with fakes: outputs and positions become visible together, whatever fails between.
#include <gtest/gtest.h>

#include "engine/runner.h"
#include "engine/testing/lane_bench.h"

namespace messina::engine {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

class TransactionTest : public ::testing::Test {
  protected:
    FakeBlueprint& make(size_t lanes, size_t records, PipelineOptions options = test_options()) {
        std::vector<LaneScript> scripts;
        for (size_t i = 0; i < lanes; ++i)
            scripts.push_back(numbered_lane("lane" + std::to_string(i), records));
        options.checkpoint_interval = Nanos(0);  // a commit at every turn that has something
        blueprint_.emplace(
            std::move(options),
            std::make_unique<ScriptedSource>(std::move(scripts), visible_.committed, nullptr),
            [this] {
                FakeParts parts;
                parts.steps.push_back(std::make_unique<FakeStep>("step#1"));
                parts.sinks.push_back(std::make_unique<FakeSink>("out"));
                parts.sinks.front()->when = when_;
                if (refuses_) parts.sinks.front()->refuses = refuses_;
                return parts;
            });
        blueprint_->with_transactions(visible_);
        return *blueprint_;
    }
    RunReport run() {
        runner_.emplace(*blueprint_, clock_, registry_);
        EXPECT_TRUE(runner_->start().has_value());
        return runner_->run_inline(clock_);
    }
    void expect_all(size_t lanes, size_t records) {
        for (size_t i = 0; i < lanes; ++i) {
            const std::string lane = "lane" + std::to_string(i);
            EXPECT_EQ(visible_.records[lane].size(), records) << lane;
            EXPECT_EQ(visible_.committed[lane].major, static_cast<int64_t>(records)) << lane;
        }
    }

    VirtualClock clock_{kTestStart};
    observe::MetricRegistry registry_{clock_};
    Visible visible_;
    FakeSink::When when_ = FakeSink::When::AtFlush;
    std::function<std::optional<FakeSink::Refusal>(const FakeSink::Row&)> refuses_;
    std::optional<FakeBlueprint> blueprint_;
    std::optional<Runner> runner_;
};

TEST_F(TransactionTest, CommitsOutputsAndPositionsTogether) {
    PipelineOptions options = test_options();
    options.workers = 2;
    make(5, 60, options);
    EXPECT_FALSE(run().failure);
    expect_all(5, 60);
    EXPECT_EQ(visible_.aborts, 0u);
    EXPECT_EQ(blueprint_->scripted().commit_tries, 0u) << "the source itself commits nothing";
}

TEST_F(TransactionTest, ReadsAgainWhatAFailedCommitHasThrownAway) {
    make(3, 60);
    visible_.answers = {std::nullopt, transient(), transient(), std::nullopt, transient()};
    EXPECT_FALSE(run().failure);
    expect_all(3, 60);
    EXPECT_EQ(visible_.aborts, 3u);
}

TEST_F(TransactionTest, StopsWhenTheWorkerIsFenced) {
    make(2, 60);
    visible_.answers = {fatal()};
    const RunReport report = run();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.fatal");
    EXPECT_TRUE(visible_.records.empty());
}

TEST_F(TransactionTest, ThrowsAwayWhatWasWrittenWhenARowBreaksTheTransaction) {
    size_t failures = 3;
    refuses_ = [&](const FakeSink::Row& row) -> std::optional<FakeSink::Refusal> {
        if (failures == 0 || row.position.major % 10 != 7) return std::nullopt;
        --failures;
        visible_.is_broken = true;
        return FakeSink::Refusal{Outcome::Unknown, transient()};
    };
    make(2, 60);
    EXPECT_FALSE(run().failure);
    expect_all(2, 60);
    EXPECT_GE(visible_.aborts, 1u);
}

TEST_F(TransactionTest, MakesNothingOfATornBatchVisible) {
    refuses_ = [&](const FakeSink::Row& row) -> std::optional<FakeSink::Refusal> {
        if (row.lane != "lane1" || row.position.major != 31) return std::nullopt;
        return FakeSink::Refusal{Outcome::Refused, misconfigured()};
    };
    make(3, 60);
    const RunReport report = run();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.misconfigured");
    EXPECT_LE(visible_.committed["lane1"].major, 30);
    refuses_ = nullptr;
    make(3, 60);
    EXPECT_FALSE(run().failure);
    expect_all(3, 60);
}

TEST_F(TransactionTest, CommitsBeforeALaneIsGivenBack) {
    make(2, 60).scripted().plan_recall(
        {{"lane0"}, false}, [this] { return !blueprint_->sinks.front()->attempts.empty(); });
    EXPECT_FALSE(run().failure);
    expect_all(2, 60);
    EXPECT_EQ(blueprint_->scripted().releases, 1u);
    EXPECT_GT(blueprint_->scripted().committed_at_release["lane0"].major, 0);
}

TEST_F(TransactionTest, ThrowsAwayWhatALostLaneHasWritten) {
    make(2, 60).scripted().plan_recall(
        {{"lane0"}, true}, [this] { return blueprint_->sinks.front()->attempts.size() > 10; });
    EXPECT_FALSE(run().failure);
    expect_all(2, 60);
    EXPECT_GE(visible_.aborts, 1u);
}

}  // namespace
}  // namespace messina::engine
