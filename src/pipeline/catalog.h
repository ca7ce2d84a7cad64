// Every source, step and sink that a pipeline file can name: the only place that lists them.
#pragma once

#include <vector>

#include "config/option.h"
#include "endpoint/endpoint.h"
#include "plan/step_plan.h"

namespace messina::pipeline {

const std::vector<const endpoint::SourceKind*>& source_kinds();
const std::vector<const plan::StepKind*>& step_kinds();
const std::vector<const endpoint::SinkKind*>& sink_kinds();

/// What may be declared of each of these kinds.
template <class Kind>
std::vector<const config::Section*> sections_of(const std::vector<const Kind*>& kinds) {
    std::vector<const config::Section*> sections;
    for (const Kind* kind : kinds) sections.push_back(kind->section);
    return sections;
}

/// The file, sources, steps, sinks, formats: everything that `messina doc` can explain.
std::vector<const config::Section*> all_sections();

}  // namespace messina::pipeline
