// The running part of `lookup`: keys of a whole batch, the cache, one vectored read for the rest,
// single flight over all batches of the worker, rows into slots.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/key_plan.h"
#include "plan/statement_plan.h"
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
    std::optional<plan::StatementPlan> statement;  // instead of a table
    plan::KeyPlan key;                             // of a statement: its binds
    std::vector<size_t> columns;                   // indexes into the columns of row_schema()
    std::vector<Default> defaults;
    OnMiss on_miss = OnMiss::Pass;
    std::string on_miss_text;
    OnError on_error = OnError::DeadLetter;
    Nanos timeout = std::chrono::seconds(10);
    bool keeps_order = true;
    table::LookupCacheOptions cache;

    /// What a row has.
    [[nodiscard]] const table::TableSchema& row_schema(const plan::Stores& stores) const {
        return statement ? statement->spec.schema.results : stores.schema(table);
    }
    /// What it is asked for by.
    [[nodiscard]] const table::TableSchema& key_schema(const plan::Stores& stores) const {
        return statement ? statement->spec.schema.binds : stores.schema(table);
    }
};

/// `spec` and `context` outlive the step; the slot layout is complete.
Result<std::unique_ptr<engine::Step>> make_lookup(const LookupSpec& spec,
                                                  plan::BuildContext& context,
                                                  plan::StepSupport support);

}  // namespace messina::step
