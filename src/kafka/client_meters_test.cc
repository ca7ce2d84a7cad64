#include "kafka/client_meters.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

namespace messina::kafka {
namespace {

struct KafkaConsumerMeter : ::testing::Test {
    [[nodiscard]] double lag(int32_t partition) {
        return registry.total(observe::kKafkaConsumerLag,
                              {{"partition", std::to_string(partition)}});
    }
    [[nodiscard]] size_t lag_series() {
        for (const observe::MetricSnapshot& metric : registry.scrape())
            if (metric.spec == &observe::kKafkaConsumerLag) return metric.series.size();
        return 0;
    }
    static PartitionStatistics partition(int32_t number, int64_t begin, int64_t end) {
        return {.partition = {"clicks", number}, .begin = begin, .end = end};
    }

    observe::MetricRegistry registry{system_clock()};
    observe::Metrics metrics{registry};
    ConsumerMeter meter{{metrics, "p", "messina#consumer-1"}};
};

TEST_F(KafkaConsumerMeter, ReckonsTheLagFromTheCommittedPosition) {
    meter.set_position({"clicks", 0}, 40);
    meter.update({.partitions = {partition(0, 0, 100)}});
    EXPECT_EQ(lag(0), 60);
    meter.set_position({"clicks", 0}, 100);
    meter.update({.partitions = {partition(0, 0, 130)}});
    EXPECT_EQ(lag(0), 30);
}

TEST_F(KafkaConsumerMeter, ReckonsFromWhereReadingBeginsUntilTheFirstCommit) {
    meter.set_position({"clicks", 0}, RD_KAFKA_OFFSET_BEGINNING);
    meter.set_position({"clicks", 1}, RD_KAFKA_OFFSET_END);
    meter.update({.partitions = {partition(0, -1001, -1001), partition(1, -1001, -1001)}});
    EXPECT_EQ(lag_series(), 0u) << "nothing is known yet";
    meter.update({.partitions = {partition(0, 10, 100), partition(1, 10, 100)}});
    meter.update({.partitions = {partition(0, 10, 105), partition(1, 10, 105)}});
    EXPECT_EQ(lag(0), 95);
    EXPECT_EQ(lag(1), 5);
}

TEST_F(KafkaConsumerMeter, IsSilentOnPartitionsOfOthers) {
    meter.set_position({"clicks", 0}, 0);
    meter.update({.partitions = {partition(0, 0, 5), partition(1, 0, 7)}});
    EXPECT_EQ(lag_series(), 1u);
    meter.forget({"clicks", 0});
    meter.update({.partitions = {partition(0, 0, 5), partition(1, 0, 7)}});
    EXPECT_EQ(lag_series(), 0u);
}

TEST_F(KafkaConsumerMeter, NeverTellsOfALagBelowZero) {
    meter.set_position({"clicks", 0}, 12);
    meter.update({.partitions = {partition(0, 0, 10)}});
    EXPECT_EQ(lag(0), 0);
}

TEST_F(KafkaConsumerMeter, AddsUpWhatPartitionsHaveFetched) {
    meter.update({.partitions = {{.fetched_records = 3, .fetched_bytes = 30},
                                 {.fetched_records = 4, .fetched_bytes = 50}}});
    EXPECT_EQ(registry.total(observe::kKafkaConsumerQueueRecords), 7);
    EXPECT_EQ(registry.total(observe::kKafkaConsumerQueueBytes), 80);
}

TEST(KafkaBrokerMeters, KeepTheTimesOfTheLastAnswers) {
    observe::MetricRegistry registry(system_clock());
    observe::Metrics metrics(registry);
    ProducerMeter meter({metrics, "p", "messina#producer-1"});
    BrokerStatistics broker{.id = "1", .is_up = true, .answers = 2, .rtt_average_us = 1500};
    meter.update({.brokers = {broker}});
    EXPECT_EQ(registry.total(observe::kKafkaBrokerUp, {{"broker", "1"}}), 1);
    broker = {.id = "1", .is_up = false, .answers = 0, .retries = 4};
    meter.update({.brokers = {broker}});
    EXPECT_EQ(registry.total(observe::kKafkaBrokerUp), 0);
    EXPECT_DOUBLE_EQ(registry.total(observe::kKafkaBrokerRttAverage), 0.0015);
    EXPECT_EQ(registry.total(observe::kKafkaBrokerRetries), 4u);
}

}  // namespace
}  // namespace messina::kafka
