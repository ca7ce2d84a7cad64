// Counters as a scenario expects them.
#pragma once

#include <string>
#include <vector>

#include "config/node.h"
#include "observe/metrics.h"

namespace messina::pipeline {

/// `expected` is {counter: total} or {counter: {label value: total}}, counters named with or
/// without `messina_` and `_total`, the label being the one beside `pipeline` (step, table, sink,
/// reason). What differs is appended to `differences`.
Result<void> compare_metrics(const config::Node& expected, observe::MetricRegistry& registry,
                             const std::string& pipeline, std::vector<std::string>& differences);

}  // namespace messina::pipeline
