// A pipeline's plan in words and as a picture.
#pragma once

#include <string>

#include "pipeline/pipeline_file.h"

namespace messina::cli {

/// Source, decoded fields, steps, sinks, guarantees, limits and the bound of memory.
std::string explain_as_text(const pipeline::Pipeline& pipeline, const pipeline::PipelineFile& file);
/// A Mermaid flowchart of source, steps and sinks.
std::string explain_as_mermaid(const pipeline::Pipeline& pipeline);

}  // namespace messina::cli
