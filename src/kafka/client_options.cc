#include "kafka/client_options.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.h"
#include "kafka/errors.h"

namespace messina::kafka {
namespace {

enum class For : uint8_t { Both, Consumer, Producer };

struct Setting {
    std::string_view name;
    For role = For::Both;
};

/// What a user may set. A name that ends in a dot stands for all that begin with it.
constexpr auto kAllowed = std::to_array<Setting>({
    {"broker.address.family"},
    {"broker.address.ttl"},
    {"client.dns.lookup"},
    {"client.id"},
    {"client.rack"},
    {"connections.max.idle.ms"},
    {"debug"},
    {"enable.metrics.push"},
    {"enable.ssl.certificate.verification"},
    {"https.ca.location"},
    {"log_level"},
    {"metadata.max.age.ms"},
    {"metadata.recovery.rebootstrap.trigger.ms"},
    {"metadata.recovery.strategy"},
    {"reconnect.backoff.max.ms"},
    {"reconnect.backoff.ms"},
    {"retry.backoff.max.ms"},
    {"retry.backoff.ms"},
    {"sasl."},
    {"security.protocol"},
    {"socket."},
    {"ssl."},
    {"topic.blacklist"},
    {"topic.metadata."},

    {"check.crcs", For::Consumer},
    {"coordinator.query.interval.ms", For::Consumer},
    {"fetch.error.backoff.ms", For::Consumer},
    {"fetch.max.bytes", For::Consumer},
    {"fetch.message.max.bytes", For::Consumer},
    {"fetch.min.bytes", For::Consumer},
    {"fetch.queue.backoff.ms", For::Consumer},
    {"fetch.wait.max.ms", For::Consumer},
    {"group.instance.id", For::Consumer},
    {"group.protocol", For::Consumer},
    {"group.remote.assignor", For::Consumer},
    {"heartbeat.interval.ms", For::Consumer},
    {"isolation.level", For::Consumer},
    {"max.partition.fetch.bytes", For::Consumer},
    {"max.poll.interval.ms", For::Consumer},
    {"partition.assignment.strategy", For::Consumer},
    {"queued.max.messages.kbytes", For::Consumer},
    {"queued.min.messages", For::Consumer},
    {"receive.message.max.bytes", For::Consumer},
    {"session.timeout.ms", For::Consumer},

    {"batch.num.messages", For::Producer},
    {"batch.size", For::Producer},
    {"compression.codec", For::Producer},
    {"compression.level", For::Producer},
    {"compression.type", For::Producer},
    {"delivery.timeout.ms", For::Producer},
    {"linger.ms", For::Producer},
    {"message.max.bytes", For::Producer},
    {"message.timeout.ms", For::Producer},
    {"partitioner", For::Producer},
    {"queue.buffering.max.kbytes", For::Producer},
    {"queue.buffering.max.messages", For::Producer},
    {"queue.buffering.max.ms", For::Producer},
    {"request.timeout.ms", For::Producer},
    {"sticky.partitioning.linger.ms", For::Producer},
    {"transaction.timeout.ms", For::Producer},
});

struct Refused {
    std::string_view name;
    std::string_view why;
};

/// What has another name here, or would break a promise.
constexpr auto kRefused = std::to_array<Refused>({
    {"bootstrap.servers", "name the brokers under `brokers`"},
    {"metadata.broker.list", "name the brokers under `brokers`"},
    {"group.id", "name the group under `group`"},
    {"auto.offset.reset",
     "say where to begin under `start`; a lost position is never reset in silence"},
    {"enable.auto.commit", "positions are committed when their effects are durable"},
    {"auto.commit.interval.ms", "positions are committed at each `checkpoint_interval`"},
    {"enable.auto.offset.store", "positions are committed when their effects are durable"},
    {"enable.partition.eof", "say `until: end` for a run that ends"},
    {"acks", "a record counts as written when all replicas in sync have it"},
    {"request.required.acks", "a record counts as written when all replicas in sync have it"},
    {"enable.idempotence", "it is always on: without it retries repeat and reorder records"},
    {"max.in.flight", "it follows from idempotence"},
    {"max.in.flight.requests.per.connection", "it follows from idempotence"},
    {"message.send.max.retries", "bound retries in time by `message.timeout.ms`"},
    {"retries", "bound retries in time by `message.timeout.ms`"},
    {"transactional.id", "say `delivery: exactly_once`"},
    {"allow.auto.create.topics", "a topic made by reading it has nothing to read; create it first"},
    {"plugin.library.paths", "code cannot be loaded from a configuration"},
    {"statistics.interval.ms", "statistics are metrics here; they come every second"},
});

bool matches(const Setting& setting, std::string_view name) {
    return setting.name.ends_with('.') ? name.starts_with(setting.name) : name == setting.name;
}

/// Better defaults than librdkafka's for many small records and prompt answers; a user's own come
/// after them.
constexpr auto kConsumerDefaults = std::to_array<std::pair<const char*, const char*>>({
    {"auto.offset.reset", "error"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"allow.auto.create.topics", "false"},
    {"statistics.interval.ms", "1000"},
    {"fetch.queue.backoff.ms", "10"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
    {"queued.min.messages", "5000"},
    {"queued.max.messages.kbytes", "4096"},
    {"partition.assignment.strategy", "cooperative-sticky"},
});
constexpr auto kProducerDefaults = std::to_array<std::pair<const char*, const char*>>({
    {"enable.idempotence", "true"},
    {"statistics.interval.ms", "1000"},
    {"partitioner", "murmur2_random"},
    {"linger.ms", "5"},
    {"compression.type", "lz4"},
    {"batch.size", "1000000"},
    {"queue.buffering.max.messages", "200000"},
    {"queue.buffering.max.kbytes", "32768"},
});

}  // namespace

Result<void> check_setting(ClientRole role, const std::string& name, const std::string& value) {
    if (const auto* refused = std::ranges::find(kRefused, name, &Refused::name);
        refused != kRefused.end())
        return fail(ErrorClass::Misconfigured, "kafka.refused_setting",
                    fmt::format("'{}' cannot be set here", name), std::string(refused->why));
    const auto* setting = std::ranges::find_if(
        kAllowed, [&](const Setting& candidate) { return matches(candidate, name); });
    if (setting == kAllowed.end()) {
        std::vector<std::string_view> names;
        for (const Setting& allowed : kAllowed) names.push_back(allowed.name);
        return fail(ErrorClass::Misconfigured, "kafka.unknown_setting",
                    fmt::format("there is no client setting '{}'", name),
                    did_you_mean(name, names));
    }
    const For other = role == ClientRole::Consumer ? For::Producer : For::Consumer;
    if (setting->role == other)
        return fail(ErrorClass::Misconfigured, "kafka.setting_of_other_role",
                    fmt::format("'{}' is a setting of a {}", name,
                                other == For::Producer ? "sink" : "source"));
    const Conf probe(rd_kafka_conf_new());
    return set(*probe, name, value);
}

Result<void> set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
    std::array<char, 512> reason{};
    if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
        RD_KAFKA_CONF_OK)
        return {};
    return fail(ErrorClass::Misconfigured, "kafka.setting", std::string(reason.data()));
}

Result<Conf> make_conf(ClientRole role, const ClientOptions& options) {
    Conf conf(rd_kafka_conf_new());
    MESSINA_TRY_VOID(
        set(*conf, "bootstrap.servers", fmt::format("{}", fmt::join(options.brokers, ","))));
    MESSINA_TRY_VOID(set(*conf, "client.id", "messina"));
    MESSINA_TRY_VOID(set(*conf, "log.queue", "true"));
    const auto set_all = [&conf](const auto& defaults) -> Result<void> {
        for (const auto& [name, value] : defaults) MESSINA_TRY_VOID(set(*conf, name, value));
        return {};
    };
    MESSINA_TRY_VOID(role == ClientRole::Consumer ? set_all(kConsumerDefaults)
                                                  : set_all(kProducerDefaults));
    for (const auto& [name, value] : options.settings) {
        MESSINA_TRY_VOID(check_setting(role, name, value));
        MESSINA_TRY_VOID(set(*conf, name, value));
    }
    return conf;
}

}  // namespace messina::kafka
