// For tests: one lane with fakes around it, turned by hand.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/lane.h"
#include "engine/testing/fake_blueprint.h"
#include "engine/testing/manual_worker.h"

namespace messina::engine::testing {

class LaneBench {
  public:
    explicit LaneBench(LaneScript lane_script, PipelineOptions lane_options = test_options())
        : options(std::move(lane_options)), script(std::move(lane_script)) {
        graph.slot_count = 1;
    }

    FakeStep& add_step(const std::string& name) {
        graph.steps.push_back(std::make_unique<FakeStep>(name));
        return static_cast<FakeStep&>(*graph.steps.back());
    }
    FakeSink& add_sink(const std::string& name, std::unique_ptr<RowSelector> selector = nullptr) {
        auto sink = std::make_unique<FakeSink>(name);
        sink->effects = &effects;
        FakeSink& added = *sink;
        graph.outputs.push_back({std::move(selector), std::move(sink)});
        return added;
    }
    FakeSink& add_dead_letters() {
        auto sink = std::make_unique<FakeSink>("dead_letter", FakeSink::Role::DeadLetters);
        sink->effects = &effects;
        FakeSink& added = *sink;
        graph.dead_letters = std::move(sink);
        return added;
    }

    /// Made at first use, when the graph is complete.
    Lane& lane() {
        if (lane_) return *lane_;
        for (const auto& step : graph.steps) meters.add_step(step->name());
        for (const Output& output : graph.outputs) meters.add_output(output.sink->name());
        auto scripted = std::make_unique<ScriptedLane>(script, 0);
        reader = scripted.get();
        lane_.emplace(LaneId{0}, std::move(scripted),
                      Lane::Context{options, graph, worker, meters, graph.dead_letters != nullptr,
                                    worker_bytes, SIZE_MAX, may_write, false});
        return *lane_;
    }
    /// Turns while anything moves; time stands still.
    void turn() {
        bool has_moved = true;
        while (has_moved) {
            has_moved = worker.run_due();
            has_moved = lane().turn() || has_moved;
        }
    }
    void flush() {
        for (Output& output : graph.outputs) output.sink->flush();
        if (graph.dead_letters != nullptr) graph.dead_letters->flush();
        turn();
    }
    /// Lets time pass as a worker does: the lane has its turn after each timer.
    void advance(Nanos by) {
        const Instant end = worker.clock().instant() + by;
        while (worker.next_timer() <= end) {
            worker.advance(std::max(Nanos(0), worker.next_timer() - worker.clock().instant()));
            turn();
        }
        worker.advance(end - worker.clock().instant());
        turn();
    }
    /// What may be committed now: the last position given out.
    int64_t committed() {
        while (auto commit = lane().take_commit()) committed_ = commit->major;
        return committed_;
    }
    template <class Spec>
    [[nodiscard]] auto metric(const Spec& spec, observe::Labels matching = {}) {
        return worker.registry().total(spec, matching);
    }

    ManualWorker worker;
    PipelineOptions options;
    LaneScript script;
    Graph graph;
    Meters meters{worker.metrics(), "test"};
    Effects effects;
    ScriptedLane* reader = nullptr;
    size_t worker_bytes = 0;
    bool may_write = true;

  private:
    std::optional<Lane> lane_;
    int64_t committed_ = 0;
};

inline Error poison(std::string message = "bad") {
    return {ErrorClass::Poison, "test.poison", std::move(message), ""};
}
inline Error transient() {
    return {ErrorClass::Transient, "test.transient", "not now", ""};
}
inline Error fatal() {
    return {ErrorClass::Fatal, "test.fatal", "broken", ""};
}
inline Error misconfigured() {
    return {ErrorClass::Misconfigured, "test.misconfigured", "no such table", "make it"};
}

inline std::vector<int64_t> numbers(int64_t begin, int64_t end) {
    std::vector<int64_t> result;
    for (int64_t i = begin; i < end; ++i) result.push_back(i);
    return result;
}

}  // namespace messina::engine::testing
