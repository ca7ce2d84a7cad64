// kafka source: records of topics, each partition a lane; a consumer group places the partitions
// and keeps the positions.
#include <algorithm>
#include <array>
#include <charconv>
#include <deque>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/text_time.h"
#include "endpoint/endpoint.h"
#include "endpoint/kafka_options.h"
#include "endpoint/key_format.h"
#include "kafka/consumer.h"
#include "kafka/errors.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "kafka",
    .summary = "Reads records from topics as a member of a consumer group.",
    .options =
        {kafka_brokers_option(true),
         {.name = "topics",
          .type = config::text_list(),
          .is_required = true,
          .doc = "Topics to read; a name that begins with ^ is a regular expression.",
          .example = "[clicks]"},
         {.name = "group",
          .type = config::text(),
          .doc = "The consumer group; the pipeline's name when absent.",
          .example = "enrich-clicks"},
         {.name = "start",
          .type = config::text(),
          .fallback = "earliest",
          .doc = "Where a partition begins that the group has no position for: earliest, latest, "
                 "or a time (RFC 3339)."},
         {.name = "offsets",
          .type = config::text_map(),
          .doc = "Partition to the offset it begins at when the group has no position for it; "
                 "before `start`.",
          .example = "{ clicks/0: 1200 }"},
         {.name = "until",
          .type = config::choice({"stopped", "end"}),
          .fallback = "stopped",
          .doc = "end: ends when every partition was read to where it ended at the beginning."},
         {.name = "format",
          .type = config::one_of(format_sections()),
          .fallback = "json",
          .doc = "Format of the records' values."},
         key_format_option("bytes",
                           "Format of the records' keys, as `meta.key` has them. A key "
                           "that no expression reads is not looked at."),
         kafka_client_option()},
    .details =
        "A position is committed when every effect of the records before it is durable. Partitions "
        "that go to another member are finished and committed first. A position that the topic no "
        "longer has stops the pipeline; it is never reset in silence. Only committed transactions "
        "are read unless `isolation.level` says otherwise.",
    .example = "kafka: { brokers: [127.0.0.1:9092], topics: [clicks], format: json }",
};

struct KafkaSpec {
    kafka::ConsumerOptions consumer;
    FormatRef format;
    KeyFormatRef key_format;
    std::shared_ptr<KafkaFacts> facts;
};

/// Fetched messages, given back to the client when no batch needs them any more.
class MessageSet final : public Chunk {
  public:
    MessageSet(kafka::Client client, std::span<rd_kafka_message_t* const> messages)
        : client_(std::move(client)), messages_(messages.begin(), messages.end()) {}
    ~MessageSet() override {
        for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
    }
    MessageSet(const MessageSet&) = delete;
    MessageSet& operator=(const MessageSet&) = delete;

  private:
    kafka::Client client_;
    std::vector<rd_kafka_message_t*> messages_;
};

std::string_view view_of(const void* bytes, size_t size) {
    return {static_cast<const char*>(bytes), bytes == nullptr ? 0 : size};
}

class KafkaLane final : public engine::LaneReader {
  public:
    KafkaLane(const kafka::Assigned& assigned, std::unique_ptr<kafka::PartitionQueue> queue,
              LaneSchemaRef schema)
        : partition_(assigned.partition),
          name_(kafka::to_text(assigned.partition)),
          next_(assigned.offset),
          end_(assigned.end),
          queue_(std::move(queue)),
          schema_(std::move(schema)) {}
    ~KafkaLane() override {
        for (rd_kafka_message_t* message : waiting_) rd_kafka_message_destroy(message);
    }
    KafkaLane(const KafkaLane&) = delete;
    KafkaLane& operator=(const KafkaLane&) = delete;

    [[nodiscard]] const std::string& name() const override { return name_; }
    void on_ready(std::function<void()> wake) override { queue_->on_ready(std::move(wake)); }
    Result<void> rewind(Position position) override {
        for (rd_kafka_message_t* message : waiting_) rd_kafka_message_destroy(message);
        waiting_.clear();
        next_ = position.major;
        return queue_->seek(partition_, next_);
    }

    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        if (next_ >= end_) return engine::TakeState::End;
        fetch(limits.records_max);
        size_t taken = 0;
        size_t bytes = 0;
        std::optional<Error> error;
        while (taken < waiting_.size() && batch.records.size() < limits.records_max &&
               bytes < limits.bytes_max && next_ < end_ && !error) {
            const rd_kafka_message_t& message = *waiting_[taken];
            if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                // What was read before it goes out first.
                if (!batch.records.empty()) break;
                error = serve_notice(message);
            } else {
                if (message.offset < end_) bytes += append(batch, message);
                next_ = message.offset + 1;
            }
            ++taken;
        }
        hand_over(batch, taken);
        if (error) return fail(std::move(*error));
        if (batch.records.empty())
            return next_ >= end_ ? engine::TakeState::End : engine::TakeState::Idle;
        batch.begin = batch.records.front().position;
        batch.end = {batch.records.back().position.major + 1, 0};
        batch.schema = schema_;
        batch.topic = partition_.topic;
        batch.partition = partition_.partition;
        return engine::TakeState::Taken;
    }

  private:
    /// More messages only when the last ones are used up, so that memory is the client's to bound.
    void fetch(size_t records_max) {
        if (!waiting_.empty()) return;
        waiting_.resize(std::min(records_max, kFetchMax));
        waiting_.resize(queue_->take(waiting_));
    }
    /// The first messages live and die with the batch.
    void hand_over(Batch& batch, size_t taken) {
        if (taken == 0) return;
        batch.chunks.push_back(
            std::make_shared<MessageSet>(queue_->client(), std::span(waiting_).first(taken)));
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(taken));
    }
    size_t append(Batch& batch, const rd_kafka_message_t& message) {
        Record& record = batch.records.emplace_back();
        record.raw = view_of(message.payload, message.len);
        record.is_tombstone = message.payload == nullptr;
        record.key = view_of(message.key, message.key_len);
        record.has_key = message.key != nullptr;
        record.position = {message.offset, 0};
        rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        const int64_t time_ms = rd_kafka_message_timestamp(&message, &type);
        if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && time_ms > 0)
            record.timestamp_us = time_ms * 1000;
        append_headers(batch, record, message);
        return record.raw.size() + record.key.size();
    }
    static void append_headers(Batch& batch, Record& record, const rd_kafka_message_t& message) {
        rd_kafka_headers_t* headers = nullptr;
        if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
        const size_t count = rd_kafka_header_cnt(headers);
        Header* const made = batch.arena.make_array<Header>(count);
        for (size_t i = 0; i < count; ++i) {
            const char* name = nullptr;
            const void* value = nullptr;
            size_t size = 0;
            rd_kafka_header_get_all(headers, i, &name, &value, &size);
            made[i] = {name, value == nullptr ? Value::null() : Value::bytes(view_of(value, size))};
        }
        record.headers = made;
        record.header_count = static_cast<uint32_t>(count);
    }
    /// An error, or the news that the partition has no more for now.
    std::optional<Error> serve_notice(const rd_kafka_message_t& message) {
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            // Behind the last record there may be markers of transactions, which are no records.
            if (message.offset >= end_) next_ = end_;
            return std::nullopt;
        }
        return kafka::error_of(message.err, fmt::format("read {}", name_),
                               rd_kafka_message_errstr(&message));
    }

    static constexpr size_t kFetchMax = 4096;

    kafka::TopicPartition partition_;
    std::string name_;
    int64_t next_;
    int64_t end_;
    std::unique_ptr<kafka::PartitionQueue> queue_;
    LaneSchemaRef schema_;
    std::vector<rd_kafka_message_t*> waiting_;
};

std::vector<std::string> lane_names(const std::vector<kafka::TopicPartition>& partitions) {
    std::vector<std::string> names;
    for (const kafka::TopicPartition& partition : partitions)
        names.push_back(kafka::to_text(partition));
    return names;
}

class KafkaSource final : public engine::Source {
  public:
    explicit KafkaSource(const KafkaSpec& spec) : spec_(spec) {}

    void meter(observe::Metrics& metrics) override { metrics_ = &metrics; }
    Result<void> open() override {
        MESSINA_TRY(consumer_, kafka::Consumer::open(spec_.consumer));
        if (metrics_ != nullptr) consumer_->meter(*metrics_, spec_.facts->pipeline);
        spec_.facts->consumer = consumer_->client();
        return consumer_->subscribe();
    }
    Result<std::optional<engine::Recall>> poll() override {
        MESSINA_TRY(const std::optional<kafka::Change> change, consumer_->poll());
        if (!change) return std::nullopt;
        if (change->kind == kafka::Change::Kind::Assigned) {
            waiting_.insert(waiting_.end(), change->assigned.begin(), change->assigned.end());
            return std::nullopt;
        }
        std::erase_if(waiting_, [&](const kafka::Assigned& assigned) {
            return std::ranges::find(change->revoked, assigned.partition) != change->revoked.end();
        });
        return engine::Recall{lane_names(change->revoked),
                              change->kind == kafka::Change::Kind::Lost};
    }
    void release() override {
        if (Result<void> done = consumer_->complete_revocation(); !done)
            release_error_ = std::move(done.error());
    }
    Result<std::unique_ptr<engine::LaneReader>> next_lane() override {
        if (release_error_) return fail(std::move(*release_error_));
        if (waiting_.empty()) return nullptr;
        const kafka::Assigned next = std::move(waiting_.front());
        waiting_.pop_front();
        MESSINA_TRY(auto schema, spec_.format->lane_schema({}));
        return std::make_unique<KafkaLane>(next, consumer_->queue_of(next.partition),
                                           std::move(schema));
    }
    [[nodiscard]] bool is_finished() const override {
        return spec_.consumer.is_bounded && consumer_->is_assigned() && waiting_.empty();
    }
    [[nodiscard]] bool can_wait() const override { return false; }
    Result<void> commit(std::span<const engine::LanePosition> positions) override {
        return consumer_->commit(commit_positions(positions));
    }
    void committed(std::span<const engine::LanePosition> positions) override {
        consumer_->committed(commit_positions(positions));
    }
    [[nodiscard]] bool is_resumed() const override { return consumer_->has_committed(); }

  private:
    const KafkaSpec& spec_;
    observe::Metrics* metrics_ = nullptr;
    std::unique_ptr<kafka::Consumer> consumer_;
    std::deque<kafka::Assigned> waiting_;
    std::optional<Error> release_error_;
};

class KafkaSourcePlan final : public SourcePlan {
  public:
    explicit KafkaSourcePlan(KafkaSpec spec) : spec_(std::move(spec)) {}
    [[nodiscard]] const Format& format() const override { return *spec_.format; }
    Result<std::unique_ptr<codec::Decoder>> make_key_decoder(
        const Projection& projection) const override {
        return spec_.key_format->make_decoder(projection);
    }
    [[nodiscard]] Result<TypeRef> event_type() const override {
        return spec_.format->event_type({});
    }
    Result<std::unique_ptr<engine::Source>> make() const override {
        return std::make_unique<KafkaSource>(spec_);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("{} records of topics {}, group {}", spec_.format->name(),
                           fmt::join(spec_.consumer.topics, ", "), spec_.consumer.group);
    }

  private:
    KafkaSpec spec_;
};

Result<kafka::Start> read_start(const config::Options& options) {
    kafka::Start start;
    const std::string& at = options.get_text("start");
    if (at == "latest") {
        start.at = kafka::Start::At::Latest;
    } else if (at != "earliest") {
        const std::optional<Value> time = codec::parse_timestamp(at);
        if (!time)
            return fail(config::error_at(options.mark_of("start"), "kafka.start",
                                         fmt::format("'{}' is no place to start at", at),
                                         "earliest, latest, or a time: 2026-01-31T12:00:00Z"));
        start.at = kafka::Start::At::Time;
        start.time_ms = time->seconds() * 1000 + time->nanos() / 1'000'000;
    }
    if (!options.has("offsets")) return start;
    for (const auto& [lane, text] : options.get_text_map("offsets")) {
        int64_t offset = -1;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), offset);
        if (lane.find('/') == std::string::npos || parsed.ec != std::errc() ||
            parsed.ptr != text.data() + text.size() || offset < 0)
            return fail(config::error_at(options.mark_of("offsets"), "kafka.offsets",
                                         fmt::format("'{}: {}' is no position", lane, text),
                                         "topic/partition: offset, as in clicks/0: 1200"));
        start.offsets[partition_of_lane(lane)] = offset;
    }
    return start;
}

Result<std::unique_ptr<SourcePlan>> build(const config::Options& options,
                                          const PipelineFacts& facts) {
    KafkaSpec spec;
    MESSINA_TRY(spec.consumer.client, read_kafka_client(kafka::ClientRole::Consumer, options));
    spec.consumer.topics = options.get_text_list("topics");
    spec.consumer.group = options.has("group") ? options.get_text("group") : facts.name;
    MESSINA_TRY(spec.consumer.start, read_start(options));
    spec.consumer.is_bounded = options.get_text("until") == "end";
    KafkaFacts& shared = kafka_facts(facts);
    shared.source_client = spec.consumer.client;
    shared.group = spec.consumer.group;
    spec.facts = facts.kafka;
    MESSINA_TRY(spec.format, make_message_format(options.get_nested("format"), shared.registries));
    MESSINA_TRY(spec.key_format,
                make_key_format(options.get_nested("key_format"), shared.registries));
    return std::make_unique<KafkaSourcePlan>(std::move(spec));
}

}  // namespace

const SourceKind kKafkaSource = {&kSection, build};

}  // namespace messina::endpoint
