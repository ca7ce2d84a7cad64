// A scenario: what a pipeline is given, which records come, and what must come out. Runs in this
// process, on tables in memory and under a virtual clock, with the pipeline's own decoder, steps
// and encoders (`messina test`).
#pragma once

#include <string>
#include <vector>

#include "config/option.h"
#include "pipeline/pipeline_file.h"

namespace messina::pipeline {

/// The form of a scenario file.
const config::Section& scenario_section();

struct ScenarioReport {
    /// One text for each expectation that was not met; none: passed.
    std::vector<std::string> differences;
};

/// Runs one scenario file. An error is a mistake in it or in its pipeline: then nothing was
/// compared.
Result<ScenarioReport> run_scenario(const std::string& file, LoadOptions options);

}  // namespace messina::pipeline
