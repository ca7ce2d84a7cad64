// Every event of the log, declared once: name, level, whether it is rate-limited, prose, fields.
// Other rooms write these constants; documentation lists kAllEvents.
#pragma once

#include <array>

#include "observe/log_event.h"

namespace messina::observe {

// --- the process ---
inline constexpr LogEvent kProcessStopping{"process.stopping", LogLevel::Info, Repeat::Always,
                                           "stopping: what is in flight is finished first"};
inline constexpr LogEvent kLogSuppressed{
    "log.suppressed",   LogLevel::Info, Repeat::Always, "events were suppressed by the rate limit",
    "suppressed_event", "count"};

// --- pipelines and lanes ---
inline constexpr LogEvent kPipelineStarted{"pipeline.started",  LogLevel::Info, Repeat::Always,
                                           "pipeline started",  "version",      "workers",
                                           "memory_bound_bytes"};
inline constexpr LogEvent kPipelineResumed{"pipeline.resumed", LogLevel::Info, Repeat::Always,
                                           "going on from the saved checkpoint"};
inline constexpr LogEvent kPipelineFinished{"pipeline.finished", LogLevel::Info, Repeat::Always,
                                            "pipeline finished", "records_in",   "records_out",
                                            "duration_seconds"};
inline constexpr LogEvent kPipelineFailed{"pipeline.failed", LogLevel::Error, Repeat::Always,
                                          "pipeline failed"};
inline constexpr LogEvent kLaneStopped{"lane.stopped", LogLevel::Error, Repeat::Always,
                                       "lane stopped"};
inline constexpr LogEvent kLaneFinished{"lane.finished", LogLevel::Debug, Repeat::Always,
                                        "lane finished"};
inline constexpr LogEvent kDrainTimedOut{"drain.timed_out", LogLevel::Warn, Repeat::Always,
                                         "stopped before everything in flight was finished",
                                         "lanes"};

// --- records ---
inline constexpr LogEvent kRecordRefused{"record.refused", LogLevel::Warn,
                                         Repeat::Limited,  "a record goes to the dead letters",
                                         "step",           "position"};
inline constexpr LogEvent kRetrying{"effect.retrying", LogLevel::Warn, Repeat::Limited,
                                    "trying again",    "tries",        "delay_seconds"};

// --- checkpoints ---
inline constexpr LogEvent kCheckpointSaved{"checkpoint.saved", LogLevel::Debug, Repeat::Always,
                                           "checkpoint saved", "position"};
inline constexpr LogEvent kCheckpointFailed{"checkpoint.failed", LogLevel::Error, Repeat::Limited,
                                            "the checkpoint was not saved"};

// --- the schema registry ---
inline constexpr LogEvent kRegistryRetrying{
    "registry.retrying",
    LogLevel::Warn,
    Repeat::Limited,
    "the schema registry does not answer; records that need it wait",
    "tries",
    "delay_seconds"};
inline constexpr LogEvent kRegistryAnswers{"registry.answers", LogLevel::Info, Repeat::Always,
                                           "the schema registry answers again"};

// --- the HTTP server ---
inline constexpr LogEvent kServerListening{"server.listening", LogLevel::Info, Repeat::Always,
                                           "HTTP server listens", "address"};
inline constexpr LogEvent kServerStopped{"server.stopped", LogLevel::Debug, Repeat::Always,
                                         "HTTP server stopped"};
inline constexpr LogEvent kServerFull{"server.full", LogLevel::Warn, Repeat::Limited,
                                      "a connection was turned away: too many are open",
                                      "connections_max"};
inline constexpr LogEvent kServerAcceptFailed{"server.accept_failed", LogLevel::Warn,
                                              Repeat::Limited, "a connection was not accepted"};
inline constexpr LogEvent kServerConnectionFailed{"server.connection_failed", LogLevel::Warn,
                                                  Repeat::Limited, "a connection was given up"};
inline constexpr LogEvent kServerHandlerFailed{"server.handler_failed", LogLevel::Error,
                                               Repeat::Limited, "a request was not answered",
                                               "path"};

inline constexpr auto kAllEvents = std::to_array<LogEventView>({
    kProcessStopping,     kLogSuppressed,    kPipelineStarted,    kPipelineResumed,
    kPipelineFinished,    kPipelineFailed,   kLaneStopped,        kLaneFinished,
    kDrainTimedOut,       kRecordRefused,    kRetrying,           kCheckpointSaved,
    kCheckpointFailed,    kRegistryRetrying, kRegistryAnswers,    kServerListening,
    kServerStopped,       kServerFull,       kServerAcceptFailed, kServerConnectionFailed,
    kServerHandlerFailed,
});

}  // namespace messina::observe
