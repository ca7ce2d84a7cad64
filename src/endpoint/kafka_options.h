// What the kafka source and the kafka sink have in common in a pipeline file.
#pragma once

#include "config/option.h"
#include "endpoint/avro_messages.h"
#include "endpoint/endpoint.h"
#include "kafka/client_options.h"

namespace messina::endpoint {

/// What a pipeline's source and sinks share: a sink that names no brokers and no registry uses the
/// source's.
struct KafkaFacts {
    kafka::ClientOptions source_client;
    MessageRegistries registries;
};
KafkaFacts& kafka_facts(const PipelineFacts& facts);

/// `brokers` and `client`.
config::Option kafka_brokers_option(bool is_required);
config::Option kafka_client_option();

/// Refuses settings that are unknown or not to be set, at their place in the file. Without brokers
/// those of `source` are used, and how it connects to them.
Result<kafka::ClientOptions> read_kafka_client(kafka::ClientRole role,
                                               const config::Options& options,
                                               const kafka::ClientOptions* source = nullptr);

}  // namespace messina::endpoint
