// A transport without a network: tests see what is asked and say what comes back.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "cql/transport.h"

namespace messina::cql::testing {

/// What a test and its transport share.
struct FakeCluster {
    struct Asked {
        std::string text;
        std::string values;
        std::string paging;
        uint64_t tag = 0;
    };
    ConnectOptions connected_with;
    std::vector<std::string> prepared;  // texts, in order
    std::deque<Asked> requests;         // sent and not answered
    size_t requests_sent = 0;
    size_t submissions = 0;  // vectors of requests
    size_t waits = 0;
    std::vector<Nanos> rests;

    std::optional<Failure> open_failure;
    std::optional<Failure> prepare_failure;
    std::deque<std::pair<CompletionReceiver*, Completion>> completions;
    CompletionReceiver* receiver = nullptr;
    /// Called by wait(), which nothing else ends.
    std::function<void(Nanos)> on_wait;

    /// Answers the oldest request.
    void answer(std::optional<Failure> failure = std::nullopt) {
        Completion completion;
        completion.tag = requests.front().tag;
        completion.failure = std::move(failure);
        requests.pop_front();
        completions.emplace_back(receiver, std::move(completion));
    }
    void answer_rows(std::string_view bytes, uint32_t row_count, uint32_t column_count,
                     std::string_view paging = {}) {
        Completion completion;
        completion.tag = requests.front().tag;
        completion.rows.bytes = bytes;
        completion.rows.row_count = row_count;
        completion.rows.column_count = column_count;
        completion.rows.paging = paging;
        requests.pop_front();
        completions.emplace_back(receiver, std::move(completion));
    }
};

class FakeStatement final : public PreparedStatement {
  public:
    explicit FakeStatement(std::string prepared) : text(std::move(prepared)) {}
    [[nodiscard]] std::vector<Column> markers() const override { return {}; }
    [[nodiscard]] std::vector<Column> results() const override { return {}; }
    std::string text;
};

class FakeConnection final : public Connection {
  public:
    explicit FakeConnection(FakeCluster& cluster) : cluster_(cluster) {}
    ~FakeConnection() override {
        cluster_.completions.clear();
        cluster_.receiver = nullptr;
    }
    void prepare(std::string_view text, const StatementOptions& /*options*/,
                 uint64_t tag) override {
        cluster_.prepared.emplace_back(text);
        Completion completion;
        completion.tag = tag;
        completion.failure = cluster_.prepare_failure;
        if (!completion.failure)
            completion.prepared = std::make_unique<FakeStatement>(std::string(text));
        cluster_.completions.emplace_back(cluster_.receiver, std::move(completion));
    }
    void query(std::string_view /*text*/, Nanos /*timeout*/, uint64_t tag) override {
        Completion completion;
        completion.tag = tag;
        cluster_.completions.emplace_back(cluster_.receiver, std::move(completion));
    }
    void submit(std::span<const Request> requests) override {
        ++cluster_.submissions;
        cluster_.requests_sent += requests.size();
        for (const Request& request : requests)
            cluster_.requests.push_back({static_cast<const FakeStatement*>(request.statement)->text,
                                         std::string(request.values), std::string(request.paging),
                                         request.tag});
    }

  private:
    FakeCluster& cluster_;
};

class FakeTransport final : public Transport {
  public:
    explicit FakeTransport(FakeCluster& cluster) : cluster_(cluster) {}
    std::unique_ptr<Connection> open(const ConnectOptions& options, CompletionReceiver& receiver,
                                     uint64_t tag) override {
        cluster_.connected_with = options;
        cluster_.receiver = &receiver;
        Completion completion;
        completion.tag = tag;
        completion.failure = cluster_.open_failure;
        cluster_.completions.emplace_back(&receiver, std::move(completion));
        return std::make_unique<FakeConnection>(cluster_);
    }
    bool poll() override {
        bool has_any = false;
        while (!cluster_.completions.empty()) {
            auto [receiver, completion] = std::move(cluster_.completions.front());
            cluster_.completions.pop_front();
            receiver->on_completion(completion);
            has_any = true;
        }
        return has_any;
    }
    void rest(Nanos time) override { cluster_.rests.push_back(time); }
    void wait(Nanos max) override {
        ++cluster_.waits;
        if (cluster_.on_wait) cluster_.on_wait(max);
    }
    void wake() override {}

  private:
    FakeCluster& cluster_;
};

}  // namespace messina::cql::testing
