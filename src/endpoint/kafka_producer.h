// The producer of one worker: its own sink's, or with exactly once that of all its sinks, whose
// transaction it then is.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/transaction.h"
#include "engine/worker_context.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"

namespace messina::endpoint {

/// Belongs to the worker's thread.
class WorkerProducer {
  public:
    static Result<std::shared_ptr<WorkerProducer>> make(const kafka::ClientOptions& options,
                                                        const std::string& pipeline,
                                                        engine::WorkerContext& worker,
                                                        const std::string& transactional_id = {});
    ~WorkerProducer();
    WorkerProducer(const WorkerProducer&) = delete;
    WorkerProducer& operator=(const WorkerProducer&) = delete;

    [[nodiscard]] kafka::Producer& client() { return *producer_; }
    /// Reports what became of records, and what has gone wrong for good.
    void serve();
    /// Why nothing can be written any more.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    /// While a transaction ends nothing is written.
    [[nodiscard]] bool is_ending() const { return is_ending_; }
    void set_ending(bool is_ending) { is_ending_ = is_ending; }
    /// Runs `task` on the worker, unless the producer has gone; any thread.
    [[nodiscard]] std::function<void(std::function<void()>)> poster() const;

  private:
    struct Gate {
        std::mutex mutex;
        engine::WorkerContext* worker;
    };
    explicit WorkerProducer(engine::WorkerContext& worker)
        : gate_(std::make_shared<Gate>()), alive_(std::make_shared<bool>(true)) {
        gate_->worker = &worker;
    }

    std::shared_ptr<Gate> gate_;
    std::shared_ptr<bool> alive_;
    std::unique_ptr<kafka::Producer> producer_;
    std::optional<Error> failure_;
    bool is_ending_ = false;
};

/// Outputs of all sinks that use `producer`, with positions of the group that `consumer` is in.
std::unique_ptr<engine::Transaction> make_kafka_transaction(
    std::shared_ptr<WorkerProducer> producer, kafka::Client consumer);

}  // namespace messina::endpoint
