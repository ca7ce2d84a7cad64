// Rows of tables as a scenario writes them: stored before a run, compared after it.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "config/node.h"
#include "plan/stores.h"

namespace messina::pipeline {

/// Writes the rows of `tables` ({table: [row, …]}) with write timestamps just before `now`.
Result<void> store_rows(const config::Node& tables, const plan::Stores& stores, WallTime now);

/// Reads the row of each entry by its key and compares the listed columns; `$absent: true` wants no
/// row. What differs is appended to `differences`; the error is a mistake of the scenario.
Result<void> compare_rows(const config::Node& tables, const plan::Stores& stores,
                          std::vector<std::string>& differences);

}  // namespace messina::pipeline
