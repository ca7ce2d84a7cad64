// An idempotent producer: records are handed over, and each is reported as delivered or failed.
//
// Threads: all of it belongs to one worker; `wake` is called on a thread of the client's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
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
    uint64_t tag = 0;  // not 0; comes back with the report
};

enum class Fate : uint8_t { Delivered, NotWritten, PerhapsWritten };

/// Hears of each record that send() took, exactly once.
class DeliveryReceiver {
  public:
    virtual ~DeliveryReceiver() = default;
    virtual void on_delivered(uint64_t tag) = 0;
    virtual void on_failed(uint64_t tag, Fate fate, rd_kafka_resp_err_t code) = 0;
};

class Producer {
  public:
    /// `wake`: there is something for poll().
    static Result<std::unique_ptr<Producer>> open(const ClientOptions& options,
                                                  std::function<void()> wake);
    /// Gives up what was not delivered.
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    [[nodiscard]] Topic topic(const std::string& name) const;
    /// Not taken: Throttled when the client's queue is full, Poison when the record is too large.
    rd_kafka_resp_err_t send(const OutgoingRecord& record);
    /// Reports what became of records since the last call; never waits. An error ends the producer.
    Result<void> poll(DeliveryReceiver& receiver);
    /// Everything that was taken and is not reported yet fails, at the next poll().
    void give_up();
    [[nodiscard]] rd_kafka_t* client() const { return client_.get(); }

  private:
    explicit Producer(std::function<void()> wake) : wake_(std::move(wake)) {}
    Result<void> serve(const Event& event, DeliveryReceiver& receiver);

    std::function<void()> wake_;
    std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>> client_;
    Queue events_;
};

}  // namespace messina::kafka
