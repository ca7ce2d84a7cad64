#include "endpoint/kafka_producer.h"

#include "endpoint/kafka_options.h"
#include "kafka/errors.h"
#include "kafka/transaction_thread.h"

namespace messina::endpoint {

Result<std::shared_ptr<WorkerProducer>> WorkerProducer::make(const kafka::ClientOptions& options,
                                                             const std::string& pipeline,
                                                             engine::WorkerContext& worker,
                                                             const std::string& transactional_id) {
    std::shared_ptr<WorkerProducer> made(new WorkerProducer(worker));
    const auto wake = [post = made->poster(), producer = made.get()] {
        post([producer] { producer->serve(); });
    };
    MESSINA_TRY(made->producer_, kafka::Producer::open(options, wake, transactional_id));
    made->producer_->meter(worker.metrics(), pipeline);
    return made;
}

WorkerProducer::~WorkerProducer() {
    const std::lock_guard lock(gate_->mutex);
    gate_->worker = nullptr;
}

std::function<void(std::function<void()>)> WorkerProducer::poster() const {
    return [gate = gate_, alive = std::weak_ptr<bool>(alive_)](std::function<void()> task) {
        const std::lock_guard lock(gate->mutex);
        if (gate->worker == nullptr) return;
        gate->worker->post([alive, task = std::move(task)] {
            if (!alive.expired()) task();
        });
    };
}

void WorkerProducer::serve() {
    while (true) {
        const Result<void> polled = producer_->poll();
        if (polled) return;
        // The producer can do nothing more: everything that it still has is reported as failed.
        if (!failure_) producer_->give_up();
        failure_ = polled.error();
    }
}

namespace {

class KafkaTransaction final : public engine::Transaction {
  public:
    KafkaTransaction(std::shared_ptr<WorkerProducer> producer, kafka::Client consumer)
        : producer_(std::move(producer)),
          thread_(std::make_unique<kafka::TransactionThread>(producer_->client().client(),
                                                             std::move(consumer))) {}

    ~KafkaTransaction() override {
        thread_.reset();
        producer_->client().abandon();
    }
    KafkaTransaction(const KafkaTransaction&) = delete;
    KafkaTransaction& operator=(const KafkaTransaction&) = delete;

    void commit(std::span<const engine::LanePosition> positions, Done done) override {
        // Records may all have been dropped: then it holds positions only.
        if (const auto code = producer_->client().begin(); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            done(fail(kafka::error_of(code, "begin a transaction")));
            return;
        }
        producer_->set_ending(true);
        thread_->commit(commit_positions(positions), ender(std::move(done)));
    }
    void abort(Done done) override {
        if (!producer_->client().is_open()) {
            producer_->client().end();
            done({});
            return;
        }
        producer_->set_ending(true);
        thread_->abort(ender(std::move(done)));
    }
    [[nodiscard]] bool is_broken() const override { return producer_->client().is_broken(); }

  private:
    /// After a commit that failed for now the transaction is still open: abort() is next.
    kafka::TransactionThread::Done ender(Done done) {
        return [post = producer_->poster(), producer = producer_.get(),
                done = std::move(done)](Result<void> result) {
            post([producer, done, result = std::move(result)] {
                producer->serve();
                producer->set_ending(false);
                if (result) producer->client().end();
                done(result);
            });
        };
    }

    std::shared_ptr<WorkerProducer> producer_;
    std::unique_ptr<kafka::TransactionThread> thread_;
};

}  // namespace

std::unique_ptr<engine::Transaction> make_kafka_transaction(
    std::shared_ptr<WorkerProducer> producer, kafka::Client consumer) {
    return std::make_unique<KafkaTransaction>(std::move(producer), std::move(consumer));
}

}  // namespace messina::endpoint
