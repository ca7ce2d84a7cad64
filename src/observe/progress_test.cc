#include "observe/progress.h"

#include <gtest/gtest.h>

#include "observe/testing/pseudo_terminal.h"

namespace messina::observe {
namespace {

using namespace std::chrono_literals;

TEST(FormatProgress, SaysHowMuchHowFastAndHowLongStill) {
    const ProgressFigures figures{{1'234'567, 4'096, 0.379}, 48'230, 80s};
    EXPECT_EQ(format_progress(figures, 80),
              "1,234,567 records  48.2k/s  37 %  1m20s left  4,096 in flight");
}

TEST(FormatProgress, LeavesOutWhatIsUnknownOrDoesNotFit) {
    EXPECT_EQ(format_progress({{7, 0, {}}, 0, {}}, 80), "7 records  0/s  0 in flight");
    const ProgressFigures figures{{1'234'567, 4'096, 0.37}, 48'230, 80s};
    EXPECT_EQ(format_progress(figures, 40), "1,234,567 records  48.2k/s  37 %");
    EXPECT_EQ(format_progress(figures, 17), "1,234,567 records");
    EXPECT_EQ(format_progress(figures, 16), "");
}

TEST(FormatProgress, NeverSaysAHundredPercentBeforeTheEnd) {
    EXPECT_EQ(format_progress({{1, 0, 0.99999}, 1, {}}, 80), "1 record  1/s  99 %  0 in flight");
    EXPECT_EQ(format_progress({{1, 0, 1.5}, 1, {}}, 80), "1 record  1/s  100 %  0 in flight");
}

TEST(FormatProgress, ScalesItsNumbers) {
    EXPECT_EQ(format_rate(0.4), "0/s");
    EXPECT_EQ(format_rate(-3), "0/s");
    EXPECT_EQ(format_rate(950), "950/s");
    EXPECT_EQ(format_rate(999.9), "1.00k/s");
    EXPECT_EQ(format_rate(9'990), "9.99k/s");
    EXPECT_EQ(format_rate(123'456), "123k/s");
    EXPECT_EQ(format_rate(1'250'000), "1.25M/s");
    EXPECT_EQ(format_rate(3.2e10), "32.0G/s");
    EXPECT_EQ(format_count(0), "0");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1'000), "1,000");
    EXPECT_EQ(format_remaining(-1s), "0s");
    EXPECT_EQ(format_remaining(44'100ms), "45s");
    EXPECT_EQ(format_remaining(11'105s), "3h05m");
    EXPECT_EQ(format_remaining(52h), "2d04h");
}

class ProgressLine : public ::testing::Test {
  protected:
    std::string drawn() {
        const std::string bytes = screen_.read_all();
        const size_t wiped = bytes.rfind("\x1b[K");
        return wiped == std::string::npos ? bytes : bytes.substr(wiped + 3);
    }

    testing::PseudoTerminal screen_{100};
    Terminal terminal_{screen_.descriptor()};
    VirtualClock clock_{WallTime(1h)};
};

TEST_F(ProgressLine, IsDrawnTenTimesASecondAtMost) {
    Progress progress(terminal_, clock_);
    progress.update({0, 0, 0.0});
    EXPECT_EQ(drawn(), "") << "there is no rate yet";
    clock_.advance(99ms);
    progress.update({10, 1, 0.1});
    EXPECT_EQ(drawn(), "");
    clock_.advance(1ms);
    progress.update({10, 1, 0.1});
    EXPECT_EQ(drawn(), "10 records  100/s  10 %  1s left  1 in flight");
    clock_.advance(50ms);
    progress.update({20, 1, 0.2});
    EXPECT_EQ(drawn(), "");
}

TEST_F(ProgressLine, SmoothsTheRateButFollowsIt) {
    Progress progress(terminal_, clock_);
    progress.update({0, 0, {}});
    clock_.advance(100ms);
    progress.update({100, 0, {}});
    EXPECT_EQ(drawn(), "100 records  1.00k/s  0 in flight");
    clock_.advance(100ms);
    progress.update({100, 0, {}});
    EXPECT_EQ(drawn(), "100 records  967/s  0 in flight");
    clock_.advance(60s);
    progress.update({100, 0, {}});
    EXPECT_EQ(drawn(), "100 records  0/s  0 in flight");
}

TEST_F(ProgressLine, ReckonsTheRestFromWhatThisRunDid) {
    Progress progress(terminal_, clock_);
    progress.update({0, 0, 0.5});
    clock_.advance(10s);
    progress.update({1'000, 0, 0.6});
    EXPECT_EQ(drawn(), "1,000 records  100/s  60 %  40s left  0 in flight");
}

TEST_F(ProgressLine, SaysNothingOfARestThatNobodyCanKnow) {
    Progress progress(terminal_, clock_);
    progress.update({0, 0, 0.0});
    clock_.advance(1h);
    progress.update({1, 0, 1e-6});
    EXPECT_EQ(drawn(), "1 record  0/s  0 %  0 in flight");
}

TEST_F(ProgressLine, IsWipedInTheEnd) {
    {
        Progress progress(terminal_, clock_);
        progress.update({0, 0, {}});
        clock_.advance(1s);
        progress.update({5, 0, {}});
        EXPECT_NE(drawn(), "");
    }
    EXPECT_EQ(screen_.read_all(), "\r\x1b[K");
}

TEST(Progress, KeepsQuietWhereNobodyWatches) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    VirtualClock clock(WallTime(1h));
    {
        Terminal terminal(ends[1]);
        Progress progress(terminal, clock);
        progress.update({0, 0, {}});
        clock.advance(1s);
        progress.update({5, 0, {}});
    }
    char byte;
    EXPECT_EQ(::read(ends[0], &byte, 1), -1);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace messina::observe
