// kafka sink: a record of a topic for each row, reported as done when all replicas in sync have it.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "endpoint/endpoint.h"
#include "endpoint/kafka_options.h"
#include "endpoint/key_format.h"
#include "kafka/errors.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "kafka",
    .summary = "Writes records to a topic.",
    .options = {kafka_brokers_option(false),
                {.name = "topic",
                 .type = config::text(),
                 .is_required = true,
                 .doc = "The topic, which must be there.",
                 .example = "enriched"},
                {.name = "key",
                 .type = config::expression(),
                 .doc = "The record's key, null for none. The input's key when absent, and for "
                        "tombstones, which have no fields.",
                 .example = "event.user_id"},
                key_format_option("text",
                                  "Format of the keys that `key` makes; the input's keys "
                                  "keep their bytes."),
                {.name = "headers",
                 .type = config::choice({"pass", "none"}),
                 .fallback = "pass",
                 .doc = "Whether the input's headers go along."},
                {.name = "timestamp",
                 .type = config::choice({"record", "now"}),
                 .fallback = "record",
                 .doc = "The input's time, or that of writing."},
                {.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records' values."},
                kafka_client_option()},
    .details =
        "Records are written by an idempotent producer; a key's partition is the one that Java's "
        "producer chooses (murmur2). A tombstone stays one. Brokers hold whole batches to a "
        "topic's "
        "`max.message.bytes`: where that is below 1 MB, set `batch.size` below it.",
    .example = "kafka: { brokers: [127.0.0.1:9092], topic: enriched, key: event.user_id }",
};

struct KafkaSinkSpec {
    std::string name;
    kafka::ClientOptions client;
    std::string topic;
    std::unique_ptr<cel::Program> key;  // null: the input's
    std::string key_text;
    KeyFormatRef key_format;
    bool passes_headers = true;
    bool passes_timestamp = true;
    FormatRef format;
    std::string pipeline;
    std::shared_ptr<KafkaFacts> facts;
};

/// Bytes of several records, one after the other.
struct Parts {
    Buffer bytes;
    std::vector<size_t> ends;

    [[nodiscard]] std::string_view at(size_t index) const {
        return bytes.view(index == 0 ? 0 : ends[index - 1], ends[index]);
    }
    void clear() {
        bytes.clear();
        ends.clear();
    }
};

/// The rows of one write() and their bytes, which stay until the client has reported each of them:
/// it copies nothing.
struct Sending {
    engine::Delivery* delivery = nullptr;
    const Batch* batch = nullptr;
    Parts values;
    Parts keys;
    std::vector<bool> has_key;
    size_t unreported = 0;
    bool is_sending = false;  // rows are still being handed over
};

class KafkaSink final : public engine::Sink, private kafka::DeliveryReceiver {
  public:
    static Result<std::unique_ptr<engine::Sink>> make(const KafkaSinkSpec& spec,
                                                      codec::OutputPlan output,
                                                      plan::StepSupport support) {
        output.terminator = {};
        output.topic = spec.topic;
        MESSINA_TRY(auto encoder, spec.format->make_encoder(output));
        auto sink = std::make_unique<KafkaSink>(spec, std::move(encoder), support);
        if (spec.key != nullptr) {
            MESSINA_TRY(sink->key_encoder_,
                        spec.key_format->make_encoder(spec.topic, spec.key->result_type()));
        }
        sink->keeps_tombstones_ = !output.is_envelope;
        MESSINA_TRY(sink->producer_, producer_of(*spec.facts, spec.client, support.worker));
        sink->topic_ = sink->producer_->client().topic(spec.topic);
        sink->number_ = sink->producer_->client().attach(*sink);
        return sink;
    }
    KafkaSink(const KafkaSinkSpec& spec, std::unique_ptr<codec::Encoder> encoder,
              plan::StepSupport support)
        : spec_(spec),
          encoder_(std::move(encoder)),
          bytes_out_(support.worker.metrics().counter(
              observe::kBytesOut, {{"pipeline", spec.pipeline}, {"sink", spec.name}})) {}
    ~KafkaSink() override { topic_.reset(); }

    [[nodiscard]] const std::string& name() const override { return spec_.name; }

    void write(Batch& batch, std::span<const RowIndex> rows, engine::Delivery& delivery) override {
        if (const Result<void> ready = prepare(batch, rows); !ready) {
            for (const RowIndex row : rows)
                delivery.failed(row, engine::Outcome::Refused, ready.error());
            return;
        }
        const size_t slot = free_slot();
        Sending& sending = *sendings_[slot];
        sending.delivery = &delivery;
        sending.batch = &batch;
        sending.is_sending = true;
        const size_t failures_before = batch.failures.size();
        encode_values(batch, rows, sending);
        encode_keys(batch, rows, sending);
        send_rows(batch, rows, slot, failures_before);
        sending.is_sending = false;
        recycle_if_done(slot);
    }
    /// The client sends by itself after `linger.ms`.
    void flush() override { producer_->serve(); }
    Result<void> close() override {
        if (producer_->failure()) return fail(*producer_->failure());
        return {};
    }

  private:
    Result<void> prepare(const Batch& batch, std::span<const RowIndex> rows) {
        if (producer_->failure()) return fail(*producer_->failure());
        if (producer_->is_ending())
            return fail(ErrorClass::Transient, "kafka.transaction_ending",
                        "a transaction is being ended");
        return encoder_->prepare(batch, rows);
    }
    // A tag is slot + 1 and row.
    static uint64_t tag_of(size_t slot, RowIndex row) {
        return (static_cast<uint64_t>(slot + 1) << 32) | row;
    }
    static size_t slot_of(uint64_t tag) { return static_cast<size_t>(tag >> 32) - 1; }

    size_t free_slot() {
        if (free_.empty()) {
            free_.push_back(sendings_.size());
            sendings_.push_back(std::make_unique<Sending>());
        }
        const size_t slot = free_.back();
        free_.pop_back();
        return slot;
    }
    void recycle_if_done(size_t slot) {
        Sending& sending = *sendings_[slot];
        if (sending.unreported > 0 || sending.is_sending) return;
        sending.values.clear();
        sending.keys.clear();
        sending.has_key.clear();
        free_.push_back(slot);
    }

    [[nodiscard]] bool is_tombstone(const Batch& batch, RowIndex row) const {
        return keeps_tombstones_ && batch.record_of(row).is_tombstone;
    }
    void encode_values(Batch& batch, std::span<const RowIndex> rows, Sending& sending) {
        valued_rows_.clear();
        for (const RowIndex row : rows)
            if (!is_tombstone(batch, row)) valued_rows_.push_back(row);
        encoder_->encode(batch, valued_rows_, sending.values.bytes, sending.values.ends);
    }
    void encode_keys(Batch& batch, std::span<const RowIndex> rows, Sending& sending) {
        for (const RowIndex row : rows) {
            Result<bool> has_key = encode_key(batch, row, sending.keys.bytes);
            if (!has_key) batch.fail_row(row, spec_.name, std::move(has_key.error()));
            sending.keys.ends.push_back(sending.keys.bytes.size());
            sending.has_key.push_back(has_key && *has_key);
        }
    }
    /// Whether the row's record has a key, which is appended then.
    Result<bool> encode_key(Batch& batch, RowIndex row, Buffer& out) {
        const bool is_made = spec_.key != nullptr;
        const Value key = is_made ? plan::evaluate(*spec_.key, batch, row) : Value();
        // A tombstone has no fields to make a key from: its own says what is gone.
        if (!is_made || (key.is_absent() && is_tombstone(batch, row))) {
            const Record& input = batch.record_of(row);
            out.append(input.key);
            return input.has_key;
        }
        if (key.is_absent())
            return fail(ErrorClass::Poison, "kafka.no_key",
                        fmt::format("the key '{}' has no value", spec_.key_text),
                        "null is a key that is left out");
        if (key.is(Kind::Error)) return fail(plan::expression_error(key, spec_.key_text));
        if (key.is(Kind::Null)) return false;
        MESSINA_TRY_VOID(key_encoder_->encode(key, out));
        return true;
    }

    void send_rows(Batch& batch, std::span<const RowIndex> rows, size_t slot,
                   size_t failures_before) {
        Sending& sending = *sendings_[slot];
        engine::Delivery& delivery = *sending.delivery;
        (void)failpoint("kafka_sink.before_send");
        rd_kafka_resp_err_t refusal = RD_KAFKA_RESP_ERR_NO_ERROR;
        size_t next_value = 0;
        for (size_t i = 0; i < rows.size(); ++i) {
            const RowIndex row = rows[i];
            const size_t value = is_tombstone(batch, row) ? kNoValue : next_value++;
            if (const Error* known = poison_of(batch, row)) [[unlikely]] {
                delivery.failed(row, engine::Outcome::Refused, *known);
                continue;
            }
            if (const Error* cause = batch.failure_of(row, failures_before)) [[unlikely]] {
                delivery.failed(row, engine::Outcome::Refused, *cause);
                continue;
            }
            // Behind a record that found the queue full nothing is sent: the order would be lost.
            if (refusal == RD_KAFKA_RESP_ERR_NO_ERROR)
                refusal = producer_->client().send(number_, outgoing(batch, row, i, value, slot));
            if (refusal == RD_KAFKA_RESP_ERR_NO_ERROR) {
                ++sending.unreported;
                continue;
            }
            delivery.failed(
                row, engine::Outcome::Refused,
                kafka::error_of(refusal, fmt::format("write to topic {}", spec_.topic)));
            if (refusal != RD_KAFKA_RESP_ERR__QUEUE_FULL) refusal = RD_KAFKA_RESP_ERR_NO_ERROR;
        }
        bytes_out_.add(sending.values.bytes.size());
    }
    [[nodiscard]] kafka::OutgoingRecord outgoing(const Batch& batch, RowIndex row, size_t index,
                                                 size_t value, size_t slot) {
        const Sending& sending = *sendings_[slot];
        const Record& input = batch.record_of(row);
        kafka::OutgoingRecord record;
        record.topic = topic_.get();
        record.has_value = value != kNoValue;
        if (record.has_value) record.value = sending.values.at(value);
        record.key = sending.keys.at(index);
        record.has_key = sending.has_key[index];
        if (spec_.passes_timestamp) record.timestamp_ms = input.timestamp_us / 1000;
        headers_.clear();
        if (spec_.passes_headers)
            for (const Header& header : std::span(input.headers, input.header_count))
                headers_.push_back({header.name,
                                    header.value.is(Kind::Null) ? "" : header.value.as_text(),
                                    header.value.is(Kind::Null)});
        record.headers = headers_;
        record.tag = tag_of(slot, row);
        return record;
    }

    void on_delivered(uint64_t tag) override {
        const size_t slot = slot_of(tag);
        Sending& sending = *sendings_[slot];
        if (slot != done_slot_) settle();
        done_slot_ = slot;
        ++done_rows_;
        --sending.unreported;
    }
    void on_failed(uint64_t tag, kafka::Fate fate, rd_kafka_resp_err_t code) override {
        settle();
        const size_t slot = slot_of(tag);
        Sending& sending = *sendings_[slot];
        --sending.unreported;
        const auto row = static_cast<RowIndex>(tag);
        Error error = producer_->failure()
                          ? *producer_->failure()
                          : kafka::error_of(code, fmt::format("write to topic {}", spec_.topic));
        if (error.error_class == ErrorClass::Poison && producer_->client().is_open())
            remember_poison(*sending.batch, row, error);
        sending.delivery->failed(
            row,
            fate == kafka::Fate::NotWritten ? engine::Outcome::Refused : engine::Outcome::Unknown,
            std::move(error));
        recycle_if_done(slot);
    }
    /// A record that the brokers refuse breaks its transaction; read again after the abort, it goes
    /// straight to the dead letters.
    void remember_poison(const Batch& batch, RowIndex row, const Error& error) {
        if (poison_.size() >= kPoisonMax) poison_.clear();
        poison_.insert_or_assign({std::string(batch.lane), batch.record_of(row).position}, error);
    }
    [[nodiscard]] const Error* poison_of(const Batch& batch, RowIndex row) const {
        if (poison_.empty()) [[likely]]
            return nullptr;
        const auto found = poison_.find({std::string(batch.lane), batch.record_of(row).position});
        return found == poison_.end() ? nullptr : &found->second;
    }
    void on_reported() override { settle(); }
    /// Deliveries are reported in runs: those of one write come together.
    void settle() {
        if (done_rows_ == 0) return;
        (void)failpoint("kafka_sink.after_delivery");
        const size_t rows = std::exchange(done_rows_, 0);
        sendings_[done_slot_]->delivery->done(rows);
        recycle_if_done(done_slot_);
    }

    static constexpr size_t kNoValue = SIZE_MAX;
    static constexpr size_t kPoisonMax = 10'000;

    const KafkaSinkSpec& spec_;
    std::unique_ptr<codec::Encoder> encoder_;
    bool keeps_tombstones_ = true;
    std::vector<RowIndex> valued_rows_;
    observe::Counter& bytes_out_;
    std::unique_ptr<codec::KeyEncoder> key_encoder_;  // null: the input's keys
    std::vector<kafka::OutgoingHeader> headers_;
    std::vector<std::unique_ptr<Sending>> sendings_;
    std::vector<size_t> free_;
    std::map<std::pair<std::string, Position>, Error> poison_;
    size_t done_slot_ = 0;
    size_t done_rows_ = 0;
    std::shared_ptr<WorkerProducer> producer_;
    kafka::Topic topic_;
    uint8_t number_ = 0;  // among the producer's receivers
};

class KafkaSinkPlan final : public SinkPlan {
  public:
    explicit KafkaSinkPlan(KafkaSinkSpec spec) : spec_(std::move(spec)) {}
    [[nodiscard]] const Format* format() const override { return spec_.format.get(); }
    Result<void> open(bool) override { return {}; }
    [[nodiscard]] bool keeps_exactly_once() const override { return true; }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output,
                                               plan::StepSupport support) override {
        return KafkaSink::make(spec_, output, support);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("{} to topic {}{}", spec_.format->name(), spec_.topic,
                           spec_.key == nullptr ? "" : ", key " + spec_.key_text);
    }

  private:
    KafkaSinkSpec spec_;
};

/// With exactly once all sinks of a worker write through one producer.
Result<void> join_producers(kafka::ClientOptions& joined, const kafka::ClientOptions& client,
                            const config::Options& options) {
    if (!joined.brokers.empty() && joined.brokers != client.brokers)
        return fail(config::error_at(options.mark_of("brokers"), "kafka.two_clusters",
                                     "a transaction cannot span two clusters",
                                     "name the same brokers for every sink, or give up "
                                     "`delivery: exactly_once`"));
    joined.brokers = client.brokers;
    for (const auto& setting : client.settings) {
        const auto same = std::ranges::find(joined.settings, setting.first,
                                            [](const auto& other) { return other.first; });
        if (same == joined.settings.end()) {
            joined.settings.push_back(setting);
        } else if (same->second != setting.second) {
            return fail(
                config::error_at(options.mark_of("client"), "kafka.two_settings",
                                 fmt::format("two sinks want '{}' to be '{}' and '{}'",
                                             setting.first, same->second, setting.second),
                                 "with `delivery: exactly_once` all sinks share one producer"));
        }
    }
    return {};
}

Result<std::unique_ptr<SinkPlan>> build(std::string name, const config::Options& options,
                                        plan::BuildContext& context, const PipelineFacts& facts) {
    KafkaSinkSpec spec;
    spec.name = std::move(name);
    spec.pipeline = facts.name;
    KafkaFacts& shared = kafka_facts(facts);
    MESSINA_TRY(spec.client,
                read_kafka_client(kafka::ClientRole::Producer, options, &shared.source_client));
    spec.facts = facts.kafka;
    if (shared.is_exactly_once)
        MESSINA_TRY_VOID(join_producers(shared.producer_client, spec.client, options));
    spec.topic = options.get_text("topic");
    if (options.is_given("key_format") && !options.has("key"))
        return fail(config::error_at(options.mark_of("key_format"), "kafka.key_format_without_key",
                                     "`key_format` says how `key` is written, and there is none",
                                     "add `key`: `key: meta.key` writes the input's keys anew"));
    if (options.has("key")) {
        const config::ExpressionText key = options.get_expression("key");
        MESSINA_TRY(spec.key, context.compile(key));
        spec.key_text = key.text;
    }
    spec.passes_headers = options.get_text("headers") == "pass";
    spec.passes_timestamp = options.get_text("timestamp") == "record";
    MESSINA_TRY(spec.format, make_message_format(options.get_nested("format"), shared.registries));
    MESSINA_TRY(spec.key_format,
                make_key_format(options.get_nested("key_format"), shared.registries));
    return std::make_unique<KafkaSinkPlan>(std::move(spec));
}

}  // namespace

const SinkKind kKafkaSink = {&kSection, build};

}  // namespace messina::endpoint
