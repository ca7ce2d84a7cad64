#include "endpoint/kafka_options.h"

#include <algorithm>
#include <charconv>
#include <random>

#include <fmt/format.h>

#include "base/check.h"

namespace messina::endpoint {

KafkaFacts& kafka_facts(const PipelineFacts& facts) {
    MESSINA_CHECK(facts.kafka != nullptr,
                  "a pipeline gives its endpoints room for what they share");
    return *facts.kafka;
}

kafka::TopicPartition partition_of_lane(const std::string& lane) {
    const size_t slash = lane.rfind('/');
    kafka::TopicPartition partition{lane.substr(0, slash), 0};
    std::from_chars(lane.data() + slash + 1, lane.data() + lane.size(), partition.partition);
    return partition;
}

std::vector<kafka::CommitPosition> commit_positions(
    std::span<const engine::LanePosition> positions) {
    std::vector<kafka::CommitPosition> commits;
    for (const engine::LanePosition& position : positions)
        commits.push_back({partition_of_lane(position.lane), position.position.major});
    return commits;
}

namespace {

/// Of one process and worker, so that two members of a group never fence each other; a static
/// member's is its own for good, and a restart ends at once what the last run left open.
std::string transactional_id(const KafkaFacts& facts, size_t worker) {
    for (const auto& [name, value] : facts.source_client.settings)
        if (name == "group.instance.id") return fmt::format("{}.{}.{}", facts.group, value, worker);
    static const std::string instance = [] {
        std::random_device random;
        return fmt::format("{:08x}{:08x}", random(), random());
    }();
    return fmt::format("{}.{}.{}", facts.group, instance, worker);
}

}  // namespace

Result<std::shared_ptr<WorkerProducer>> producer_of(KafkaFacts& facts,
                                                    const kafka::ClientOptions& client,
                                                    engine::WorkerContext& worker) {
    if (!facts.is_exactly_once) return WorkerProducer::make(client, facts.pipeline, worker);
    std::shared_ptr<WorkerProducer>& shared = facts.producers[worker.index()];
    if (shared == nullptr) {
        MESSINA_TRY(shared, WorkerProducer::make(facts.producer_client, facts.pipeline, worker,
                                                 transactional_id(facts, worker.index())));
    }
    return shared;
}

Result<std::unique_ptr<engine::Transaction>> transaction_of(KafkaFacts& facts,
                                                            engine::WorkerContext& worker) {
    MESSINA_TRY(auto producer, producer_of(facts, facts.producer_client, worker));
    facts.producers.erase(worker.index());  // the worker's from now on
    return make_kafka_transaction(std::move(producer), facts.consumer);
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
            .doc =
                "Settings of the client under librdkafka's names: TLS and SASL, fetch and batch "
                "sizes, time-outs. Those that would break a guarantee are refused.",
            .example = "{ security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512 }"};
}

namespace {

/// Settings that say how to reach a cluster, whatever for.
bool is_of_connection(const std::string& name) {
    return name.starts_with("sasl.") || name.starts_with("ssl.") || name.starts_with("security.") ||
           name.starts_with("socket.") || name.starts_with("broker.address.") ||
           name.starts_with("enable.ssl.");
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
