#include "kafka/client_meters.h"

#include <algorithm>

#include <librdkafka/rdkafka.h>

namespace messina::kafka {
namespace {

observe::Gauge& queue_gauge(const MeteredClient& client, const observe::GaugeSpec& spec) {
    return client.metrics.gauge(spec, {{"pipeline", client.pipeline}, {"client", client.name}});
}

}  // namespace

// --- BrokerMeters ---

BrokerMeters::Cells::Cells(observe::Metrics& metrics, observe::Labels labels)
    : is_up(metrics.gauge(observe::kKafkaBrokerUp, labels)),
      rtt_average(metrics.gauge(observe::kKafkaBrokerRttAverage, labels)),
      rtt_p99(metrics.gauge(observe::kKafkaBrokerRttP99, labels)),
      send_errors(metrics.counter(observe::kKafkaBrokerSendErrors, labels)),
      receive_errors(metrics.counter(observe::kKafkaBrokerReceiveErrors, labels)),
      retries(metrics.counter(observe::kKafkaBrokerRetries, labels)),
      timeouts(metrics.counter(observe::kKafkaBrokerTimeouts, labels)) {}

BrokerMeters::Cells& BrokerMeters::cells_of(const std::string& broker) {
    if (const auto known = brokers_.find(broker); known != brokers_.end()) return known->second;
    const observe::Labels labels = {
        {"pipeline", client_.pipeline}, {"client", client_.name}, {"broker", broker}};
    return brokers_.try_emplace(broker, client_.metrics, labels).first->second;
}

void BrokerMeters::update(const std::vector<BrokerStatistics>& brokers) {
    constexpr double seconds_per_us = 1e-6;
    for (const BrokerStatistics& broker : brokers) {
        Cells& cells = cells_of(broker.id);
        cells.is_up.set(broker.is_up ? 1 : 0);
        cells.send_errors.set_total(broker.send_errors);
        cells.receive_errors.set_total(broker.receive_errors);
        cells.retries.set_total(broker.retries);
        cells.timeouts.set_total(broker.timeouts);
        // Without an answer in the last interval the times of the one before stay.
        if (broker.answers == 0) continue;
        cells.rtt_average.set(static_cast<double>(broker.rtt_average_us) * seconds_per_us);
        cells.rtt_p99.set(static_cast<double>(broker.rtt_p99_us) * seconds_per_us);
    }
}

// --- ProducerMeter ---

ProducerMeter::ProducerMeter(const MeteredClient& client)
    : brokers_(client),
      queue_records_(queue_gauge(client, observe::kKafkaProducerQueueRecords)),
      queue_bytes_(queue_gauge(client, observe::kKafkaProducerQueueBytes)) {}

void ProducerMeter::update(const Statistics& statistics) {
    brokers_.update(statistics.brokers);
    queue_records_.set(static_cast<double>(statistics.unsent_records));
    queue_bytes_.set(static_cast<double>(statistics.unsent_bytes));
}

// --- ConsumerMeter ---

ConsumerMeter::ConsumerMeter(const MeteredClient& client)
    : client_(client),
      brokers_(client),
      queue_records_(queue_gauge(client, observe::kKafkaConsumerQueueRecords)),
      queue_bytes_(queue_gauge(client, observe::kKafkaConsumerQueueBytes)) {}

void ConsumerMeter::set_position(const TopicPartition& partition, int64_t offset) {
    positions_[partition].offset = offset;
}

void ConsumerMeter::forget(const TopicPartition& partition) {
    const auto known = positions_.find(partition);
    if (known == positions_.end()) return;
    if (known->second.lag != nullptr) client_.metrics.give_back(*known->second.lag);
    positions_.erase(known);
}

void ConsumerMeter::update(const Statistics& statistics) {
    brokers_.update(statistics.brokers);
    int64_t records = 0;
    int64_t bytes = 0;
    for (const PartitionStatistics& partition : statistics.partitions) {
        records += partition.fetched_records;
        bytes += partition.fetched_bytes;
        const auto known = positions_.find(partition.partition);
        if (known != positions_.end()) update_lag(known->second, partition);
    }
    queue_records_.set(static_cast<double>(records));
    queue_bytes_.set(static_cast<double>(bytes));
}

/// There is no lag to tell until it is known where the partition begins and ends.
void ConsumerMeter::update_lag(Position& position, const PartitionStatistics& partition) {
    if (partition.end < 0) return;
    if (position.offset == RD_KAFKA_OFFSET_BEGINNING && partition.begin >= 0)
        position.offset = partition.begin;
    if (position.offset == RD_KAFKA_OFFSET_END) position.offset = partition.end;
    if (position.offset < 0) return;
    if (position.lag == nullptr)
        position.lag =
            &client_.metrics.gauge(observe::kKafkaConsumerLag,
                                   {{"pipeline", client_.pipeline},
                                    {"topic", partition.partition.topic},
                                    {"partition", std::to_string(partition.partition.partition)}});
    // The end is that of the last answer, the position may be newer.
    position.lag->set(static_cast<double>(std::max<int64_t>(partition.end - position.offset, 0)));
}

}  // namespace messina::kafka
