// A statement of CQL that a step or sink names in the place of a table: its store, its text, and an
// expression for each of its bind markers.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/option.h"
#include "plan/key_plan.h"
#include "table/statement.h"

namespace messina::plan {

enum class StatementUse : uint8_t { Read, Write };

/// store, cql, bind; of writes `idempotent` too.
std::vector<config::Option> statement_options(StatementUse use);

/// Whether a section names a statement rather than a table: one of `cql` and `table` must be there,
/// each with its own options only. `table_options`: those that go with `table`, besides `key`,
/// which must.
Result<bool> names_statement(const config::Options& options,
                             std::initializer_list<std::string_view> table_options);

/// Immutable; shared by the workers.
struct StatementPlan {
    std::string store;
    table::StatementSpec spec;
    /// Whether a cluster was asked. Otherwise types and results are unknown: enough to check, not
    /// to run.
    bool is_described = false;
    bool has_timestamp = false;  // in its text
    KeyPlan binds;               // in the order of the bind markers

    static Result<StatementPlan> make(const config::Options& options, StatementUse use,
                                      BuildContext& context);
    /// The table that the text names, for metrics and messages.
    [[nodiscard]] const std::string& table_text() const { return spec.schema.binds.name; }
    [[nodiscard]] std::string describe() const;
};

}  // namespace messina::plan
