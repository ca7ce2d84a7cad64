#include "kafka/errors.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace messina::kafka {
namespace {

struct Meaning {
    rd_kafka_resp_err_t code;
    ErrorClass error_class;
    std::string_view name;
    std::string_view hint = {};
};

constexpr std::string_view kAclHint =
    "grant the principal the right that the message names, or run as another one";
constexpr std::string_view kOwnerHint =
    "another process uses the same identity; give each its own, or stop the other";

constexpr auto kMeanings = std::to_array<Meaning>({
    // A record can never be written.
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, ErrorClass::Poison, "kafka.record_too_large",
     "raise `message.max.bytes` of the sink and of the topic, or make the record smaller; a "
     "topic's "
     "bound is one on whole batches too: keep the sink's `batch.size` below it"},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, ErrorClass::Poison, "kafka.invalid_record",
     "a compacted topic takes only records with a key"},
    {RD_KAFKA_RESP_ERR_INVALID_MSG, ErrorClass::Transient, "kafka.corrupt_message"},

    // A person must change something.
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ErrorClass::Misconfigured, "kafka.unknown_topic",
     "create the topic, or correct its name"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, ErrorClass::Misconfigured, "kafka.unknown_topic",
     "create the topic, or correct its name"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, ErrorClass::Misconfigured, "kafka.unknown_partition"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, ErrorClass::Misconfigured, "kafka.invalid_topic",
     "a topic's name has letters, digits, '.', '_' and '-' only, 249 at most"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ErrorClass::Misconfigured,
     "kafka.topic_authorization", kAclHint},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ErrorClass::Misconfigured,
     "kafka.group_authorization", kAclHint},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, ErrorClass::Misconfigured,
     "kafka.cluster_authorization", kAclHint},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ErrorClass::Misconfigured,
     "kafka.transaction_authorization", kAclHint},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, ErrorClass::Misconfigured,
     "kafka.authentication", "check `sasl.mechanism`, `sasl.username` and `sasl.password`"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ErrorClass::Misconfigured, "kafka.authentication",
     "check `sasl.mechanism`, `sasl.username` and `sasl.password`"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, ErrorClass::Misconfigured,
     "kafka.sasl_mechanism", "set `sasl.mechanism` to one that the listener offers"},
    {RD_KAFKA_RESP_ERR__SSL, ErrorClass::Misconfigured, "kafka.tls",
     "check `ssl.ca.location` and that the certificate is for the host in `brokers`"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, ErrorClass::Misconfigured, "kafka.broker_too_old"},
    {RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, ErrorClass::Misconfigured, "kafka.invalid_group"},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, ErrorClass::Misconfigured,
     "kafka.assignment_strategy",
     "all members of a group must share one `partition.assignment.strategy`"},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, ErrorClass::Misconfigured, "kafka.session_timeout",
     "set `session.timeout.ms` within the broker's bounds"},
    {RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, ErrorClass::Misconfigured, "kafka.acks"},
    {RD_KAFKA_RESP_ERR__INVALID_ARG, ErrorClass::Misconfigured, "kafka.invalid_argument"},

    // The position or the identity is gone: to go on would lose or repeat in silence.
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ErrorClass::Fatal, "kafka.offset_out_of_range",
     "the committed position is not in the topic any more; stop every member and choose where to "
     "go "
     "on with `kafka-consumer-groups.sh --reset-offsets`"},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, ErrorClass::Fatal, "kafka.offset_out_of_range",
     "the committed position is not in the topic any more; stop every member and choose where to "
     "go "
     "on with `kafka-consumer-groups.sh --reset-offsets`"},
    {RD_KAFKA_RESP_ERR__LOG_TRUNCATION, ErrorClass::Fatal, "kafka.log_truncated",
     "the topic lost records that had been read; stop every member and choose where to go on with "
     "`kafka-consumer-groups.sh --reset-offsets`"},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ErrorClass::Fatal, "kafka.fenced", kOwnerHint},
    {RD_KAFKA_RESP_ERR__FENCED, ErrorClass::Fatal, "kafka.fenced", kOwnerHint},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, ErrorClass::Fatal, "kafka.fenced", kOwnerHint},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, ErrorClass::Fatal, "kafka.fenced", kOwnerHint},
    {RD_KAFKA_RESP_ERR__FATAL, ErrorClass::Fatal, "kafka.fatal"},

    // The other side is full.
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, ErrorClass::Throttled, "kafka.queue_full"},
    {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, ErrorClass::Throttled, "kafka.quota"},

    // Named, since they are seen often.
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, ErrorClass::Transient, "kafka.unreachable",
     "check `brokers` and the network"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, ErrorClass::Transient, "kafka.unreachable",
     "check `brokers` and the network"},
    {RD_KAFKA_RESP_ERR__RESOLVE, ErrorClass::Transient, "kafka.unresolved_host",
     "check the host names in `brokers`"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, ErrorClass::Transient, "kafka.timed_out"},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, ErrorClass::Transient, "kafka.timed_out"},
    {RD_KAFKA_RESP_ERR__PURGE_QUEUE, ErrorClass::Transient, "kafka.purged"},
    {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, ErrorClass::Transient, "kafka.purged"},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, ErrorClass::Transient, "kafka.left_group",
     "raise `max.poll.interval.ms`"},
    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, ErrorClass::Transient, "kafka.rebalanced"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, ErrorClass::Transient, "kafka.rebalanced"},
    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, ErrorClass::Transient, "kafka.rebalanced"},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, ErrorClass::Transient, "kafka.not_enough_replicas"},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, ErrorClass::Transient,
     "kafka.not_enough_replicas"},
});

}  // namespace

Error error_of(rd_kafka_resp_err_t code, std::string_view doing, std::string_view reason) {
    const auto* known = std::ranges::find(kMeanings, code, &Meaning::code);
    const bool is_known = known != kMeanings.end();
    return {is_known ? known->error_class : ErrorClass::Transient,
            is_known ? known->name : "kafka.error",
            fmt::format("{}: {} ({})", doing, reason.empty() ? rd_kafka_err2str(code) : reason,
                        rd_kafka_err2name(code)),
            is_known ? std::string(known->hint) : std::string()};
}

Error error_of(const rd_kafka_error_t* error, std::string_view doing) {
    Error result = error_of(rd_kafka_error_code(error), doing, rd_kafka_error_string(error));
    if (rd_kafka_error_is_fatal(error) != 0) result.error_class = ErrorClass::Fatal;
    return result;
}

}  // namespace messina::kafka
