#include "observe/metrics.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"
#include "observe/process.h"

namespace messina::observe {
namespace {

using namespace std::chrono_literals;

const MetricSnapshot& find(const std::vector<MetricSnapshot>& all, const MetricSpec& spec) {
    for (const MetricSnapshot& one : all)
        if (one.spec == &spec) return one;
    throw std::logic_error("not scraped");
}

TEST(Metrics, AddUpOverWorkers) {
    MetricRegistry registry(system_clock());
    Metrics one(registry);
    Metrics other(registry);
    one.counter(kRecordsIn, {{"pipeline", "p"}}).add(3);
    other.counter(kRecordsIn, {{"pipeline", "p"}}).add(4);
    other.counter(kRecordsIn, {{"pipeline", "q"}}).add(5);
    EXPECT_EQ(registry.total(kRecordsIn, {{"pipeline", "p"}}), 7u);
    EXPECT_EQ(registry.total(kRecordsIn), 12u);
    one.gauge(kInflightRecords, {{"pipeline", "p"}}).set(10);
    other.gauge(kInflightRecords, {{"pipeline", "p"}}).set(0.5);
    EXPECT_EQ(registry.total(kInflightRecords), 10.5);
    one.histogram(kRecordLatency, {{"pipeline", "p"}}).record(1ms, 2);
    other.histogram(kRecordLatency, {{"pipeline", "p"}}).record(3ms);
    EXPECT_EQ(registry.total(kRecordLatency).count(), 3u);
}

TEST(Metrics, GiveTheSameCellForTheSameSeriesInAnyOrderOfLabels) {
    MetricRegistry registry(system_clock());
    Metrics metrics(registry);
    Counter& first = metrics.counter(kRecordsOut, {{"pipeline", "p"}, {"sink", "s"}});
    EXPECT_EQ(&first, &metrics.counter(kRecordsOut, {{"sink", "s"}, {"pipeline", "p"}}));
    EXPECT_NE(&first, &metrics.counter(kRecordsOut, {{"sink", "p"}, {"pipeline", "s"}}));
}

TEST(Metrics, LeaveTheirTotalsBehindButNotTheirGauges) {
    MetricRegistry registry(system_clock());
    {
        Metrics metrics(registry);
        metrics.counter(kRetries, {{"pipeline", "p"}}).add(2);
        metrics.gauge(kInflightRecords, {{"pipeline", "p"}}).set(9);
        metrics.histogram(kRecordLatency, {{"pipeline", "p"}}).record(1ms);
        metrics.before_scrape([] { FAIL() << "called after its Metrics has gone"; });
    }
    Metrics again(registry);
    again.counter(kRetries, {{"pipeline", "p"}}).add(1);
    EXPECT_EQ(registry.total(kRetries), 3u);
    EXPECT_EQ(registry.total(kInflightRecords), 0);
    EXPECT_EQ(registry.total(kRecordLatency).count(), 1u);
    EXPECT_EQ(std::get<uint64_t>(find(registry.scrape(), kRetries).series.at(0).value), 3u);
}

TEST(Metrics, ForgetASeriesThatItsLastWriterGivesBack) {
    MetricRegistry registry(system_clock());
    Metrics one(registry);
    Metrics other(registry);
    Gauge& moved = one.gauge(kInflightRecords, {{"pipeline", "p"}});
    moved.set(5);
    Gauge& kept = one.gauge(kInflightRecords, {{"pipeline", "q"}});
    kept.set(7);
    Gauge& taken_over = other.gauge(kInflightRecords, {{"pipeline", "p"}});
    taken_over.set(3);
    one.give_back(moved);
    EXPECT_EQ(registry.total(kInflightRecords, {{"pipeline", "p"}}), 3);
    other.give_back(taken_over);
    const auto scraped = registry.scrape();
    ASSERT_EQ(find(scraped, kInflightRecords).series.size(), 1u);
    EXPECT_EQ(find(scraped, kInflightRecords).series[0].label_values.at(0), "q");
    one.gauge(kInflightRecords, {{"pipeline", "p"}}).set(1);
    EXPECT_EQ(registry.total(kInflightRecords), 8);
}

TEST(Metrics, ScrapeHoldsEveryMetricAndThoseWithoutLabelsFromTheStart) {
    MetricRegistry registry(system_clock());
    const auto scraped = registry.scrape();
    EXPECT_EQ(scraped.size(), kAllMetrics.size());
    EXPECT_EQ(find(scraped, kRecordsIn).series.size(), 0u);
    ASSERT_EQ(find(scraped, kProcessCpu).series.size(), 1u);
    EXPECT_EQ(std::get<uint64_t>(find(scraped, kProcessCpu).series[0].value), 0u);
}

TEST(Metrics, StartEveryValueOfAClosedLabelAtZero) {
    MetricRegistry registry(system_clock());
    Metrics metrics(registry);
    metrics.counter(kErrors, {{"pipeline", "p"}, {"class", "poison"}}).add();
    const auto scraped = registry.scrape();
    const auto& series = find(scraped, kErrors).series;
    ASSERT_EQ(series.size(), 5u);
    for (const SeriesSnapshot& one : series)
        EXPECT_EQ(std::get<uint64_t>(one.value), one.label_values[1] == "poison" ? 1u : 0u);
}

TEST(Metrics, AgeIsReckonedWhenSomeoneLooksFromTheOldestMark) {
    VirtualClock clock(WallTime(1h));
    MetricRegistry registry(clock);
    Metrics one(registry);
    Metrics other(registry);
    Age& mine = one.age(kCheckpointAge, {{"pipeline", "p"}});
    Age& theirs = other.age(kCheckpointAge, {{"pipeline", "p"}});
    const auto age = [&] {
        return std::get<double>(find(registry.scrape(), kCheckpointAge).series.at(0).value);
    };
    clock.advance(3s);
    EXPECT_EQ(age(), 3) << "young when made";
    mine.mark(clock.instant());
    EXPECT_EQ(age(), 3) << "the other has still not saved";
    theirs.mark(clock.instant());
    EXPECT_EQ(age(), 0);
    one.age(kCheckpointAge, {{"pipeline", "p"}});
    clock.advance(1500ms);
    EXPECT_EQ(age(), 1.5);
}

TEST(Metrics, AreFoundByName) {
    VirtualClock clock(WallTime(1h));
    MetricRegistry registry(clock);
    Metrics metrics(registry);
    metrics.counter(kRecordsIn, {{"pipeline", "p"}}).add(3);
    metrics.counter(kRecordsIn, {{"pipeline", "q"}}).add(4);
    metrics.counter(kProcessCpu).add(1500ms);
    metrics.gauge(kInflightRecords, {{"pipeline", "p"}}).set(2);
    metrics.histogram(kRecordLatency, {{"pipeline", "p"}}).record(1ms, 5);
    metrics.age(kCheckpointAge, {{"pipeline", "p"}});
    clock.advance(2s);
    metrics.age(kCheckpointAge, {{"pipeline", "q"}});
    EXPECT_EQ(registry.total("records_in_total"), 7);
    EXPECT_EQ(registry.total("messina_records_in_total"), 7);
    EXPECT_EQ(registry.total("process_cpu_seconds_total"), 1.5);
    EXPECT_EQ(registry.total("inflight_records"), 2);
    EXPECT_EQ(registry.total("record_latency_seconds"), 5);
    EXPECT_EQ(registry.total("checkpoint_age_seconds"), 2);
    EXPECT_EQ(registry.total("records_in"), std::nullopt);
    EXPECT_EQ(registry.total("errors_total"), 0);
}

TEST(Metrics, StayBoundedWhenALabelRunsWild) {
    MetricRegistry registry(system_clock());
    Metrics metrics(registry);
    for (int i = 0; i < 3000; ++i)
        metrics.counter(kDeadLetters, {{"pipeline", "p"}, {"reason", std::to_string(i)}}).add();
    EXPECT_LE(find(registry.scrape(), kDeadLetters).series.size(), MetricRegistry::kSeriesMax + 1);
    EXPECT_EQ(registry.total(kDeadLetters), 3000u) << "nothing is lost, only told less finely";
    EXPECT_EQ(registry.total(kDeadLetters, {{"reason", "other"}}), 2000u);
}

TEST(Metrics, MayBeScrapedWhileWorkersCountComeAndGo) {
    MetricRegistry registry(system_clock());
    std::atomic<int> running = 4;
    std::vector<std::thread> workers;
    workers.reserve(4);
    for (int w = 0; w < 4; ++w)
        workers.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                Metrics metrics(registry);
                Counter& counter = metrics.counter(kRecordsIn, {{"pipeline", "p"}});
                Histogram& latency = metrics.histogram(kRecordLatency, {{"pipeline", "p"}});
                for (int n = 0; n < 500; ++n) {
                    counter.add(2);
                    latency.record(Nanos(n));
                }
            }
            --running;
        });
    uint64_t last = 0;
    while (running > 0) {
        const uint64_t now = registry.total(kRecordsIn);
        EXPECT_GE(now, last) << "a counter went back";
        last = now;
    }
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(registry.total(kRecordsIn), 4u * 20 * 500 * 2);
    EXPECT_EQ(registry.total(kRecordLatency).count(), 4u * 20 * 500);
}

TEST(MetricsDeathTest, AWrongLabelIsABugOfOurs) {
    MetricRegistry registry(system_clock());
    Metrics metrics(registry);
    EXPECT_DEATH(metrics.counter(kRecordsIn, {{"pipelime", "p"}}), "no label pipelime");
    EXPECT_DEATH(metrics.counter(kRecordsIn), "has 1 labels");
    EXPECT_DEATH(metrics.counter(kRecordsOut, {{"sink", "p"}, {"sink", "s"}}), "twice");
    static constexpr CounterSpec undeclared{"messina_x_total", Unit::None, "X."};
    EXPECT_DEATH(metrics.counter(undeclared), "is in no table");
}

TEST(MetricTable, FollowsTheNamingRules) {
    std::set<std::string_view> names;
    for (const MetricSpec* spec : kAllMetrics) {
        EXPECT_TRUE(names.insert(spec->name).second) << spec->name;
        EXPECT_TRUE(spec->name.starts_with("messina_") || spec->name.starts_with("process_"));
        EXPECT_EQ(spec->kind == MetricKind::Counter, spec->name.ends_with("_total")) << spec->name;
        EXPECT_TRUE(spec->help.ends_with('.')) << spec->name;
        EXPECT_EQ(spec->help.find_first_of("\n\\\""), std::string_view::npos) << spec->name;
        std::string_view stem = spec->name;
        if (stem.ends_with("_total")) stem.remove_suffix(6);
        EXPECT_TRUE(spec->unit != Unit::Seconds || stem.ends_with("_seconds")) << spec->name;
        // "bytes_in" reads better than "in_bytes"; the unit is there either way.
        EXPECT_TRUE(spec->unit != Unit::Bytes || stem.find("bytes") != std::string_view::npos)
            << spec->name;
    }
}

TEST(MetricTable, KnowsEveryErrorClass) {
    for (size_t i = 0; i < kErrorClassValues.size(); ++i)
        EXPECT_EQ(to_string(static_cast<ErrorClass>(i)), kErrorClassValues[i]);
}

}  // namespace
}  // namespace messina::observe
