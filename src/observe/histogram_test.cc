#include "observe/histogram.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"

namespace messina::observe {
namespace {

using namespace histogram_layout;
using namespace std::chrono_literals;

HistogramSnapshot snapshot(const Histogram& histogram) {
    HistogramSnapshot taken;
    histogram.add_to(taken);
    return taken;
}

TEST(HistogramLayout, CellsAreAtMostFivePercentWide) {
    EXPECT_EQ(kBounds.front(), 100u);
    EXPECT_EQ(kBounds.back(), 1'000'000'000'000u);
    for (size_t cell = 1; cell < kBounds.size(); ++cell) {
        ASSERT_LT(kBounds[cell - 1], kBounds[cell]);
        const auto width = static_cast<double>(kBounds[cell] - kBounds[cell - 1]);
        // Below 1 µs whole nanoseconds are coarser than that.
        const double rounding = kBounds[cell] < 1000 ? 1 : 0;
        EXPECT_LE(width - rounding, 0.05 * static_cast<double>(kBounds[cell - 1])) << cell;
    }
}

TEST(HistogramLayout, PutsEveryDurationIntoTheCellThatEndsAtOrAboveIt) {
    const auto expect_right = [](uint64_t nanos) {
        const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), nanos);
        EXPECT_EQ(cell_of(nanos), static_cast<size_t>(bound - kBounds.begin())) << nanos;
    };
    for (uint64_t nanos = 0; nanos < 5000; ++nanos) expect_right(nanos);
    for (const uint64_t bound : kBounds) {
        expect_right(bound - 1);
        expect_right(bound);
        expect_right(bound + 1);
    }
    Random random(7);
    for (int i = 0; i < 100'000; ++i) expect_right(random.next() >> (random.below(64)));
    expect_right(UINT64_MAX);
}

TEST(Histogram, TellsTwentyMicrosecondsFromTwentyOne) {
    Histogram histogram;
    histogram.record(20us, 1000);
    EXPECT_NEAR(static_cast<double>(snapshot(histogram).quantile(0.5).count()), 20'000, 500);
    histogram.record(21us, 5000);
    EXPECT_NEAR(static_cast<double>(snapshot(histogram).quantile(0.5).count()), 21'000, 525);
}

TEST(Histogram, QuantilesOfASpreadAreWithinTheCellsError) {
    Random random(11);
    Histogram histogram;
    std::vector<double> values;
    for (int i = 0; i < 50'000; ++i) {
        const double nanos = std::exp(std::log(1e3) + random.unit() * std::log(1e6));
        values.push_back(std::floor(nanos));
        histogram.record(Nanos(static_cast<int64_t>(nanos)));
    }
    std::sort(values.begin(), values.end());
    const HistogramSnapshot taken = snapshot(histogram);
    for (const double q : {0.01, 0.5, 0.95, 0.99, 0.999}) {
        const double exact = values[static_cast<size_t>(q * 50'000)];
        EXPECT_NEAR(static_cast<double>(taken.quantile(q).count()), exact, 0.03 * exact) << q;
    }
    double sum = 0;
    for (const double value : values) sum += value;
    EXPECT_NEAR(taken.sum_seconds(), sum * 1e-9, 1e-6);
}

TEST(Histogram, HasBoundedAnswersAtItsEnds) {
    Histogram histogram;
    EXPECT_EQ(snapshot(histogram).quantile(0.5), 0ns);
    histogram.record(-5s);
    EXPECT_LE(snapshot(histogram).quantile(1), 100ns) << "a clock set back counts as zero";
    histogram.record(1h, 10);
    EXPECT_EQ(snapshot(histogram).quantile(0.99), 1000s);
    EXPECT_EQ(snapshot(histogram).quantile(7), 1000s);
    EXPECT_EQ(snapshot(histogram).count(), 11u);
}

TEST(Histogram, CountsAtAStepExactlyWhatDoesNotExceedIt) {
    Histogram histogram;
    for (size_t step = 0; step <= kSteps; ++step) {
        const auto bound = static_cast<int64_t>(step_bound(step));
        histogram.record(Nanos(bound));
        histogram.record(Nanos(bound + 1));
    }
    const HistogramSnapshot taken = snapshot(histogram);
    for (size_t step = 0; step <= kSteps; ++step)
        EXPECT_EQ(taken.count_up_to_step(step), 2 * step + 1) << step;
}

TEST(HistogramSnapshot, AddsUpWorkers) {
    Histogram one;
    Histogram other;
    one.record(1ms, 99);
    other.record(1s);
    HistogramSnapshot both = snapshot(one);
    both.add(snapshot(other));
    EXPECT_EQ(both.count(), 100u);
    EXPECT_NEAR(both.sum_seconds(), 1.099, 1e-9);
    EXPECT_GT(both.quantile(0.995), 900ms);
}

}  // namespace
}  // namespace messina::observe
