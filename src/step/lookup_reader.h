// The running part of `lookup`: keys of a whole batch, the cache, one vectored read for the rest,
// single flight over all batches of the worker, rows into slots.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/key_plan.h"
#include "plan/step_plan.h"
#include "table/lookup_cache.h"

namespace messina::step {

enum class OnMiss : uint8_t { Pass, Drop, Default, DeadLetter };
enum class OnError : uint8_t { DeadLetter, Pass, Stop };

/// What the pipeline file says of one look-up.
struct LookupSpec {
    struct Default {
        size_t column;  // number in `columns`
        std::unique_ptr<cel::Program> program;
    };
    std::string name;
    std::string into;
    plan::TableName table;
    std::string table_text;
    plan::KeyPlan key;
    std::vector<size_t> columns;  // indexes into the schema's columns
    std::vector<Default> defaults;
    OnMiss on_miss = OnMiss::Pass;
    std::string on_miss_text;
    OnError on_error = OnError::DeadLetter;
    Nanos timeout = std::chrono::seconds(10);
    bool keeps_order = true;
    table::LookupCacheOptions cache;
};

/// `spec` and `context` outlive the step; the slot layout is complete.
Result<std::unique_ptr<engine::Step>> make_lookup(const LookupSpec& spec,
                                                  plan::BuildContext& context,
                                                  plan::StepSupport support);

}  // namespace messina::step
