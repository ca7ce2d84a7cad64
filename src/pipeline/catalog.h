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

/// A file holds one pipeline, or several under `pipelines:`.
enum class FileForm : uint8_t { Single, Several };
/// The whole file; everything else hangs from it.
const config::Section& file_section(FileForm form);
/// One entry of `pipelines:`.
const config::Section& pipeline_section();
/// The file, sources, steps, sinks, formats: everything that `messina doc` can explain.
std::vector<const config::Section*> all_sections();

}  // namespace messina::pipeline
