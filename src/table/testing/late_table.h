// A table that answers when it is told to, or not at all for a while: what a table across the
// network does.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "table/store.h"

namespace messina::table::testing {

/// What the tables of one LateStore share with a test.
struct Lateness {
    /// Requests that wait for their answer, in order.
    std::deque<std::function<void()>> waiting;
    /// So many of the next requests fail with `error`.
    size_t failures = 0;
    Error error{ErrorClass::Transient, "test.late", "the table does not answer", ""};

    /// Answers the oldest request. False when none waits.
    bool answer_one() {
        if (waiting.empty()) return false;
        const auto request = std::move(waiting.front());
        waiting.pop_front();
        request();
        return true;
    }
};

class LateTable final : public Table {
  public:
    LateTable(std::unique_ptr<Table> table, Lateness& lateness)
        : table_(std::move(table)), lateness_(lateness) {}
    [[nodiscard]] const TableSchema& schema() const override { return table_->schema(); }
    void read(const ReadRequest& request, ReadReceiver& receiver) override {
        const size_t keys = request.keys.size();
        lateness_.waiting.push_back([this, request, keys, &receiver] {
            if (!takes_failure()) return table_->read(request, receiver);
            for (size_t i = 0; i < keys; ++i) receiver.on_error(i, lateness_.error);
            receiver.on_end();
        });
    }
    void write(std::span<const Mutation> mutations, WriteReceiver& receiver) override {
        lateness_.waiting.push_back(
            [this, held = std::vector<Mutation>(mutations.begin(), mutations.end()), &receiver] {
                if (!takes_failure()) return table_->write(held, receiver);
                for (size_t i = 0; i < held.size(); ++i) receiver.on_written(i, &lateness_.error);
            });
    }
    void read_partition(const PageRequest& request,
                        std::function<void(Result<Page>)> done) override {
        table_->read_partition(request, std::move(done));
    }

  private:
    bool takes_failure() {
        if (lateness_.failures == 0) return false;
        --lateness_.failures;
        return true;
    }
    std::unique_ptr<Table> table_;
    Lateness& lateness_;
};

class LateStore final : public Store {
  public:
    LateStore(std::unique_ptr<Store> store, Lateness& lateness)
        : store_(std::move(store)), lateness_(lateness) {}
    Result<std::unique_ptr<Table>> open_table(std::string_view name) override {
        MESSINA_TRY(auto table, store_->open_table(name));
        return std::make_unique<LateTable>(std::move(table), lateness_);
    }
    [[nodiscard]] std::vector<TableSchema> tables() const override { return store_->tables(); }
    Result<void> sync() override { return store_->sync(); }

  private:
    std::unique_ptr<Store> store_;
    Lateness& lateness_;
};

}  // namespace messina::table::testing
