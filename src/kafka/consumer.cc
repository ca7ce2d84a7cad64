#include "kafka/consumer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "kafka/errors.h"

namespace messina::kafka {
namespace {

// Time for one question to the cluster; the control thread waits for no longer.
constexpr int kAnswerMs = 5000;
constexpr int kFirstAnswerMs = 15000;
constexpr int kPauseMs = 100;

PartitionList make_list(size_t size) {
    return PartitionList(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

std::span<rd_kafka_topic_partition_t> elements(const rd_kafka_topic_partition_list_t& list) {
    return {list.elems, static_cast<size_t>(list.cnt)};
}

TopicPartition name_of(const rd_kafka_topic_partition_t& element) {
    return {element.topic, element.partition};
}

std::vector<TopicPartition> names_of(const rd_kafka_topic_partition_list_t& list) {
    std::vector<TopicPartition> names;
    for (const auto& element : elements(list)) names.push_back(name_of(element));
    return names;
}

}  // namespace

std::string to_text(const TopicPartition& partition) {
    return fmt::format("{}/{}", partition.topic, partition.partition);
}

// --- PartitionQueue ---

PartitionQueue::PartitionQueue(Client client, const TopicPartition& partition)
    : client_(std::move(client)),
      queue_(rd_kafka_queue_get_partition(client_.get(), partition.topic.c_str(),
                                          partition.partition)) {
    // Without this its messages go to the queue that all partitions share.
    rd_kafka_queue_forward(queue_.get(), nullptr);
}

PartitionQueue::~PartitionQueue() {
    rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

size_t PartitionQueue::take(std::span<rd_kafka_message_t*> out) {
    const ssize_t taken = rd_kafka_consume_batch_queue(queue_.get(), 0, out.data(), out.size());
    return taken < 0 ? 0 : static_cast<size_t>(taken);
}

Result<void> PartitionQueue::seek(const TopicPartition& partition, int64_t offset) {
    const PartitionList wanted = make_list(1);
    rd_kafka_topic_partition_list_add(wanted.get(), partition.topic.c_str(), partition.partition)
        ->offset = offset;
    const std::string doing = fmt::format("go back to {} of {}", offset, to_text(partition));
    const FailurePtr error(rd_kafka_seek_partitions(client_.get(), wanted.get(), kAnswerMs));
    if (error != nullptr) return fail(error_of(error.get(), doing));
    if (wanted->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(error_of(wanted->elems[0].err, doing));
    return {};
}

void PartitionQueue::on_ready(std::function<void()> wake) {
    wake_ = std::move(wake);
    rd_kafka_queue_cb_event_enable(
        queue_.get(), [](rd_kafka_t*, void* self) { static_cast<PartitionQueue*>(self)->wake_(); },
        this);
}

// --- Consumer ---

Result<std::unique_ptr<Consumer>> Consumer::open(ConsumerOptions options) {
    std::unique_ptr<Consumer> consumer(new Consumer(std::move(options)));
    MESSINA_TRY(Conf conf, make_conf(ClientRole::Consumer, consumer->options_.client));
    MESSINA_TRY_VOID(set(*conf, "group.id", consumer->options_.group));
    if (consumer->options_.is_bounded) MESSINA_TRY_VOID(set(*conf, "enable.partition.eof", "true"));
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR |
                                             RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_LOG |
                                             RD_KAFKA_EVENT_STATS);
    std::array<char, 512> reason{};
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), reason.data(), reason.size());
    if (client == nullptr)
        return fail(ErrorClass::Misconfigured, "kafka.client", std::string(reason.data()));
    (void)conf.release();  // the client's from now on
    consumer->client_ = Client(client, rd_kafka_destroy);
    rd_kafka_poll_set_consumer(client);
    consumer->events_.reset(rd_kafka_queue_get_consumer(client));
    rd_kafka_set_log_queue(client, consumer->events_.get());
    MESSINA_TRY_VOID(consumer->look_at_topics());
    return consumer;
}

Consumer::~Consumer() {
    if (client_ == nullptr) return;
    assignment_.reset();
    revocation_.reset();
    rd_kafka_consumer_close(client_.get());
}

/// A mistyped topic would wait for ever; a group's position says that a run goes on.
Result<void> Consumer::look_at_topics() {
    const PartitionList all = make_list(8);
    for (const std::string& topic : options_.topics) {
        if (topic.starts_with('^')) {
            has_committed_ = true;  // not known yet: nothing may be begun anew
            continue;
        }
        const Topic handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
        MESSINA_TRY_VOID(ask(fmt::format("look at topic '{}'", topic), [&] {
            const rd_kafka_metadata_t* raw = nullptr;
            const auto code =
                rd_kafka_metadata(client_.get(), 0, handle.get(), &raw, kFirstAnswerMs);
            const Metadata metadata(raw);
            if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
            const rd_kafka_metadata_topic_t& found = metadata->topics[0];
            if (found.err == RD_KAFKA_RESP_ERR_NO_ERROR)
                rd_kafka_topic_partition_list_add_range(all.get(), topic.c_str(), 0,
                                                        found.partition_cnt - 1);
            return found.err;
        }));
    }
    MESSINA_TRY_VOID(ask(fmt::format("ask for the positions of group '{}'", options_.group), [&] {
        return rd_kafka_committed(client_.get(), all.get(), kFirstAnswerMs);
    }));
    has_committed_ = has_committed_ || std::ranges::any_of(elements(*all), [](const auto& element) {
                         return element.offset >= 0;
                     });
    return {};
}

/// Asks again while the cluster is only not ready (a coordinator that moves), for some seconds.
Result<void> Consumer::ask(std::string_view doing,
                           const std::function<rd_kafka_resp_err_t()>& question) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(kFirstAnswerMs);
    while (true) {
        const auto code = question();
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
        Error error = error_of(code, doing);
        if (error.error_class != ErrorClass::Transient ||
            std::chrono::steady_clock::now() >= deadline)
            return fail(std::move(error));
        // What is on the client's queue meanwhile says why it cannot connect.
        if (const Event event{rd_kafka_queue_poll(events_.get(), kPauseMs)}; event != nullptr)
            MESSINA_TRY_VOID(check_error(*event));
    }
}

void Consumer::meter(observe::Metrics& metrics, const std::string& pipeline) {
    meter_.emplace(MeteredClient{metrics, pipeline, rd_kafka_name(client_.get())});
}

void Consumer::committed(std::span<const CommitPosition> positions) {
    if (!meter_) return;
    for (const CommitPosition& position : positions)
        meter_->set_position(position.partition, position.offset);
}

Result<void> Consumer::subscribe() {
    const PartitionList topics = make_list(options_.topics.size());
    for (const std::string& topic : options_.topics)
        rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    const auto code = rd_kafka_subscribe(client_.get(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(error_of(code, fmt::format("join group '{}'", options_.group)));
    return {};
}

bool Consumer::is_cooperative() const {
    const char* protocol = rd_kafka_rebalance_protocol(client_.get());
    return protocol != nullptr && std::strcmp(protocol, "COOPERATIVE") == 0;
}

Result<std::optional<Change>> Consumer::poll() {
    if (assignment_ != nullptr) return assign_waiting();
    while (Event event{rd_kafka_queue_poll(events_.get(), 0)}) {
        MESSINA_TRY(std::optional<Change> change, serve(std::move(event)));
        if (change) return change;
    }
    return std::nullopt;
}

Result<std::optional<Change>> Consumer::serve(Event event) {
    switch (rd_kafka_event_type(event.get())) {
        case RD_KAFKA_EVENT_REBALANCE: {
            if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
                assignment_ = std::move(event);
                return assign_waiting();
            }
            revocation_ = std::move(event);
            Change change;
            change.kind = rd_kafka_assignment_lost(client_.get()) != 0 ? Change::Kind::Lost
                                                                       : Change::Kind::Revoked;
            change.revoked = names_of(*rd_kafka_event_topic_partition_list(revocation_.get()));
            return change;
        }
        case RD_KAFKA_EVENT_STATS: {
            if (!meter_) return std::nullopt;
            if (const auto told = parse_statistics(rd_kafka_event_stats(event.get())))
                meter_->update(*told);
            return std::nullopt;
        }
        default: MESSINA_TRY_VOID(check_error(*event)); return std::nullopt;
    }
}

/// Of an error event that a person must see to; the client tries everything else again by itself.
Result<void> Consumer::check_error(rd_kafka_event_t& event) const {
    if (rd_kafka_event_type(&event) != RD_KAFKA_EVENT_ERROR) return {};
    const auto code = rd_kafka_event_error(&event);
    const std::string doing = fmt::format("read in group '{}'", options_.group);
    if (rd_kafka_event_error_is_fatal(&event) != 0 || code == RD_KAFKA_RESP_ERR__FATAL) {
        std::array<char, 512> reason{};
        const auto cause = rd_kafka_fatal_error(client_.get(), reason.data(), reason.size());
        Error error = error_of(cause, doing, reason.data());
        error.error_class = ErrorClass::Fatal;
        return fail(std::move(error));
    }
    Error error = error_of(code, doing, rd_kafka_event_error_string(&event));
    if (error.error_class == ErrorClass::Misconfigured || error.error_class == ErrorClass::Fatal)
        return fail(std::move(error));
    return {};
}

/// Takes the partitions that were given, once it is known where each begins; when the cluster does
/// not answer, the next poll() asks again.
Result<std::optional<Change>> Consumer::assign_waiting() {
    rd_kafka_topic_partition_list_t& partitions =
        *rd_kafka_event_topic_partition_list(assignment_.get());
    Result<std::vector<Assigned>> starts = find_starts(partitions);
    if (!starts) {
        if (starts.error().error_class == ErrorClass::Transient) return std::nullopt;
        return fail(std::move(starts.error()));
    }
    // The queues are taken off the shared one before anything is fetched.
    for (const auto& element : elements(partitions)) {
        const Queue queue(
            rd_kafka_queue_get_partition(client_.get(), element.topic, element.partition));
        rd_kafka_queue_forward(queue.get(), nullptr);
    }
    if (is_cooperative()) {
        const FailurePtr error(rd_kafka_incremental_assign(client_.get(), &partitions));
        if (error != nullptr) return fail(error_of(error.get(), "take partitions"));
    } else if (const auto code = rd_kafka_assign(client_.get(), &partitions);
               code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return fail(error_of(code, "take partitions"));
    }
    assignment_.reset();
    is_assigned_ = true;
    if (meter_)
        for (const Assigned& assigned : *starts)
            meter_->set_position(assigned.partition, assigned.offset);
    return Change{Change::Kind::Assigned, std::move(*starts), {}};
}

Result<std::vector<Assigned>> Consumer::find_starts(rd_kafka_topic_partition_list_t& partitions) {
    if (partitions.cnt == 0) return std::vector<Assigned>{};
    const auto code = rd_kafka_committed(client_.get(), &partitions, kAnswerMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(error_of(code, "ask for committed positions"));
    MESSINA_TRY_VOID(find_fresh_starts(partitions));
    std::vector<Assigned> assigned;
    for (const auto& element : elements(partitions))
        assigned.push_back({name_of(element), element.offset});
    if (options_.is_bounded) MESSINA_TRY_VOID(find_ends(assigned));
    return assigned;
}

/// Partitions without a committed position begin where the options say.
Result<void> Consumer::find_fresh_starts(rd_kafka_topic_partition_list_t& partitions) {
    const PartitionList timed = make_list(4);
    for (auto& element : elements(partitions)) {
        if (element.offset >= 0) continue;
        if (const auto given = options_.start.offsets.find(name_of(element));
            given != options_.start.offsets.end()) {
            element.offset = given->second;
        } else if (options_.start.at == Start::At::Time) {
            rd_kafka_topic_partition_list_add(timed.get(), element.topic, element.partition)
                ->offset = options_.start.time_ms;
        } else {
            element.offset = options_.start.at == Start::At::Latest ? RD_KAFKA_OFFSET_END
                                                                    : RD_KAFKA_OFFSET_BEGINNING;
        }
    }
    if (timed->cnt == 0) return {};
    const auto code = rd_kafka_offsets_for_times(client_.get(), timed.get(), kAnswerMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(error_of(code, "ask for offsets by time"));
    for (const auto& found : elements(*timed))
        rd_kafka_topic_partition_list_find(&partitions, found.topic, found.partition)->offset =
            found.offset;  // the end when no record is so late
    return {};
}

Result<void> Consumer::find_ends(std::vector<Assigned>& assigned) {
    for (Assigned& each : assigned) {
        int64_t begin = 0;
        const auto code = rd_kafka_query_watermark_offsets(
            client_.get(), each.partition.topic.c_str(), each.partition.partition, &begin,
            &each.end, kAnswerMs);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return fail(error_of(code, fmt::format("ask where {} ends", to_text(each.partition))));
        if (each.offset == RD_KAFKA_OFFSET_BEGINNING) each.offset = begin;
        if (each.offset == RD_KAFKA_OFFSET_END) each.offset = each.end;
    }
    return {};
}

Result<void> Consumer::complete_revocation() {
    const Event event = std::move(revocation_);
    if (meter_)
        for (const TopicPartition& given_back :
             names_of(*rd_kafka_event_topic_partition_list(event.get())))
            meter_->forget(given_back);
    if (is_cooperative()) {
        const FailurePtr error(rd_kafka_incremental_unassign(
            client_.get(), rd_kafka_event_topic_partition_list(event.get())));
        if (error != nullptr) return fail(error_of(error.get(), "give partitions back"));
        return {};
    }
    const auto code = rd_kafka_assign(client_.get(), nullptr);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(error_of(code, "give partitions back"));
    return {};
}

Result<void> Consumer::commit(std::span<const CommitPosition> positions) {
    const PartitionList offsets = make_list(positions.size());
    for (const CommitPosition& position : positions)
        rd_kafka_topic_partition_list_add(offsets.get(), position.partition.topic.c_str(),
                                          position.partition.partition)
            ->offset = position.offset;
    const Queue answers(rd_kafka_queue_new(client_.get()));
    const std::string doing = fmt::format("commit positions of group '{}'", options_.group);
    (void)failpoint("kafka_source.before_commit");
    auto code =
        rd_kafka_commit_queue(client_.get(), offsets.get(), answers.get(), nullptr, nullptr);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(error_of(code, doing));
    const Event answer(rd_kafka_queue_poll(answers.get(), kAnswerMs));
    if (answer == nullptr) return fail(error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, doing));
    code = rd_kafka_event_error(answer.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(error_of(code, doing));
    for (const auto& element : elements(*rd_kafka_event_topic_partition_list(answer.get())))
        if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return fail(
                error_of(element.err, fmt::format("{} at {}", doing, to_text(name_of(element)))));
    (void)failpoint("kafka_source.after_commit");
    return {};
}

std::unique_ptr<PartitionQueue> Consumer::queue_of(const TopicPartition& partition) const {
    return std::make_unique<PartitionQueue>(client_, partition);
}

}  // namespace messina::kafka
