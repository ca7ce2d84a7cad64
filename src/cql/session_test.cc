#include "cql/session.h"

#include <map>

#include <gtest/gtest.h>

#include "cql/testing/fake_transport.h"

namespace messina::cql {
namespace {

using testing::FakeCluster;
using testing::FakeTransport;

struct Answers final : RequestHandler {
    void on_rows(uint64_t tag, const Rows& rows) override {
        by_tag[tag] = "rows " + std::to_string(rows.row_count);
    }
    void on_failure(uint64_t tag, const Error& error) override { by_tag[tag] = error.code; }
    std::map<uint64_t, std::string> by_tag;
};

class SessionTest : public ::testing::Test {
  protected:
    explicit SessionTest(SessionLimits limits = {})
        : loop_(std::make_unique<FakeTransport>(cluster_), clock_),
          session_(loop_, {.contact_points = {"127.0.0.1:9042"}}, limits) {
        EXPECT_TRUE(session_.open());
    }
    Statement& select() { return session_.statement("SELECT a FROM t WHERE k = ?", {}); }
    void ask(Statement& statement, uint64_t tag, std::string_view value = "v") {
        ValueWriter values;
        values.add(value);
        session_.execute(statement, values, {}, answers_, tag);
    }

    VirtualClock clock_{WallTime(std::chrono::hours(1))};
    FakeCluster cluster_;
    Loop loop_;
    Session session_;
    Answers answers_;
};

TEST_F(SessionTest, PreparesAStatementOnceAndSendsWhatWaitedForItTogether) {
    for (uint64_t tag = 0; tag < 5; ++tag) ask(select(), tag);
    EXPECT_EQ(cluster_.requests_sent, 0U);
    loop_.poll();
    EXPECT_EQ(cluster_.prepared.size(), 1U);
    EXPECT_EQ(cluster_.requests_sent, 5U);
    EXPECT_EQ(cluster_.submissions, 1U);
    ask(select(), 9);
    session_.flush();
    EXPECT_EQ(cluster_.prepared.size(), 1U);
    EXPECT_EQ(cluster_.requests_sent, 6U);
}

TEST_F(SessionTest, TellsAnswersInAnyOrderToWhoAsked) {
    ask(select(), 1);
    ask(select(), 2);
    loop_.poll();
    std::swap(cluster_.requests[0], cluster_.requests[1]);
    cluster_.answer(Failure{Outcome::Database, 0x1100, "too late"});
    cluster_.answer();
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[2], "cql.write_timeout");
    EXPECT_EQ(answers_.by_tag[1], "rows 0");
    EXPECT_EQ(session_.in_flight(), 0U);
}

TEST_F(SessionTest, PreparesAgainAfterAPauseWhenThatFailed) {
    cluster_.prepare_failure = Failure{Outcome::TimedOut, 0, "slow node"};
    ask(select(), 1);
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[1], "cql.not_prepared");
    ask(select(), 2);
    EXPECT_FALSE(answers_.by_tag.contains(2)) << "told within execute()";
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[2], "cql.not_prepared");
    EXPECT_EQ(cluster_.prepared.size(), 1U);
    clock_.advance(std::chrono::seconds(1));
    cluster_.prepare_failure.reset();
    ask(select(), 3);
    loop_.poll();
    cluster_.answer();
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[3], "rows 0");
}

TEST_F(SessionTest, GivesUpWhatIsNotAnsweredInTimeAndTakesTheLateAnswer) {
    ask(select(), 1);
    loop_.poll();
    clock_.advance(std::chrono::seconds(5));
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[1], "cql.timed_out");
    EXPECT_EQ(session_.in_flight(), 1U) << "the driver still has it";
    answers_.by_tag.clear();
    cluster_.answer();
    loop_.poll();
    EXPECT_TRUE(answers_.by_tag.empty());
    EXPECT_EQ(session_.in_flight(), 0U);
}

TEST_F(SessionTest, SaysNothingToWhoWasForgotten) {
    ask(select(), 1);
    loop_.poll();
    ask(select(), 2);
    session_.forget(answers_);
    cluster_.answer();
    loop_.poll();
    EXPECT_TRUE(answers_.by_tag.empty());
    EXPECT_EQ(cluster_.requests_sent, 1U) << "what nobody waits for is not sent";
}

TEST_F(SessionTest, FailsAStatementTheServerRefusesWithItsText) {
    cluster_.prepare_failure = Failure{Outcome::Database, 0x2200, "unconfigured table t"};
    struct Keeper final : RequestHandler {
        void on_rows(uint64_t, const Rows&) override {}
        void on_failure(uint64_t, const Error& failure) override { error = failure; }
        Error error;
    } keeper;
    ValueWriter values;
    session_.execute(select(), values, {}, keeper, 0);
    loop_.poll();
    loop_.poll();
    EXPECT_EQ(keeper.error.error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(keeper.error.message, "preparing SELECT a FROM t WHERE k = ?: unconfigured table t");
}

TEST_F(SessionTest, CollectsAllPages) {
    using namespace std::string_view_literals;
    int page = 0;
    cluster_.on_wait = [&](Nanos) {
        ++page;
        if (page == 1) cluster_.answer_rows("\0\0\0\1a\xff\xff\xff\xff"sv, 1, 2, "next");
        if (page == 2) {
            EXPECT_EQ(cluster_.requests.front().paging, "next");
            cluster_.answer_rows("\0\0\0\0\0\0\0\2bc"sv, 1, 2);
        }
    };
    const auto rows = session_.select("SELECT a, b FROM t", {});
    ASSERT_TRUE(rows) << rows.error().to_text();
    const Session::Table expected = {{"a", std::nullopt}, {"", "bc"}};
    EXPECT_EQ(*rows, expected);
}

TEST_F(SessionTest, RefusesAPageThatEndsEarly) {
    using namespace std::string_view_literals;
    cluster_.on_wait = [&](Nanos) { cluster_.answer_rows("\0\0\0\5a"sv, 1, 1); };
    const auto rows = session_.select("SELECT a FROM t", {});
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, "cql.protocol");
}

TEST_F(SessionTest, RestsBeforeItWaitsWhileAnswersTakeLong) {
    using std::chrono::microseconds;
    Statement& read = session_.statement("SELECT a FROM t WHERE k = ?", {.is_read = true});
    const auto answer_after = [&](Nanos time) {
        for (uint64_t tag = 0; tag < 200; ++tag) {
            ask(read, tag);
            loop_.poll();
            clock_.advance(time);
            cluster_.answer();
            loop_.poll();
        }
        cluster_.rests.clear();
        loop_.wait(microseconds(200));
        EXPECT_TRUE(cluster_.rests.empty()) << "nothing is asked";
        ask(read, 0);
        loop_.poll();
        loop_.wait(microseconds(200));
        cluster_.answer();
        loop_.poll();
    };
    answer_after(microseconds(300));
    EXPECT_TRUE(cluster_.rests.empty()) << "a rest would take longer than is won";
    answer_after(microseconds(8'000));
    ASSERT_EQ(cluster_.rests.size(), 1u);
    EXPECT_NEAR(static_cast<double>(cluster_.rests[0].count()), 500e3, 20e3);
    answer_after(std::chrono::seconds(1));
    ASSERT_EQ(cluster_.rests.size(), 1u);
    EXPECT_EQ(cluster_.rests[0], std::chrono::milliseconds(1)) << "never longer";
}

TEST_F(SessionTest, MeasuresHowEachRequestEnds) {
    observe::MetricRegistry registry(clock_);
    observe::Metrics metrics(registry);
    SessionMeter meter(metrics, "tracking");
    session_.measure(meter);
    Statement& read = session_.statement("SELECT a FROM t WHERE k = ?", {.is_read = true});
    for (uint64_t tag = 0; tag < 3; ++tag) ask(read, tag);
    loop_.poll();
    EXPECT_EQ(registry.total(observe::kCqlInflight, {{"store", "tracking"}}), 3.0);
    clock_.advance(std::chrono::seconds(2));
    cluster_.answer();
    cluster_.answer(Failure{Outcome::Database, 0x1200, ""});
    loop_.poll();
    clock_.advance(std::chrono::seconds(3));
    loop_.poll();
    EXPECT_EQ(registry.total(observe::kCqlInflight, {{"store", "tracking"}}), 1.0)
        << "given up, but not answered";
    cluster_.answer();
    loop_.poll();
    for (const char* outcome : {"ok", "error", "timed_out"}) {
        const auto total =
            registry.total(observe::kCqlRequestDuration,
                           {{"store", "tracking"}, {"operation", "read"}, {"outcome", outcome}});
        EXPECT_EQ(total.count(), 1U) << outcome;
        EXPECT_DOUBLE_EQ(total.sum_seconds(), outcome[0] == 't' ? 5.0 : 2.0) << outcome;
    }
    EXPECT_EQ(registry.total(observe::kCqlInflight, {{"store", "tracking"}}), 0.0);
}

class BoundedSessionTest : public SessionTest {
  protected:
    BoundedSessionTest() : SessionTest({.requests_max = 2, .bytes_max = 100}) {}
};

TEST_F(BoundedSessionTest, SendsNoMoreRequestsThanItMay) {
    for (uint64_t tag = 0; tag < 5; ++tag) ask(select(), tag);
    loop_.poll();
    EXPECT_EQ(cluster_.requests.size(), 2U);
    EXPECT_EQ(session_.waiting(), 3U);
    cluster_.answer();
    loop_.poll();
    EXPECT_EQ(cluster_.requests.size(), 2U);
    EXPECT_EQ(session_.waiting(), 2U);
}

TEST_F(BoundedSessionTest, CountsBytesAndStillSendsWhatIsTooLargeAlone) {
    ask(select(), 1, std::string(500, 'x'));
    ask(select(), 2);
    loop_.poll();
    EXPECT_EQ(cluster_.requests.size(), 1U);
    cluster_.answer();
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[1], "rows 0");
    EXPECT_EQ(cluster_.requests.size(), 1U);
}

TEST_F(BoundedSessionTest, GivesUpWhatNeverGotItsTurn) {
    for (uint64_t tag = 0; tag < 3; ++tag) ask(select(), tag);
    loop_.poll();
    clock_.advance(std::chrono::seconds(5));
    loop_.poll();
    EXPECT_EQ(answers_.by_tag[0], "cql.timed_out");
    EXPECT_EQ(answers_.by_tag[2], "cql.waited_too_long");
    cluster_.answer();
    cluster_.answer();
    loop_.poll();
    EXPECT_EQ(cluster_.requests_sent, 2U);
    EXPECT_EQ(session_.waiting(), 0U);
}

TEST_F(BoundedSessionTest, LetsRequestsWaitForTheirTurnAsLongAsAnswersCome) {
    for (uint64_t tag = 0; tag < 20; ++tag) ask(select(), tag);
    loop_.poll();
    while (!cluster_.requests.empty()) {
        clock_.advance(std::chrono::seconds(4));
        cluster_.answer();
        if (!cluster_.requests.empty()) cluster_.answer();
        loop_.poll();
    }
    for (uint64_t tag = 0; tag < 20; ++tag) EXPECT_EQ(answers_.by_tag[tag], "rows 0") << tag;
}

TEST(SessionOpen, SaysWhyItCannot) {
    VirtualClock clock{WallTime()};
    FakeCluster cluster;
    cluster.open_failure = Failure{Outcome::Authentication, 0, "wrong password"};
    Loop loop(std::make_unique<FakeTransport>(cluster), clock);
    Session session(loop, {}, {});
    const auto opened = session.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, "cql.authentication");
    EXPECT_EQ(opened.error().error_class, ErrorClass::Misconfigured);
}

}  // namespace
}  // namespace messina::cql
