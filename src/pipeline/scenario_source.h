// The records of a scenario as a source: in memory, with leaps of the virtual clock between them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "endpoint/endpoint.h"

namespace messina::pipeline {

/// One entry of a scenario's `when`.
struct ScenarioItem {
    enum class Kind : uint8_t {
        Json,       // a record written as YAML
        Tombstone,  // a record without a value
        Raw,        // a record in the source's own format
        Advance,    // no record: time passes
    };
    Kind kind = Kind::Json;
    std::string bytes = {};
    Nanos advance{0};
};

/// Takes the place of a pipeline's source, whose format it keeps for raw records. Time passes only
/// when every record before is done with; a record's timestamp is the clock's, one microsecond
/// later for each record. `clock` outlives the plan.
std::unique_ptr<endpoint::SourcePlan> make_scenario_source(
    std::unique_ptr<endpoint::SourcePlan> original, std::vector<ScenarioItem> items,
    VirtualClock& clock);

}  // namespace messina::pipeline
