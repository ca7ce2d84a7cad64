// What librdkafka tells of itself once in a while, as far as anybody here wants to know it.
// Source: librdkafka's STATISTICS.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/topic_partition.h"

namespace messina::kafka {

/// Of a broker that the client has tried to reach. Counts are totals since the client began.
struct BrokerStatistics {
    std::string id;  // the node's number
    bool is_up = false;
    /// Requests of the last interval; the times are of these.
    uint64_t answers = 0;
    int64_t rtt_average_us = 0;
    int64_t rtt_p99_us = 0;
    uint64_t send_errors = 0;
    uint64_t receive_errors = 0;
    uint64_t retries = 0;
    uint64_t timeouts = 0;
};

/// Of a partition that a consumer reads. Offsets are negative while they are not known.
struct PartitionStatistics {
    TopicPartition partition = {};
    int64_t begin = -1;
    int64_t end = -1;  // as far as records may be read: with read_committed the last stable offset
    int64_t fetched_records = 0;  // waiting in the client's queue
    int64_t fetched_bytes = 0;
};

struct Statistics {
    int64_t unsent_records = 0;  // of a producer: waiting, or sent and not answered
    int64_t unsent_bytes = 0;
    std::vector<BrokerStatistics> brokers = {};
    std::vector<PartitionStatistics> partitions = {};
};

/// Empty when it is no JSON object. What is absent is zero.
std::optional<Statistics> parse_statistics(std::string_view json);

}  // namespace messina::kafka
