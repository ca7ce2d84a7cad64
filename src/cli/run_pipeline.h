// Running pipelines in front of a person or a service manager: signals, progress, log, closing
// summary, exit code.
#pragma once

#include <string>

#include "cli/stop_signals.h"
#include "pipeline/pipeline_file.h"

namespace messina::cli {

struct RunOptions {
    std::string listen;  // empty: no HTTP server
    bool is_listening_insecurely = false;
    std::string log_level = "info";
    std::string log_format = "auto";
    bool hides_progress = false;
    bool hides_summary = false;
    std::string summary_file;  // empty: none
};

/// The stores of `file` are open. First SIGINT or SIGTERM: what is in flight is finished; second:
/// at once, still losing nothing.
int run_pipelines(pipeline::PipelineFile& file, const RunOptions& options, StopSignals& signals);

}  // namespace messina::cli
