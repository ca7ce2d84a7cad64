#include "kafka/producer.h"

#include <array>

#include "kafka/errors.h"

namespace messina::kafka {

namespace {
constexpr int kFirstAnswerMs = 15000;
constexpr int kLastAnswerMs = 5000;
constexpr int kReceiverShift = 56;
}  // namespace

Result<std::unique_ptr<Producer>> Producer::open(const ClientOptions& options,
                                                 std::function<void()> wake,
                                                 const std::string& transactional_id) {
    std::unique_ptr<Producer> producer(new Producer(std::move(wake)));
    MESSINA_TRY(Conf conf, make_conf(ClientRole::Producer, options));
    producer->is_transactional_ = !transactional_id.empty();
    if (producer->is_transactional_)
        MESSINA_TRY_VOID(set(*conf, "transactional.id", transactional_id));
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR |
                                             RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS);
    std::array<char, 512> reason{};
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason.data(), reason.size());
    if (client == nullptr)
        return fail(ErrorClass::Misconfigured, "kafka.client", std::string(reason.data()));
    (void)conf.release();  // the client's from now on
    producer->client_.reset(client);
    producer->events_.reset(rd_kafka_queue_get_main(client));
    rd_kafka_set_log_queue(client, producer->events_.get());
    rd_kafka_queue_cb_event_enable(
        producer->events_.get(),
        [](rd_kafka_t*, void* self) { static_cast<Producer*>(self)->wake_(); }, producer.get());
    if (producer->is_transactional_) {
        const FailurePtr error(rd_kafka_init_transactions(client, kFirstAnswerMs));
        if (error != nullptr) return fail(error_of(error.get(), "begin to write in transactions"));
    }
    return producer;
}

Producer::~Producer() {
    if (client_ == nullptr) return;
    rd_kafka_queue_cb_event_enable(events_.get(), nullptr, nullptr);
    abandon();
    events_.reset();
}

void Producer::abandon() {
    give_up();
    drop_reports();
    if (!is_open_) return;
    const FailurePtr error(rd_kafka_abort_transaction(client_.get(), kLastAnswerMs));
    end();
}

/// Reports must be taken for the client to end, also when nobody hears them any more.
void Producer::drop_reports() {
    while (rd_kafka_outq_len(client_.get()) > 0)
        if (const Event dropped{rd_kafka_queue_poll(events_.get(), 100)}; dropped == nullptr) break;
}

void Producer::give_up() {
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void Producer::meter(observe::Metrics& metrics, const std::string& pipeline) {
    meter_.emplace(MeteredClient{metrics, pipeline, rd_kafka_name(client_.get())});
}

Topic Producer::topic(const std::string& name) const {
    return Topic(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
}

uint8_t Producer::attach(DeliveryReceiver& receiver) {
    receivers_.push_back(&receiver);
    return static_cast<uint8_t>(receivers_.size() - 1);
}

rd_kafka_resp_err_t Producer::begin() {
    if (!is_transactional_ || is_open_) return RD_KAFKA_RESP_ERR_NO_ERROR;
    const FailurePtr error(rd_kafka_begin_transaction(client_.get()));
    if (error != nullptr) return rd_kafka_error_code(error.get());
    is_open_ = true;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t Producer::send(uint8_t receiver, const OutgoingRecord& record) {
    if (const auto code = begin(); code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    std::array<rd_kafka_vu_t, 8> values{};
    size_t count = 0;
    const auto next = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
        values[count].vtype = type;
        return values[count++];
    };
    // The client never writes to what it is given, though its interface does not say so.
    const auto bytes = [](std::string_view text) {
        return const_cast<char*>(text.data() == nullptr ? "" : text.data());
    };
    next(RD_KAFKA_VTYPE_RKT).u.rkt = record.topic;
    next(RD_KAFKA_VTYPE_PARTITION).u.i32 = record.partition;
    if (record.has_value)
        next(RD_KAFKA_VTYPE_VALUE).u.mem = {bytes(record.value), record.value.size()};
    if (record.has_key) next(RD_KAFKA_VTYPE_KEY).u.mem = {bytes(record.key), record.key.size()};
    if (record.timestamp_ms > 0) next(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp_ms;
    // A tag is as wide as the pointer that the client carries for us.
    next(RD_KAFKA_VTYPE_OPAQUE).u.ptr =
        reinterpret_cast<void*>((static_cast<uint64_t>(receiver) << kReceiverShift) | record.tag);
    Headers headers;
    if (!record.headers.empty()) {
        headers.reset(rd_kafka_headers_new(record.headers.size()));
        for (const OutgoingHeader& header : record.headers)
            rd_kafka_header_add(headers.get(), header.name.data(),
                                static_cast<ssize_t>(header.name.size()),
                                header.is_null ? nullptr : bytes(header.value),
                                header.is_null ? 0 : static_cast<ssize_t>(header.value.size()));
        next(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();
    }
    const FailurePtr error(rd_kafka_produceva(client_.get(), values.data(), count));
    if (error != nullptr) return rd_kafka_error_code(error.get());
    (void)headers.release();  // the record's
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

Result<void> Producer::poll() {
    Result<void> result;
    while (result) {
        const Event event{rd_kafka_queue_poll(events_.get(), 0)};
        if (event == nullptr) break;
        result = serve(event);
    }
    for (DeliveryReceiver* receiver : receivers_) receiver->on_reported();
    return result;
}

void Producer::report(const rd_kafka_message_t& message) {
    const auto whole = reinterpret_cast<uint64_t>(message._private);
    DeliveryReceiver& receiver = *receivers_[whole >> kReceiverShift];
    const uint64_t tag = whole & ((uint64_t{1} << kReceiverShift) - 1);
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        receiver.on_delivered(tag);
        return;
    }
    is_broken_ = is_open_;
    const bool is_certain = rd_kafka_message_status(&message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
    receiver.on_failed(tag, is_certain ? Fate::NotWritten : Fate::PerhapsWritten, message.err);
}

Result<void> Producer::serve(const Event& event) {
    const auto type = rd_kafka_event_type(event.get());
    if (type == RD_KAFKA_EVENT_DR) {
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get()))
            report(*message);
        return {};
    }
    if (type == RD_KAFKA_EVENT_STATS && meter_)
        if (const auto told = parse_statistics(rd_kafka_event_stats(event.get())))
            meter_->update(*told);
    if (type != RD_KAFKA_EVENT_ERROR) return {};
    const auto code = rd_kafka_event_error(event.get());
    if (rd_kafka_event_error_is_fatal(event.get()) != 0 || code == RD_KAFKA_RESP_ERR__FATAL) {
        std::array<char, 512> reason{};
        const auto cause = rd_kafka_fatal_error(client_.get(), reason.data(), reason.size());
        Error error = error_of(cause, "write to Kafka", reason.data());
        error.error_class = ErrorClass::Fatal;
        return fail(std::move(error));
    }
    Error error = error_of(code, "write to Kafka", rd_kafka_event_error_string(event.get()));
    // The client tries everything else again by itself.
    if (error.error_class == ErrorClass::Misconfigured) return fail(std::move(error));
    return {};
}

}  // namespace messina::kafka
