#include "endpoint/kafka_options.h"

namespace messina::endpoint {

config::Option kafka_brokers_option() {
    return {.name = "brokers",
            .type = config::text_list(),
            .is_required = true,
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

Result<kafka::ClientOptions> read_kafka_client(kafka::ClientRole role,
                                               const config::Options& options) {
    kafka::ClientOptions client{options.get_text_list("brokers")};
    if (client.brokers.empty())
        return fail(config::error_at(options.mark_of("brokers"), "kafka.no_brokers",
                                     "no broker is named", "brokers: [host:9092]"));
    if (!options.has("client")) return client;
    client.settings = options.get_text_map("client");
    for (const auto& [name, value] : client.settings)
        if (Result<void> checked = kafka::check_setting(role, name, value); !checked)
            return fail(config::error_at(options.mark_of("client"), checked.error().code,
                                         checked.error().message, checked.error().hint));
    return client;
}

}  // namespace messina::endpoint
