// How the engine writes to the log: as its pipeline, and only when it was given one.
#pragma once

#include "engine/graph.h"
#include "observe/log.h"

namespace messina::engine {

/// `context` needs no pipeline.
template <size_t N, class... Values>
void log_event(const PipelineOptions& options, const observe::LogEvent<N>& event,
               observe::LogContext context, const Values&... values) {
    if (options.log == nullptr) return;
    context.pipeline = options.name;
    options.log->write(event, context, values...);
}

}  // namespace messina::engine
