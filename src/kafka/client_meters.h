// The figures of a Kafka client: what it tells of itself, and of a consumer how far its group is
// behind.
//
// Threads: the one that polls the client.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kafka/statistics.h"
#include "kafka/topic_partition.h"
#include "observe/metrics.h"

namespace messina::kafka {

/// Whose figures they are.
struct MeteredClient {
    observe::Metrics& metrics;  // outlives the meter
    std::string pipeline;
    std::string name;  // as librdkafka names it: "messina#producer-2"
};

class BrokerMeters {
  public:
    explicit BrokerMeters(MeteredClient client) : client_(std::move(client)) {}
    void update(const std::vector<BrokerStatistics>& brokers);

  private:
    struct Cells {
        Cells(observe::Metrics& metrics, observe::Labels labels);
        observe::Gauge& is_up;
        observe::Gauge& rtt_average;
        observe::Gauge& rtt_p99;
        observe::Counter& send_errors;
        observe::Counter& receive_errors;
        observe::Counter& retries;
        observe::Counter& timeouts;
    };
    Cells& cells_of(const std::string& broker);

    MeteredClient client_;
    std::map<std::string, Cells> brokers_;
};

class ProducerMeter {
  public:
    explicit ProducerMeter(const MeteredClient& client);
    void update(const Statistics& statistics);

  private:
    BrokerMeters brokers_;
    observe::Gauge& queue_records_;
    observe::Gauge& queue_bytes_;
};

class ConsumerMeter {
  public:
    explicit ConsumerMeter(const MeteredClient& client);
    void update(const Statistics& statistics);
    /// What the group has committed; before its first commit where reading begins, which may be
    /// librdkafka's number for the beginning or the end.
    void set_position(const TopicPartition& partition, int64_t offset);
    /// It goes to another member, which tells of its lag from now on.
    void forget(const TopicPartition& partition);

  private:
    struct Position {
        int64_t offset = -1;
        observe::Gauge* lag = nullptr;  // from when it is known
    };
    void update_lag(Position& position, const PartitionStatistics& partition);

    MeteredClient client_;
    BrokerMeters brokers_;
    observe::Gauge& queue_records_;
    observe::Gauge& queue_bytes_;
    std::map<TopicPartition, Position> positions_;
};

}  // namespace messina::kafka
