// How a step comes to be: a StepKind declares its YAML key and options and builds a StepPlan, once
// for a pipeline; the plan makes one Step for each worker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/option.h"
#include "engine/step.h"
#include "engine/worker_context.h"
#include "plan/build_context.h"
#include "plan/table_meters.h"

namespace messina::plan {

/// What a worker lends to the steps made for it.
struct StepSupport {
    engine::WorkerContext& worker;
    const std::string& pipeline;

    [[nodiscard]] TableMeter table_meter(const std::string& table) const {
        return {worker.metrics(), pipeline, table};
    }
    [[nodiscard]] CacheMeter cache_meter(const std::string& step) const {
        return {worker.metrics(), pipeline, step};
    }
};

class StepPlan {
  public:
    virtual ~StepPlan() = default;
    /// Called once for each worker, when the slot layout is complete.
    virtual Result<std::unique_ptr<engine::Step>> make(StepSupport support) const = 0;
    /// One line for `messina explain`: "lookup tracking.id_match by (id_type, id) into match".
    [[nodiscard]] virtual std::string describe() const = 0;
    /// What a step of one worker may remember (caches), in bytes.
    [[nodiscard]] virtual size_t worker_bytes_max() const { return 0; }
    /// Whether a record that comes a second time leaves no trace of that.
    [[nodiscard]] virtual bool keeps_exactly_once() const { return true; }
    /// Whether records leave in the order they came in.
    [[nodiscard]] virtual bool keeps_order() const { return true; }
};

struct StepKind {
    const config::Section* section;
    /// `name` is kind and number: "lookup#2".
    Result<std::unique_ptr<StepPlan>> (*build)(std::string name, const config::Options& options,
                                               BuildContext& context);
};

}  // namespace messina::plan
