// For tests: a pipeline of fakes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph.h"
#include "engine/testing/fake_sink.h"
#include "engine/testing/fake_step.h"
#include "engine/testing/fake_transaction.h"
#include "engine/testing/scripted_source.h"

namespace messina::engine::testing {

inline PipelineOptions test_options(size_t records_max = 2) {
    PipelineOptions options;
    options.name = "test";
    options.limits.take.records_max = records_max;
    options.retry.backoff = {std::chrono::milliseconds(50), std::chrono::seconds(10)};
    options.checkpoint_interval = std::chrono::seconds(1);
    return options;
}

/// One of each worker's parts, as the test set them up.
struct FakeParts {
    std::vector<std::unique_ptr<FakeStep>> steps;
    std::vector<std::unique_ptr<FakeSink>> sinks;
    std::unique_ptr<FakeSink> dead_letters;
};

class FakeBlueprint final : public Blueprint {
  public:
    using MakeParts = std::function<FakeParts()>;
    FakeBlueprint(PipelineOptions options, std::unique_ptr<ScriptedSource> source,
                  MakeParts make_parts)
        : options_(std::move(options)),
          source_(std::move(source)),
          make_parts_(std::move(make_parts)) {}

    [[nodiscard]] const PipelineOptions& options() const override { return options_; }
    Source& source() override { return *source_; }
    [[nodiscard]] ScriptedSource& scripted() { return *source_; }
    [[nodiscard]] bool has_dead_letters() const override { return has_dead_letters_; }
    /// Writes with transactions from now on.
    void with_transactions(Visible& visible) { visible_ = &visible; }
    [[nodiscard]] bool is_transactional() const override { return visible_ != nullptr; }
    void with_dead_letters() { has_dead_letters_ = true; }
    void fail_graph(Error error) { graph_error_ = std::move(error); }

    Result<Graph> make_graph(WorkerContext&) override {
        if (graph_error_) return fail(*graph_error_);
        FakeParts parts = make_parts_();
        Graph graph;
        graph.slot_count = 1;
        graph.steps.push_back(std::make_unique<FakeStep>("decode"));
        for (auto& step : parts.steps) {
            steps.push_back(step.get());
            graph.steps.push_back(std::move(step));
        }
        for (auto& sink : parts.sinks) {
            sinks.push_back(sink.get());
            graph.outputs.push_back({nullptr, std::move(sink)});
        }
        if (visible_ != nullptr)
            graph.transaction = std::make_unique<FakeTransaction>(*sinks.back(), *visible_);
        dead_letters.push_back(parts.dead_letters.get());
        graph.dead_letters = std::move(parts.dead_letters);
        return graph;
    }

    // Of all workers, in the order they were made; they belong to the workers.
    std::vector<FakeStep*> steps;
    std::vector<FakeSink*> sinks;
    std::vector<FakeSink*> dead_letters;

  private:
    PipelineOptions options_;
    std::unique_ptr<ScriptedSource> source_;
    MakeParts make_parts_;
    bool has_dead_letters_ = false;
    Visible* visible_ = nullptr;
    std::optional<Error> graph_error_;
};

}  // namespace messina::engine::testing
