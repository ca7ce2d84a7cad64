// What the kafka source and the kafka sink have in common in a pipeline file.
#pragma once

#include "config/option.h"
#include "kafka/client_options.h"

namespace messina::endpoint {

/// `brokers` and `client`.
config::Option kafka_brokers_option();
config::Option kafka_client_option();

/// Refuses settings that are unknown or not to be set, at their place in the file.
Result<kafka::ClientOptions> read_kafka_client(kafka::ClientRole role,
                                               const config::Options& options);

}  // namespace messina::endpoint
