// What a worker does for its tables in clusters: the CQL loop as the worker's driver, and the
// stores over it, one of each name for each worker.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "cql/loop.h"
#include "cql/session_meter.h"
#include "engine/driver.h"
#include "engine/worker_context.h"
#include "table/store.h"

namespace messina::plan {

class CqlDriver final : public engine::Driver {
  public:
    using MakeStore =
        std::function<Result<std::unique_ptr<table::Store>>(cql::Loop&, cql::SessionMeter&)>;

    CqlDriver(std::unique_ptr<cql::Transport> transport, engine::WorkerContext& worker);

    /// The worker's, attached when it has none yet. Control thread, before the worker starts.
    static Result<CqlDriver*> of(engine::WorkerContext& worker);
    /// The worker's store of this name, made when it is first asked for.
    Result<table::Store*> store(const std::string& name, const MakeStore& make);

    // Driver
    bool poll() override { return loop_.poll(); }
    void wait(Nanos max) override { loop_.wait(max); }
    void wake() override { loop_.wake(); }

  private:
    observe::Metrics& metrics_;
    cql::Loop loop_;
    std::map<std::string, cql::SessionMeter> meters_;
    std::map<std::string, std::unique_ptr<table::Store>> stores_;
};

}  // namespace messina::plan
