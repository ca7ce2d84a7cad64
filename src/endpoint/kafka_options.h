// What the kafka source and the kafka sink have in common in a pipeline file.
#pragma once

#include <map>
#include <memory>

#include "config/option.h"
#include "endpoint/endpoint.h"
#include "endpoint/kafka_producer.h"
#include "endpoint/message_registry.h"
#include "kafka/client_options.h"

namespace messina::endpoint {

/// What a pipeline's source and sinks share: a sink that names no brokers and no registry uses the
/// source's.
struct KafkaFacts {
    std::string pipeline;
    kafka::ClientOptions source_client = {};
    MessageRegistries registries = {};

    // --- exactly once ---
    bool is_exactly_once = false;
    std::string group = {};
    kafka::ClientOptions producer_client = {};  // the settings of all sinks
    kafka::Client consumer = {};                // from the source's opening on
    std::map<size_t, std::shared_ptr<WorkerProducer>> producers = {};  // by worker
};
KafkaFacts& kafka_facts(const PipelineFacts& facts);

/// The producer for a sink of that worker: its own, or with exactly once the worker's.
Result<std::shared_ptr<WorkerProducer>> producer_of(KafkaFacts& facts,
                                                    const kafka::ClientOptions& client,
                                                    engine::WorkerContext& worker);
/// The transaction of that worker, once its sinks are made.
Result<std::unique_ptr<engine::Transaction>> transaction_of(KafkaFacts& facts,
                                                            engine::WorkerContext& worker);

/// "clicks/3"
kafka::TopicPartition partition_of_lane(const std::string& lane);
std::vector<kafka::CommitPosition> commit_positions(
    std::span<const engine::LanePosition> positions);

/// `brokers` and `client`.
config::Option kafka_brokers_option(bool is_required);
config::Option kafka_client_option();

/// Refuses settings that are unknown or not to be set, at their place in the file. Without brokers
/// those of `source` are used, and how it connects to them.
Result<kafka::ClientOptions> read_kafka_client(kafka::ClientRole role,
                                               const config::Options& options,
                                               const kafka::ClientOptions* source = nullptr);

}  // namespace messina::endpoint
