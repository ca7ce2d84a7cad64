// The working parts of a pipeline: one Graph for each worker, made by a Blueprint. pipeline/ is the
// room that knows how.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/retry.h"
#include "engine/sink.h"
#include "engine/source.h"
#include "engine/step.h"
#include "engine/transaction.h"
#include "engine/worker_context.h"

namespace messina::observe {
class Log;
}

namespace messina::engine {

/// Chooses the rows that go to one output (`when`). Rows whose condition fails are failed on the
/// batch.
class RowSelector {
  public:
    virtual ~RowSelector() = default;
    virtual void select(Batch& batch, std::vector<RowIndex>& rows) = 0;
};

struct Output {
    std::unique_ptr<RowSelector> selector;  // null: every row
    std::unique_ptr<Sink> sink;
};

struct Graph {
    size_t slot_count = 0;
    size_t site_count = 0;
    std::vector<std::unique_ptr<Step>> steps;  // the first one decodes
    std::vector<Output> outputs;
    /// Writes the envelope in slot 0 of the rows it is given; null: a record that fails stops the
    /// pipeline.
    std::unique_ptr<Sink> dead_letters;
    /// Of exactly once; null: at least once.
    std::unique_ptr<Transaction> transaction;
};

/// Bounds of what is in flight; each has an option in the pipeline file.
struct FlowLimits {
    TakeLimits take;
    size_t lane_batches_max = 8;
    size_t lane_bytes_max = 32u << 20;
    size_t worker_lanes_max = 16;
};

struct PipelineOptions {
    std::string name;
    size_t workers = 1;
    FlowLimits limits;
    RetryOptions retry;
    Nanos checkpoint_interval = std::chrono::seconds(1);
    Nanos drain_timeout = std::chrono::seconds(25);
    uint64_t seed = 0;
    /// Where the workers write events; null: nowhere. Outlives the runner.
    observe::Log* log = nullptr;
};

class Blueprint {
  public:
    virtual ~Blueprint() = default;
    [[nodiscard]] virtual const PipelineOptions& options() const = 0;
    virtual Source& source() = 0;
    /// Called once for each worker, before it starts, on the control thread.
    virtual Result<Graph> make_graph(WorkerContext& worker) = 0;
    /// Whether a record that cannot be processed leaves by the dead letters.
    [[nodiscard]] virtual bool has_dead_letters() const = 0;
    /// Whether workers commit positions themselves, in their transactions.
    [[nodiscard]] virtual bool is_transactional() const { return false; }
};

}  // namespace messina::engine
