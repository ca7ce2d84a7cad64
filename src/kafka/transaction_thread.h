// Ends transactions on a thread of its own: the client's calls wait for brokers, and a worker must
// not.
//
// Threads: commit() and abort() are the worker's, one at a time; `done` is called on this thread.
// Source: KIP-98, KIP-447; rdkafka.h, "Transactional producer API".
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"
#include "kafka/consumer.h"
#include "kafka/handles.h"

namespace messina::kafka {

class TransactionThread {
  public:
    using Done = std::function<void(Result<void>)>;
    /// Both clients outlive it.
    TransactionThread(rd_kafka_t* producer, Client consumer);
    /// An end under way is given up; the brokers abort what stays open after its time-out.
    ~TransactionThread();
    TransactionThread(const TransactionThread&) = delete;
    TransactionThread& operator=(const TransactionThread&) = delete;

    /// Transient: the transaction must be aborted. Fatal: the producer can do nothing more.
    void commit(std::vector<CommitPosition> positions, Done done);
    void abort(Done done);

  private:
    struct Order {
        bool is_commit = false;
        std::vector<CommitPosition> positions;
        Done done;
    };
    void give(Order order);
    void run();
    Result<void> carry_out(const Order& order);
    Result<void> send_positions(const std::vector<CommitPosition>& positions);
    Result<void> insist(std::string_view doing, const std::function<rd_kafka_error_t*()>& call);

    rd_kafka_t* producer_;
    Client consumer_;
    std::mutex mutex_;
    std::condition_variable ordered_;
    std::optional<Order> order_;
    bool is_closing_ = false;
    std::thread thread_;
};

}  // namespace messina::kafka
