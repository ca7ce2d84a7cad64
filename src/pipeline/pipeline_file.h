// A pipeline file, checked as far as it can be without running: its stores and its pipelines.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "config/node.h"
#include "pipeline/pipeline.h"
#include "plan/stores.h"
#include "table/cql/cql_store.h"
#include "table/embedded.h"

namespace messina::pipeline {

struct LoadOptions {
    config::Interpolation interpolation;
    Clock* clock = nullptr;  // null: the system clock
    /// Keep tables in memory and remember no positions, whatever the file says (`messina test`).
    bool is_dry = false;
    /// Ask clusters for their tables and check those that are declared; needed before a pipeline
    /// with a `cql` store runs.
    bool connects = false;
};

class PipelineFile {
  public:
    /// Parses and builds; finds every mistake that can be found without running. Opens no store
    /// of this machine.
    static Result<std::unique_ptr<PipelineFile>> load(const std::string& path,
                                                      const LoadOptions& options);
    static Result<std::unique_ptr<PipelineFile>> parse(const config::Node& root,
                                                       const LoadOptions& options);

    /// Opens the stores; needed before a pipeline runs.
    Result<void> open_stores();
    [[nodiscard]] const std::vector<std::unique_ptr<Pipeline>>& pipelines() const {
        return pipelines_;
    }
    [[nodiscard]] plan::Stores& stores() { return stores_; }
    [[nodiscard]] const std::string& state_directory() const { return state_directory_; }
    /// Memory of all stores together.
    [[nodiscard]] size_t store_bytes_max() const;

  private:
    Result<void> read_stores(const config::Options& options, const LoadOptions& load);

    void add_embedded(const std::string& name, table::EmbeddedOptions options,
                      const LoadOptions& load);
    Result<void> add_cql(const std::string& name, const config::Options& options,
                         const LoadOptions& load);

    plan::Stores stores_;
    std::vector<std::pair<std::string, table::EmbeddedOptions>> embedded_;
    std::deque<std::pair<std::string, table::CqlOptions>> cql_;  // addresses stay
    std::string state_directory_;
    std::vector<std::unique_ptr<Pipeline>> pipelines_;
};

}  // namespace messina::pipeline
