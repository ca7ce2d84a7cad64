// A member of a consumer group: partitions come and go, each with a queue of its own that its owner
// empties; positions are committed on request.
//
// Threads: Consumer belongs to the control thread; a PartitionQueue to the one that reads it.
// Sources: KIP-429 (cooperative rebalancing), KIP-848, librdkafka's rdkafka.h (1.6 and later).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "kafka/client_meters.h"
#include "kafka/client_options.h"
#include "kafka/handles.h"
#include "kafka/topic_partition.h"

namespace messina::kafka {

/// Where a partition begins that the group has no position for.
struct Start {
    enum class At : uint8_t { Earliest, Latest, Time };
    At at = At::Earliest;
    int64_t time_ms = 0;                             // of Time: the first record at or after it
    std::map<TopicPartition, int64_t> offsets = {};  // before all others
};

struct ConsumerOptions {
    ClientOptions client;
    std::string group;
    std::vector<std::string> topics;  // a name that begins with ^ is a regular expression
    Start start;
    /// Each partition ends where it ended when it was given.
    bool is_bounded = false;
};

struct Assigned {
    TopicPartition partition;
    /// First offset to read; negative when it is the broker's to say.
    int64_t offset = 0;
    int64_t end = INT64_MAX;  // of a bounded run
};

/// What a rebalance did.
struct Change {
    enum class Kind : uint8_t { Assigned, Revoked, Lost };
    Kind kind = Kind::Assigned;
    std::vector<Assigned> assigned;
    /// Of Revoked and Lost: kept from the others until complete_revocation().
    std::vector<TopicPartition> revoked;
};

struct CommitPosition {
    TopicPartition partition;
    int64_t offset;
};

class PartitionQueue {
  public:
    PartitionQueue(Client client, const TopicPartition& partition);
    ~PartitionQueue();
    PartitionQueue(const PartitionQueue&) = delete;
    PartitionQueue& operator=(const PartitionQueue&) = delete;

    /// Messages that are there, up to out.size(), without waiting; each is the caller's to destroy.
    size_t take(std::span<rd_kafka_message_t*> out);
    /// What comes next is the record at `offset`.
    Result<void> seek(const TopicPartition& partition, int64_t offset);
    /// `wake` is called, on a thread of the client's, when the queue was empty and is not any more.
    void on_ready(std::function<void()> wake);
    [[nodiscard]] const Client& client() const { return client_; }

  private:
    Client client_;
    std::function<void()> wake_;
    Queue queue_;
};

class Consumer {
  public:
    /// Connects, and finds out that the topics are there; takes no partition yet.
    static Result<std::unique_ptr<Consumer>> open(ConsumerOptions options);
    /// Leaves the group without a commit.
    ~Consumer();
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    /// Tells from now on how it does, in `metrics` of the thread that polls.
    void meter(observe::Metrics& metrics, const std::string& pipeline);
    /// These positions are the group's now, whoever has committed them.
    void committed(std::span<const CommitPosition> positions);
    /// Joins the group, from the first poll() on.
    Result<void> subscribe();
    /// Serves what happened without waiting for more; an error ends the consumer.
    Result<std::optional<Change>> poll();
    /// Gives back what the last Revoked or Lost named; no further change comes before.
    Result<void> complete_revocation();
    /// Waits some seconds at most; Transient when it may be tried again.
    Result<void> commit(std::span<const CommitPosition> positions);
    /// A position was committed before.
    [[nodiscard]] bool has_committed() const { return has_committed_; }
    /// The first assignment has come, if only of nothing.
    [[nodiscard]] bool is_assigned() const { return is_assigned_; }
    [[nodiscard]] const Client& client() const { return client_; }
    [[nodiscard]] std::unique_ptr<PartitionQueue> queue_of(const TopicPartition& partition) const;

  private:
    explicit Consumer(ConsumerOptions options) : options_(std::move(options)) {}
    Result<void> look_at_topics();
    Result<void> ask(std::string_view doing, const std::function<rd_kafka_resp_err_t()>& question);
    Result<void> check_error(rd_kafka_event_t& event) const;
    Result<std::optional<Change>> serve(Event event);
    Result<std::optional<Change>> assign_waiting();
    Result<std::vector<Assigned>> find_starts(rd_kafka_topic_partition_list_t& partitions);
    Result<void> find_fresh_starts(rd_kafka_topic_partition_list_t& partitions);
    Result<void> find_ends(std::vector<Assigned>& assigned);
    [[nodiscard]] bool is_cooperative() const;

    ConsumerOptions options_;
    Client client_;
    Queue events_;
    std::optional<ConsumerMeter> meter_;
    /// Of a rebalance that is not answered yet.
    Event assignment_;
    Event revocation_;
    bool has_committed_ = false;
    bool is_assigned_ = false;
};

}  // namespace messina::kafka
