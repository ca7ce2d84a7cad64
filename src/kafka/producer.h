// An idempotent producer: records are handed over, and each is reported as delivered or failed.
//
// Threads: all of it belongs to one worker; `wake` is called on a thread of the client's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kafka/client_meters.h"
#include "kafka/client_options.h"
#include "kafka/handles.h"

namespace messina::kafka {

struct OutgoingHeader {
    std::string_view name;
    std::string_view value;
    bool is_null = false;
};

/// One record. Its bytes stay where they are until it is reported; headers are copied.
struct OutgoingRecord {
    rd_kafka_topic_t* topic = nullptr;
    int32_t partition = RD_KAFKA_PARTITION_UA;  // chosen by the key
    std::string_view value;
    std::string_view key;
    bool has_value = true;  // false: a tombstone
    bool has_key = false;
    int64_t timestamp_ms = 0;  // 0: now
    std::span<const OutgoingHeader> headers = {};
    uint64_t tag = 0;  // 56 bits; comes back with the report
};

enum class Fate : uint8_t { Delivered, NotWritten, PerhapsWritten };

/// Hears of each record that send() took, exactly once.
class DeliveryReceiver {
  public:
    virtual ~DeliveryReceiver() = default;
    virtual void on_delivered(uint64_t tag) = 0;
    virtual void on_failed(uint64_t tag, Fate fate, rd_kafka_resp_err_t code) = 0;
    /// The last report of one poll().
    virtual void on_reported() = 0;
};

class Producer {
  public:
    /// `wake`: there is something for poll().
    /// With a transactional id it writes in transactions, each begun by its first record; what an
    /// earlier holder of the id left open is aborted.
    static Result<std::unique_ptr<Producer>> open(const ClientOptions& options,
                                                  std::function<void()> wake,
                                                  const std::string& transactional_id = {});
    /// Gives up what was not delivered.
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    /// Tells from now on how it does, in `metrics` of the thread that polls.
    void meter(observe::Metrics& metrics, const std::string& pipeline);
    [[nodiscard]] Topic topic(const std::string& name) const;
    /// Who hears of records that are sent under the number given back; 255 at most.
    uint8_t attach(DeliveryReceiver& receiver);
    /// Not taken: Throttled when the client's queue is full, Poison when the record is too large.
    rd_kafka_resp_err_t send(uint8_t receiver, const OutgoingRecord& record);
    /// Reports what became of records since the last call; never waits. An error ends the producer.
    Result<void> poll();
    /// Gives up what is not delivered and aborts the open transaction, so that its readers need not
    /// wait for its time-out. Nothing is reported.
    void abandon();
    /// Begins a transaction unless one is open.
    rd_kafka_resp_err_t begin();
    /// The transaction has ended, one way or another.
    void end() { is_open_ = is_broken_ = false; }
    [[nodiscard]] bool is_open() const { return is_open_; }
    /// A record of the open transaction failed: it can only be aborted.
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    /// Everything that was taken and is not reported yet fails, at the next poll().
    void give_up();
    [[nodiscard]] rd_kafka_t* client() const { return client_.get(); }

  private:
    explicit Producer(std::function<void()> wake) : wake_(std::move(wake)) {}
    Result<void> serve(const Event& event);
    void drop_reports();
    void report(const rd_kafka_message_t& message);

    std::function<void()> wake_;
    std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>> client_;
    Queue events_;
    std::optional<ProducerMeter> meter_;
    std::vector<DeliveryReceiver*> receivers_;
    bool is_transactional_ = false;
    bool is_open_ = false;
    bool is_broken_ = false;
};

}  // namespace messina::kafka
