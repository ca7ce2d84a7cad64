// Whole pipelines of fakes: several lanes and workers, commits, drains, restarts. The scripted
// source audits I3 and I4 at each commit.
#include "engine/runner.h"

#include <thread>

#include <gtest/gtest.h>

#include "engine/testing/lane_bench.h"
#include "observe/testing/captured_log.h"

namespace messina::engine {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::milliseconds;
using std::chrono::seconds;

class RunnerTest : public ::testing::Test {
  protected:
    FakeBlueprint& make(std::vector<LaneScript> lanes, PipelineOptions options = test_options()) {
        blueprint_.emplace(
            std::move(options),
            std::make_unique<ScriptedSource>(std::move(lanes), committed_, &effects_),
            [this] { return make_parts(); });
        return *blueprint_;
    }
    FakeParts make_parts() {
        FakeParts parts;
        parts.steps.push_back(std::make_unique<FakeStep>("step#1"));
        parts.sinks.push_back(std::make_unique<FakeSink>("out"));
        parts.dead_letters = std::make_unique<FakeSink>("dead_letter", FakeSink::Role::DeadLetters);
        parts.steps.front()->effects = &effects_;
        parts.sinks.front()->effects = &effects_;
        parts.dead_letters->effects = &effects_;
        if (set_up_) set_up_(parts);
        return parts;
    }
    RunReport run_inline() {
        runner_.emplace(*blueprint_, clock_, registry_);
        EXPECT_TRUE(runner_->start().has_value());
        return runner_->run_inline(clock_);
    }
    RunReport run_threads(Clock& clock = system_clock()) {
        runner_.emplace(*blueprint_, clock, registry_);
        EXPECT_TRUE(runner_->start().has_value());
        return runner_->run();
    }
    int64_t committed(const std::string& lane) { return committed_[lane].major; }

    VirtualClock clock_{kTestStart};
    observe::MetricRegistry registry_{clock_};
    std::map<std::string, Position> committed_;
    Effects effects_;
    std::function<void(FakeParts&)> set_up_;
    std::optional<FakeBlueprint> blueprint_;
    /// Kept after its run: it owns the sinks that a test looks at.
    std::optional<Runner> runner_;
};

std::vector<LaneScript> several_lanes(size_t lanes, size_t records) {
    std::vector<LaneScript> scripts;
    for (size_t i = 0; i < lanes; ++i)
        scripts.push_back(numbered_lane("lane" + std::to_string(i), records));
    return scripts;
}

TEST_F(RunnerTest, ReadsEveryLaneToItsEndAndCommitsIt) {
    PipelineOptions options = test_options();
    options.workers = 3;
    options.limits.worker_lanes_max = 2;
    make(several_lanes(20, 50), options);
    const RunReport report = run_inline();
    EXPECT_FALSE(report.failure);
    EXPECT_FALSE(report.was_stopped);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(committed("lane" + std::to_string(i)), 50) << i;
    for (FakeSink* sink : blueprint_->sinks) EXPECT_EQ(sink->closes, 1u);
    EXPECT_EQ(registry_.total(observe::kRecordsDone), 1000u);
    EXPECT_GT(registry_.total(observe::kCheckpoints), 0u);
    EXPECT_EQ(registry_.total(observe::kCheckpointDuration).count(),
              registry_.total(observe::kCheckpoints));
}

TEST_F(RunnerTest, ReadsEveryLaneToItsEndWithThreads) {
    PipelineOptions options = test_options(16);
    options.workers = 3;
    options.limits.worker_lanes_max = 2;
    options.checkpoint_interval = milliseconds(1);
    set_up_ = [](FakeParts& parts) {
        parts.sinks.front()->when = FakeSink::When::AtFlush;
        parts.steps.front()->drops = [](const Record& record) {
            return record.position.major % 7 == 0;
        };
        parts.steps.front()->fails = [](const Record& record) -> std::optional<Error> {
            if (record.position.major % 5 == 0) return poison();
            return std::nullopt;
        };
    };
    make(several_lanes(20, 500), options).with_dead_letters();
    const RunReport report = run_threads();
    EXPECT_FALSE(report.failure);
    for (int i = 0; i < 20; ++i) {
        const std::string lane = "lane" + std::to_string(i);
        EXPECT_EQ(committed(lane), 500);
        EXPECT_EQ(effects_.first_missing(lane, 500), -1);
        for (int64_t n = 0; n < 500; ++n)
            EXPECT_EQ(effects_.outputs(lane, n) + effects_.dead_letters(lane, n) +
                          effects_.drops(lane, n),
                      1u)
                << lane << " " << n;
    }
}

TEST_F(RunnerTest, SettlesWhatWaitsForAFlushWithoutWaitingForTheInterval) {
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::AtFlush; };
    PipelineOptions options = test_options();
    options.limits.lane_batches_max = 1;
    make({numbered_lane("lane", 9)}, options);
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(committed("lane"), 9);
    EXPECT_LT(clock_.now() - kTestStart, seconds(1)) << "a lane at its bound pushes its sink";
}

TEST_F(RunnerTest, GoesOnFromWhatWasCommitted) {
    committed_["lane"] = {4, 0};
    make({numbered_lane("lane", 9)});
    for (int64_t n = 0; n < 4; ++n) effects_.add_output("lane", {n, 0});
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(blueprint_->sinks[0]->delivered_numbers(), numbers(4, 9));
}

TEST_F(RunnerTest, DrainsTheOtherLanesWhenOneFails) {
    std::vector<LaneScript> lanes = several_lanes(3, 40);
    lanes[1].before[10] = {fatal()};
    lanes[0].is_endless = lanes[2].is_endless = true;
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::AtFlush; };
    make(std::move(lanes));
    const RunReport report = run_inline();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.fatal");
    EXPECT_EQ(committed("lane1"), 10) << "what came before the failure is durable and committed";
    for (const char* lane : {"lane0", "lane2"}) {
        int64_t delivered = 0;
        while (effects_.has(lane, delivered)) ++delivered;
        EXPECT_GT(delivered, 0);
        EXPECT_EQ(committed(lane), delivered) << "what was in flight has gone out and is committed";
    }
}

TEST_F(RunnerTest, RepeatsNoMoreThanWhatWasInFlightAfterAFailure) {
    std::vector<LaneScript> lanes = {numbered_lane("lane", 40)};
    bool is_broken = true;
    set_up_ = [&](FakeParts& parts) {
        parts.sinks.front()->refuses =
            [&](const FakeSink::Row& row) -> std::optional<FakeSink::Refusal> {
            if (is_broken && row.position.major == 21)
                return FakeSink::Refusal{Outcome::Refused, misconfigured()};
            return std::nullopt;
        };
    };
    make(lanes);
    EXPECT_TRUE(run_inline().failure);
    EXPECT_EQ(committed("lane"), 20);
    is_broken = false;
    make(lanes);
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(committed("lane"), 40);
    for (int64_t n = 0; n < 40; ++n) EXPECT_EQ(effects_.outputs("lane", n), n == 20 ? 2u : 1u) << n;
}

TEST_F(RunnerTest, StopsInOrderWhenAsked) {
    std::vector<LaneScript> lanes = several_lanes(2, 1'000'000);
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::AtFlush; };
    make(std::move(lanes), test_options(64));
    Runner runner(*blueprint_, system_clock(), registry_);
    ASSERT_TRUE(runner.start().has_value());
    runner.on_tick([&] {
        if (registry_.total(observe::kRecordsDone) > 0) runner.request_stop();
    });
    const RunReport report = runner.run();
    EXPECT_FALSE(report.failure);
    EXPECT_TRUE(report.was_stopped);
    for (const char* lane : {"lane0", "lane1"}) {
        const int64_t position = committed(lane);
        EXPECT_GT(position, 0);
        EXPECT_FALSE(effects_.has(lane, position)) << "everything delivered is committed";
    }
}

TEST_F(RunnerTest, EndsADrainThatTakesTooLongWithoutCommittingWhatIsNotDurable) {
    PipelineOptions options = test_options();
    options.drain_timeout = milliseconds(150);
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::ByHand; };
    make(several_lanes(2, 100), options);
    Runner runner(*blueprint_, system_clock(), registry_);
    ASSERT_TRUE(runner.start().has_value());
    runner.on_tick([&] {
        if (registry_.total(observe::kRecordsIn, {{"pipeline", options.name}}) > 0)
            runner.request_stop();
    });
    const RunReport report = runner.run();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "engine.drain_timeout");
    EXPECT_TRUE(committed_.empty());
}

TEST_F(RunnerTest, EndsAnInlineDrainThatTakesTooLong) {
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::ByHand; };
    make({numbered_lane("lane", 5)});
    Runner runner(*blueprint_, clock_, registry_);
    ASSERT_TRUE(runner.start().has_value());
    runner.request_stop();
    const RunReport report = runner.run_inline(clock_);
    EXPECT_TRUE(report.was_stopped);
    EXPECT_EQ(committed("lane"), 0);
}

TEST_F(RunnerTest, TellsWhatADrainThatTookTooLongWaitedFor) {
    observe::testing::CapturedLog log;
    PipelineOptions options = test_options();
    options.log = &log.log();
    make({numbered_lane("lane", 5)}, options);
    Runner runner(*blueprint_, clock_, registry_);
    ASSERT_TRUE(runner.start().has_value());
    blueprint_->sinks.front()->refuses = [&runner](const FakeSink::Row&) {
        runner.request_stop();  // after the first try
        return FakeSink::Refusal{Outcome::Unknown, transient()};
    };
    const RunReport report = runner.run_inline(clock_);
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "engine.drain_timeout");
    EXPECT_NE(report.failure->message.find("out: not now"), std::string::npos)
        << report.failure->message;
    EXPECT_GE(log.count(observe::kRetrying), 1u);
    EXPECT_EQ(log.events(observe::kDrainTimedOut).at(0).fields.at("lanes"), "1");
    EXPECT_TRUE(committed_.empty());
}

TEST_F(RunnerTest, WritesWhatHappensToTheLog) {
    observe::testing::CapturedLog log;
    PipelineOptions options = test_options();
    options.log = &log.log();
    set_up_ = [](FakeParts& parts) {
        parts.steps.front()->fails = [](const Record& record) -> std::optional<Error> {
            if (record.position.major == 3) return poison();
            return std::nullopt;
        };
    };
    make({numbered_lane("lane", 5)}, options).with_dead_letters();
    EXPECT_FALSE(run_inline().failure);
    const auto refused = log.events(observe::kRecordRefused);
    ASSERT_EQ(refused.size(), 1u);
    EXPECT_EQ(refused.front().lane, "lane");
    EXPECT_EQ(refused.front().error_code, poison().code);
    EXPECT_EQ(refused.front().fields.at("step"), "\"step#1\"");
    EXPECT_EQ(refused.front().fields.at("position"), "\"3\"");
    EXPECT_EQ(log.events(observe::kCheckpointSaved).back().fields.at("position"), "\"5\"");
    EXPECT_EQ(log.count(observe::kLaneFinished), 1u);
    EXPECT_EQ(log.count(observe::kPipelineResumed), 0u);
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(log.count(observe::kPipelineResumed), 1u) << "from what was committed";
}

TEST_F(RunnerTest, TriesACommitAgainThatFailsForNow) {
    make({numbered_lane("lane", 9)})
        .scripted()
        .fail_commits({transient(), transient(), transient()});
    const RunReport report = run_inline();
    EXPECT_FALSE(report.failure);
    EXPECT_EQ(committed("lane"), 9);
    EXPECT_EQ(blueprint_->scripted().commit_tries, 4u);
}

TEST_F(RunnerTest, TriesTheLastCommitAgainWithThreads) {
    make({numbered_lane("lane", 9)})
        .scripted()
        .fail_commits({transient(), transient(), transient()});
    const RunReport report = run_threads();
    EXPECT_FALSE(report.failure);
    EXPECT_EQ(committed("lane"), 9);
}

TEST_F(RunnerTest, GivesUpACommitThatKeepsFailing) {
    make({numbered_lane("lane", 9)})
        .scripted()
        .fail_commits(std::deque<Error>(100'000, transient()));
    const RunReport report = run_inline();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "engine.commit_failed");
    EXPECT_NE(report.failure->message.find("not now"), std::string::npos)
        << report.failure->message;
    EXPECT_LE(clock_.now() - kTestStart, seconds(30)) << "no longer than drain_timeout";
}

TEST_F(RunnerTest, StopsWhenACommitCanNeverSucceed) {
    std::vector<LaneScript> lanes = several_lanes(1, 1000);
    make(std::move(lanes)).scripted().fail_commits(std::deque<Error>(100'000, misconfigured()));
    const RunReport report = run_inline();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.misconfigured");
    EXPECT_TRUE(committed_.empty());
}

TEST_F(RunnerTest, WaitsForASourceThatFailsForNow) {
    LaneScript script = numbered_lane("lane", 6);
    script.before[4] = std::deque<Interlude>(12, transient());
    make({std::move(script)});
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(committed("lane"), 6);
    EXPECT_GT(clock_.now() - kTestStart, seconds(10)) << "with growing delays";
}

TEST_F(RunnerTest, WaitsThroughRetriesOfASink) {
    size_t refusals = 12;
    set_up_ = [&](FakeParts& parts) {
        parts.sinks.front()->refuses =
            [&](const FakeSink::Row&) -> std::optional<FakeSink::Refusal> {
            if (refusals == 0) return std::nullopt;
            --refusals;
            return FakeSink::Refusal{Outcome::Unknown, transient()};
        };
    };
    make({numbered_lane("lane", 6)}, test_options(1));
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(blueprint_->sinks[0]->delivered_numbers(), numbers(0, 6));
    EXPECT_EQ(committed("lane"), 6);
}

TEST_F(RunnerTest, EndsAnIdleSourceUnderAVirtualClock) {
    LaneScript script = numbered_lane("lane", 3);
    script.is_endless = true;
    make({std::move(script)});
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(committed("lane"), 3);
}

TEST_F(RunnerTest, GivesALaneBackOnceWhatItHadInFlightIsCommitted) {
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::AtFlush; };
    ScriptedSource& source = make(several_lanes(2, 40)).scripted();
    source.plan_recall({{"lane0"}, false},
                       [this] { return !blueprint_->sinks.front()->attempts.empty(); });
    EXPECT_FALSE(run_inline().failure);
    EXPECT_EQ(source.releases, 1u);
    const int64_t given_back_at = source.committed_at_release["lane0"].major;
    EXPECT_GT(given_back_at, 0);
    EXPECT_LT(given_back_at, 40) << "the recall came in the middle";
    for (const char* lane : {"lane0", "lane1"}) {
        EXPECT_EQ(committed(lane), 40);
        for (int64_t n = 0; n < 40; ++n) EXPECT_EQ(effects_.outputs(lane, n), 1u) << lane << n;
    }
}

TEST_F(RunnerTest, CommitsNothingOfALostLaneThatIsReportedLater) {
    PipelineOptions options = test_options();
    options.limits.lane_batches_max = 2;
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::ByHand; };
    ScriptedSource& source = make({numbered_lane("lane", 12)}, options).scripted();
    source.plan_recall({{"lane"}, true},
                       [this] { return blueprint_->sinks.front()->pending() == 4; });
    Runner runner(*blueprint_, clock_, registry_);
    ASSERT_TRUE(runner.start().has_value());
    EXPECT_FALSE(runner.run_inline(clock_).failure);
    EXPECT_EQ(source.releases, 1u);
    FakeSink& sink = *blueprint_->sinks.front();
    EXPECT_EQ(sink.pending(), 8u) << "the lane came back and began where it had begun before";
    sink.settle(4);
    Worker& worker = *runner.workers().front();
    worker.checkpoint();
    EXPECT_TRUE(worker.take_news().commits.empty()) << "these are of the lost lane";
    sink.settle(4);
    worker.checkpoint();
    const WorkerNews news = worker.take_news();
    ASSERT_EQ(news.commits.size(), 1u);
    EXPECT_EQ(news.commits.front().position, (Position{4, 0}));
}

TEST_F(RunnerTest, GivesALaneBackThatDoesNotSettleInTimeWithoutCommittingIt) {
    PipelineOptions options = test_options();
    options.drain_timeout = seconds(1);
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->when = FakeSink::When::ByHand; };
    ScriptedSource& source = make({numbered_lane("lane", 12)}, options).scripted();
    source.plan_recall({{"lane"}, false},
                       [this] { return blueprint_->sinks.front()->pending() > 0; });
    run_inline();
    EXPECT_EQ(source.releases, 1u);
    EXPECT_TRUE(committed_.empty());
}

TEST_F(RunnerTest, OpensEveryLaneOfASourceThatCannotWait) {
    PipelineOptions options = test_options();
    options.limits.worker_lanes_max = 2;
    std::vector<LaneScript> lanes = several_lanes(9, 10);
    for (LaneScript& lane : lanes) lane.is_endless = true;
    make(std::move(lanes), options).scripted().cannot_wait();
    EXPECT_FALSE(run_inline().failure);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(committed("lane" + std::to_string(i)), 10) << i;
}

TEST_F(RunnerTest, FailsWhenALaneCannotBeOpened) {
    make(several_lanes(3, 4)).scripted().fail_lane(2, misconfigured());
    const RunReport report = run_inline();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.misconfigured");
}

TEST_F(RunnerTest, FailsBeforeAnythingIsReadWhenTheGraphCannotBeMade) {
    make(several_lanes(1, 4)).fail_graph(misconfigured());
    Runner runner(*blueprint_, clock_, registry_);
    const Result<void> started = runner.start();
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().code, "test.misconfigured");
}

TEST_F(RunnerTest, ClosesEverySinkAndReportsTheFirstThatFails) {
    set_up_ = [](FakeParts& parts) { parts.sinks.front()->close_error = fatal(); };
    PipelineOptions options = test_options();
    options.workers = 2;
    make(several_lanes(2, 4), options);
    const RunReport report = run_inline();
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->code, "test.fatal");
    for (FakeSink* sink : blueprint_->sinks) EXPECT_EQ(sink->closes, 1u);
    for (FakeSink* sink : blueprint_->dead_letters) EXPECT_EQ(sink->closes, 1u);
}

TEST_F(RunnerTest, TellsWhatItCommitted) {
    make(several_lanes(2, 4));
    Runner runner(*blueprint_, clock_, registry_);
    ASSERT_TRUE(runner.start().has_value());
    runner.run_inline(clock_);
    EXPECT_EQ(runner.committed(), committed_);
}

}  // namespace
}  // namespace messina::engine
