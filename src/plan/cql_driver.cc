#include "plan/cql_driver.h"

#include "base/check.h"
#include "cql/native_transport.h"

namespace messina::plan {

CqlDriver::CqlDriver(std::unique_ptr<cql::Transport> transport, engine::WorkerContext& worker)
    : metrics_(worker.metrics()), loop_(std::move(transport), worker.clock()) {}

Result<CqlDriver*> CqlDriver::of(engine::WorkerContext& worker) {
    if (worker.driver() == nullptr) {
        MESSINA_TRY(auto transport, cql::make_native_transport());
        worker.attach(std::make_unique<CqlDriver>(std::move(transport), worker));
    }
    auto* driver = dynamic_cast<CqlDriver*>(worker.driver());
    MESSINA_CHECK(driver != nullptr, "a worker has no other driver");
    return driver;
}

Result<table::Store*> CqlDriver::store(const std::string& name, const MakeStore& make) {
    auto& known = stores_[name];
    if (known == nullptr) {
        Result<std::unique_ptr<table::Store>> made =
            make(loop_, meters_.try_emplace(name, metrics_, name).first->second);
        if (!made) return fail(std::move(made.error()).at("store " + name));
        known = std::move(*made);
    }
    return known.get();
}

}  // namespace messina::plan
