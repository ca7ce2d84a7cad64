// One pipeline, built from its part of the file: the Blueprint that the engine runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "endpoint/endpoint.h"
#include "endpoint/message_registry.h"
#include "engine/graph.h"
#include "plan/build_context.h"
#include "plan/step_plan.h"

namespace messina::pipeline {

class Pipeline final : public engine::Blueprint {
  public:
    /// `stores` and what `facts` points to outlive the pipeline.
    static Result<std::unique_ptr<Pipeline>> build(const config::Options& options,
                                                   plan::Stores& stores,
                                                   endpoint::PipelineFacts facts);

    // Blueprint
    [[nodiscard]] const engine::PipelineOptions& options() const override { return options_; }
    engine::Source& source() override { return *source_; }
    Result<engine::Graph> make_graph(engine::WorkerContext& worker) override;
    [[nodiscard]] bool has_dead_letters() const override { return dead_letters_ != nullptr; }
    [[nodiscard]] bool is_transactional() const override { return is_exactly_once_; }

    /// Makes the source; before the first run.
    Result<void> prepare();
    /// Takes records from elsewhere instead (`messina test`); before prepare(). `wrap` gets the
    /// plan that the file declares.
    template <class Wrap>
    void replace_source(Wrap&& wrap) {
        source_plan_ = wrap(std::move(source_plan_));
    }

    struct Step {
        std::string name;
        std::unique_ptr<plan::StepPlan> plan;
    };
    struct Sink {
        std::string name;
        std::unique_ptr<cel::Program> when;  // null: always
        std::string when_text;
        std::unique_ptr<endpoint::SinkPlan> plan;
        codec::OutputPlan output;
    };

    [[nodiscard]] const std::string& name() const { return options_.name; }
    [[nodiscard]] const endpoint::SourcePlan& source_plan() const { return *source_plan_; }
    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
    [[nodiscard]] const std::vector<Sink>& sinks() const { return sinks_; }
    [[nodiscard]] std::vector<Sink>& sinks() { return sinks_; }
    /// Null when the file declares none.
    [[nodiscard]] std::unique_ptr<endpoint::SinkPlan>& dead_letters() { return dead_letters_; }
    [[nodiscard]] const endpoint::SinkPlan* dead_letters() const { return dead_letters_.get(); }
    [[nodiscard]] engine::PipelineOptions& engine_options() { return options_; }
    /// Where events are written to from now on; null: nowhere.
    void log_to(observe::Log* log);
    [[nodiscard]] const Projection& projection() const { return projection_; }
    [[nodiscard]] const plan::BuildContext& context() const { return *context_; }
    [[nodiscard]] const std::string& state_directory() const { return facts_.state_directory; }
    /// What all lanes of all workers may hold in flight.
    [[nodiscard]] size_t lanes_bytes_max() const;
    /// The same and what steps remember.
    [[nodiscard]] size_t memory_bound_bytes() const;

  private:
    Result<void> build_steps(const config::Options& options);
    Result<void> build_sinks(const config::Options& options);
    Result<void> check_exactly_once(const config::Options& options) const;
    void plan_projection();

    engine::PipelineOptions options_;
    endpoint::PipelineFacts facts_;
    std::unique_ptr<endpoint::SourcePlan> source_plan_;
    std::unique_ptr<engine::Source> source_;
    std::unique_ptr<plan::BuildContext> context_;
    std::vector<Step> steps_;
    std::vector<Sink> sinks_;
    std::unique_ptr<endpoint::SinkPlan> dead_letters_;
    std::unique_ptr<endpoint::RegistryLog> registry_log_;
    Projection projection_;
    bool is_opened_ = false;
    bool is_exactly_once_ = false;
};

}  // namespace messina::pipeline
