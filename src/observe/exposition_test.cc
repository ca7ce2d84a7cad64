#include "observe/exposition.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace messina::observe {
namespace {

using namespace std::chrono_literals;

constexpr CounterSpec kThings{"messina_things_total", Unit::None, "Things.", "kind"};
constexpr CounterSpec kBusy{"messina_busy_seconds_total", Unit::Seconds, "Busy time."};
constexpr GaugeSpec kHeld{"messina_held_bytes", Unit::Bytes, "Held."};
constexpr AgeSpec kOld{"messina_old_seconds", Unit::Seconds, "Old."};
constexpr HistogramSpec kTook{"messina_took_seconds", Unit::Seconds, "Took.", "kind"};
constexpr std::array<const MetricSpec*, 5> kSpecs = {&kThings, &kBusy, &kHeld, &kOld, &kTook};

struct Fixture {
    VirtualClock clock{WallTime(1h)};
    MetricRegistry registry{clock, kSpecs};
    Metrics metrics{registry};

    std::string exposed(ExpositionFormat format) { return expose(registry.scrape(), format); }
};

TEST(Exposition, WritesPrometheusText) {
    Fixture f;
    f.metrics.counter(kThings, {{"kind", "b"}}).add(3);
    f.metrics.counter(kThings, {{"kind", "a"}});
    f.metrics.counter(kBusy).add(1500ms);
    f.metrics.gauge(kHeld).set(1e6);
    f.metrics.age(kOld);
    f.clock.advance(250ms);
    EXPECT_EQ(f.exposed(ExpositionFormat::PrometheusText),
              "# HELP messina_things_total Things.\n"
              "# TYPE messina_things_total counter\n"
              "messina_things_total{kind=\"a\"} 0\n"
              "messina_things_total{kind=\"b\"} 3\n"
              "# HELP messina_busy_seconds_total Busy time.\n"
              "# TYPE messina_busy_seconds_total counter\n"
              "messina_busy_seconds_total 1.5\n"
              "# HELP messina_held_bytes Held.\n"
              "# TYPE messina_held_bytes gauge\n"
              "messina_held_bytes 1000000\n"
              "# HELP messina_old_seconds Old.\n"
              "# TYPE messina_old_seconds gauge\n"
              "messina_old_seconds 0.25\n"
              "# HELP messina_took_seconds Took.\n"
              "# TYPE messina_took_seconds histogram\n");
}

TEST(Exposition, WritesOpenMetrics) {
    Fixture f;
    f.metrics.counter(kThings, {{"kind", "a"}}).add(3);
    f.metrics.gauge(kHeld).set(2);
    EXPECT_EQ(f.exposed(ExpositionFormat::OpenMetrics),
              "# HELP messina_things Things.\n"
              "# TYPE messina_things counter\n"
              "messina_things_total{kind=\"a\"} 3\n"
              "# HELP messina_busy_seconds Busy time.\n"
              "# TYPE messina_busy_seconds counter\n"
              "# UNIT messina_busy_seconds seconds\n"
              "messina_busy_seconds_total 0.0\n"
              "# HELP messina_held_bytes Held.\n"
              "# TYPE messina_held_bytes gauge\n"
              "# UNIT messina_held_bytes bytes\n"
              "messina_held_bytes 2.0\n"
              "# HELP messina_old_seconds Old.\n"
              "# TYPE messina_old_seconds gauge\n"
              "# UNIT messina_old_seconds seconds\n"
              "messina_old_seconds 0.0\n"
              "# HELP messina_took_seconds Took.\n"
              "# TYPE messina_took_seconds histogram\n"
              "# UNIT messina_took_seconds seconds\n"
              "# EOF\n");
}

TEST(Exposition, GivesHistogramsTenCumulativeBucketsADecade) {
    Fixture f;
    Histogram& took = f.metrics.histogram(kTook, {{"kind", "a"}});
    took.record(20us, 3);
    took.record(21us);
    took.record(2h);
    const std::string text = f.exposed(ExpositionFormat::PrometheusText);
    for (const char* line : {"messina_took_seconds_bucket{kind=\"a\",le=\"1e-06\"} 0\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"1.6e-05\"} 0\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"2e-05\"} 3\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"2.5e-05\"} 4\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"0.1\"} 4\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"100\"} 4\n",
                             "messina_took_seconds_bucket{kind=\"a\",le=\"+Inf\"} 5\n",
                             "messina_took_seconds_sum{kind=\"a\"} 7200.000081\n",
                             "messina_took_seconds_count{kind=\"a\"} 5\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    const std::string open = f.exposed(ExpositionFormat::OpenMetrics);
    EXPECT_NE(open.find("le=\"100.0\"} 4\n"), std::string::npos);
    size_t buckets = 0;
    for (size_t at = 0; (at = text.find("_bucket{", at)) != std::string::npos; ++at) ++buckets;
    EXPECT_EQ(buckets, 82u);
}

TEST(Exposition, EscapesLabelValues) {
    Fixture f;
    f.metrics.counter(kThings, {{"kind", "a\"b\\c\nd\xff"}});
    EXPECT_NE(f.exposed(ExpositionFormat::PrometheusText)
                  .find("{kind=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"} 0\n"),
              std::string::npos);
}

TEST(Exposition, WritesNumbersThatAreNone) {
    Fixture f;
    f.metrics.gauge(kHeld).set(std::numeric_limits<double>::infinity());
    EXPECT_NE(f.exposed(ExpositionFormat::PrometheusText).find("held_bytes +Inf\n"),
              std::string::npos);
    f.metrics.gauge(kHeld).set(-std::numeric_limits<double>::infinity());
    EXPECT_NE(f.exposed(ExpositionFormat::OpenMetrics).find("held_bytes -Inf\n"),
              std::string::npos);
    f.metrics.gauge(kHeld).set(std::numeric_limits<double>::quiet_NaN());
    EXPECT_NE(f.exposed(ExpositionFormat::OpenMetrics).find("held_bytes NaN\n"), std::string::npos);
}

TEST(Exposition, NegotiatesByAccept) {
    const auto open = ExpositionFormat::OpenMetrics;
    const auto text = ExpositionFormat::PrometheusText;
    EXPECT_EQ(negotiate_exposition(""), text);
    EXPECT_EQ(negotiate_exposition("*/*"), text);
    EXPECT_EQ(negotiate_exposition("application/openmetrics-text"), open);
    EXPECT_EQ(negotiate_exposition("application/openmetrics-text;version=1.0.0;q=0.5,"
                                   "text/plain;version=0.0.4;q=0.3,*/*;q=0.1"),
              open);
    EXPECT_EQ(negotiate_exposition("text/plain, application/openmetrics-text; q=0.9"), text);
    EXPECT_EQ(negotiate_exposition("application/openmetrics-text; q=0"), text);
    EXPECT_EQ(negotiate_exposition("application/openmetrics-text;q=banana"), text);
    EXPECT_EQ(negotiate_exposition(",;,=;q,;q=,application/openmetrics-text;;"), open);
    EXPECT_NE(content_type(open).find("version=1.0.0"), std::string_view::npos);
    EXPECT_NE(content_type(text).find("version=0.0.4"), std::string_view::npos);
}

}  // namespace
}  // namespace messina::observe
