#include "kafka/statistics.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace messina::kafka {
namespace {

Statistics recorded(const std::string& name) {
    const auto text = read_file(MESSINA_TEST_DATA "/kafka/" + name);
    EXPECT_TRUE(text);
    const auto statistics = parse_statistics(*text);
    EXPECT_TRUE(statistics);
    return *statistics;
}

TEST(KafkaStatistics, OfAConsumerTellOfItsPartitions) {
    const Statistics statistics = recorded("consumer_statistics.json");
    ASSERT_EQ(statistics.partitions.size(), 3u) << "partition -1 is none";
    const PartitionStatistics& first = statistics.partitions[0];
    EXPECT_EQ(first.partition, (TopicPartition{"clicks", 0}));
    EXPECT_EQ(first.begin, 0);
    EXPECT_EQ(first.end, 100);
    EXPECT_EQ(first.fetched_records, 0);
}

TEST(KafkaStatistics, TellOfBrokersOnce) {
    const Statistics statistics = recorded("consumer_statistics.json");
    ASSERT_EQ(statistics.brokers.size(), 1u) << "the coordinator is a broker's second name";
    const BrokerStatistics& broker = statistics.brokers[0];
    EXPECT_EQ(broker.id, "1");
    EXPECT_TRUE(broker.is_up);
    EXPECT_EQ(broker.answers, 1u);
    EXPECT_EQ(broker.rtt_average_us, 503380);
    EXPECT_EQ(broker.rtt_p99_us, 503807);
}

TEST(KafkaStatistics, OfAProducerTellWhatWaits) {
    const Statistics statistics = recorded("producer_statistics.json");
    EXPECT_EQ(statistics.unsent_records, 20);
    EXPECT_EQ(statistics.unsent_bytes, 1000);
    EXPECT_TRUE(statistics.partitions.empty());
}

TEST(KafkaStatistics, OfBrokersInTrouble) {
    const auto statistics = parse_statistics(
        R"({"type":"producer","brokers":{"a:1/7":{"nodeid":7,"state":"DOWN","connects":3,)"
        R"("txerrs":4,"txretries":5,"rxerrs":6,"req_timeouts":8,"rtt":{"cnt":0}},)"
        R"("b:1/8":{"nodeid":8,"state":"INIT","connects":0},)"
        R"("a:1/bootstrap":{"nodeid":-1,"state":"UP","connects":1}}})");
    ASSERT_TRUE(statistics);
    ASSERT_EQ(statistics->brokers.size(), 1u) << "one was tried";
    const BrokerStatistics& broker = statistics->brokers[0];
    EXPECT_EQ(broker.id, "7");
    EXPECT_FALSE(broker.is_up);
    EXPECT_EQ(broker.send_errors, 4u);
    EXPECT_EQ(broker.retries, 5u);
    EXPECT_EQ(broker.receive_errors, 6u);
    EXPECT_EQ(broker.timeouts, 8u);
}

TEST(KafkaStatistics, ThatAreNoneAreNotRead) {
    EXPECT_FALSE(parse_statistics("[]"));
    EXPECT_FALSE(parse_statistics("{"));
    EXPECT_TRUE(parse_statistics("{}"));
}

}  // namespace
}  // namespace messina::kafka
