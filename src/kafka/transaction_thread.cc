#include "kafka/transaction_thread.h"

#include "base/failpoint.h"
#include "kafka/errors.h"

namespace messina::kafka {

namespace {
// One call's patience; it is repeated until there is an answer, or nobody waits for one.
constexpr int kCallMs = 2000;
}  // namespace

TransactionThread::TransactionThread(rd_kafka_t* producer, Client consumer)
    : producer_(producer), consumer_(std::move(consumer)), thread_([this] { run(); }) {}

TransactionThread::~TransactionThread() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
    }
    ordered_.notify_one();
    thread_.join();
}

void TransactionThread::commit(std::vector<CommitPosition> positions, Done done) {
    give({true, std::move(positions), std::move(done)});
}

void TransactionThread::abort(Done done) {
    give({false, {}, std::move(done)});
}

void TransactionThread::give(Order order) {
    {
        const std::lock_guard lock(mutex_);
        order_ = std::move(order);
    }
    ordered_.notify_one();
}

void TransactionThread::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        ordered_.wait(lock, [this] { return is_closing_ || order_; });
        if (is_closing_) return;
        const Order order = std::move(*order_);
        order_.reset();
        lock.unlock();
        order.done(carry_out(order));
        lock.lock();
    }
}

Result<void> TransactionThread::carry_out(const Order& order) {
    if (!order.is_commit)
        return insist("abort a transaction",
                      [this] { return rd_kafka_abort_transaction(producer_, kCallMs); });
    (void)failpoint("transaction.before_positions");
    MESSINA_TRY_VOID(send_positions(order.positions));
    (void)failpoint("transaction.after_positions");
    MESSINA_TRY_VOID(insist("commit a transaction",
                            [this] { return rd_kafka_commit_transaction(producer_, kCallMs); }));
    (void)failpoint("transaction.after_commit");
    return {};
}

/// With the generation that the group is at now: a member that was replaced is refused.
Result<void> TransactionThread::send_positions(const std::vector<CommitPosition>& positions) {
    const GroupMetadata metadata(rd_kafka_consumer_group_metadata(consumer_.get()));
    const PartitionList offsets(
        rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
    for (const CommitPosition& position : positions)
        rd_kafka_topic_partition_list_add(offsets.get(), position.partition.topic.c_str(),
                                          position.partition.partition)
            ->offset = position.offset;
    return insist("add positions to a transaction", [&] {
        return rd_kafka_send_offsets_to_transaction(producer_, offsets.get(), metadata.get(),
                                                    kCallMs);
    });
}

Result<void> TransactionThread::insist(std::string_view doing,
                                       const std::function<rd_kafka_error_t*()>& call) {
    while (true) {
        const FailurePtr error(call());
        if (error == nullptr) return {};
        Error result = error_of(error.get(), doing);
        if (rd_kafka_error_is_fatal(error.get()) != 0) return fail(std::move(result));
        if (rd_kafka_error_txn_requires_abort(error.get()) != 0) {
            result.error_class = ErrorClass::Transient;
            return fail(std::move(result));
        }
        if (rd_kafka_error_is_retriable(error.get()) == 0) {
            if (result.error_class == ErrorClass::Transient)
                result.error_class = ErrorClass::Fatal;  // nothing says that it would help to abort
            return fail(std::move(result));
        }
        const std::lock_guard lock(mutex_);
        if (is_closing_) return fail(std::move(result));
    }
}

}  // namespace messina::kafka
