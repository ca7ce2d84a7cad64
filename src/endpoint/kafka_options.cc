#include "endpoint/kafka_options.h"

#include <algorithm>

#include "base/check.h"

namespace messina::endpoint {

KafkaFacts& kafka_facts(const PipelineFacts& facts) {
    MESSINA_CHECK(facts.kafka != nullptr, "a pipeline gives its endpoints room for what they share");
    return *facts.kafka;
}

config::Option kafka_brokers_option(bool is_required) {
    return {.name = "brokers",
            .type = config::text_list(),
            .is_required = is_required,
            .doc = "Some brokers of the cluster, host:port; the others are found through them.",
            .example = "[127.0.0.1:9092]"};
}

config::Option kafka_client_option() {
    return {.name = "client",
            .type = config::text_map(),
            .doc = "Settings of the client under librdkafka's names: TLS and SASL, fetch and batch "
                   "sizes, time-outs. Those that would break a guarantee are refused.",
            .example = "{ security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512 }"};
}

namespace {

/// Settings that say how to reach a cluster, whatever for.
bool is_of_connection(const std::string& name) {
    return name.starts_with("sasl.") || name.starts_with("ssl.") ||
           name.starts_with("security.") || name.starts_with("socket.") ||
           name.starts_with("broker.address.") || name.starts_with("enable.ssl.");
}

}  // namespace

Result<kafka::ClientOptions> read_kafka_client(kafka::ClientRole role,
                                               const config::Options& options,
                                               const kafka::ClientOptions* source) {
    kafka::ClientOptions client;
    if (options.has("brokers")) {
        client.brokers = options.get_text_list("brokers");
    } else if (source != nullptr) {
        client.brokers = source->brokers;
        std::ranges::copy_if(source->settings, std::back_inserter(client.settings),
                             [](const auto& setting) { return is_of_connection(setting.first); });
    }
    if (client.brokers.empty())
        return fail(config::error_at(options.mark_of("brokers"), "kafka.no_brokers",
                                     "no broker is named", "brokers: [host:9092]"));
    if (!options.has("client")) return client;
    for (auto& [name, value] : options.get_text_map("client")) {
        if (Result<void> checked = kafka::check_setting(role, name, value); !checked)
            return fail(config::error_at(options.mark_of("client"), checked.error().code,
                                         checked.error().message, checked.error().hint));
        client.settings.emplace_back(name, value);
    }
    return client;
}

}  // namespace messina::endpoint
