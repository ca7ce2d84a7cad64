#include "pipeline/pipeline_sections.h"

#include "pipeline/catalog.h"
#include "pipeline/store_sections.h"

namespace messina::pipeline {
namespace {

const config::Section& sink_entry_section() {
    static const config::Section section = [] {
        config::Section entry = {
            .name = "sinks",
            .summary = "One sink, with the condition of the records that go to it.",
            .options =
                {{.name = "name",
                  .type = config::text(),
                  .doc = "Name in metrics and messages; the kind and its number when absent."},
                 {.name = "when",
                  .type = config::expression(),
                  .doc = "Only records for which this is true go to this sink; all when absent.",
                  .example = "event.cancelled"}},
        };
        for (const endpoint::SinkKind* kind : sink_kinds())
            entry.options.push_back({.name = kind->section->name,
                                     .type = config::nested(*kind->section),
                                     .doc = kind->section->summary});
        return entry;
    }();
    return section;
}

std::vector<config::Option> pipeline_options() {
    return {
        {.name = "pipeline",
         .type = config::text(),
         .is_required = true,
         .doc = "Name of the pipeline, in metrics, logs and checkpoints.",
         .example = "enrich-clicks"},
        {.name = "source",
         .type = config::one_of(sections_of(source_kinds())),
         .is_required = true,
         .doc = "Where records come from."},
        {.name = "steps",
         .type = config::one_of_list(sections_of(step_kinds())),
         .doc = "What happens to them, in order."},
        {.name = "sinks",
         .type = config::nested_list(sink_entry_section()),
         .is_required = true,
         .doc = "Where they go."},
        {.name = "dead_letter",
         .type = config::one_of({endpoint::kFileSink.section, endpoint::kStdoutSink.section,
                                 endpoint::kDiscardSink.section, endpoint::kKafkaSink.section}),
         .doc = "Where records go that cannot be processed, with their cause and original bytes. "
                "Without it the first such record stops the pipeline."},
        {.name = "delivery",
         .type = config::choice({"at_least_once", "exactly_once"}),
         .fallback = "at_least_once",
         .doc = "at_least_once: a crash may repeat records since the last checkpoint, and loses "
                "none. exactly_once, from Kafka to Kafka: outputs and positions are committed in "
                "one transaction at each checkpoint."},
        {.name = "workers",
         .type = config::integer(1, 256),
         .doc = "Event loops; the number of cores when absent."},
        {.name = "checkpoint_interval",
         .type = config::duration(std::chrono::milliseconds(1), std::chrono::hours(1)),
         .fallback = "1s",
         .doc = "Time between checkpoints."},
        {.name = "drain_timeout",
         .type = config::duration(std::chrono::milliseconds(100), std::chrono::hours(1)),
         .fallback = "25s",
         .doc = "Time that a stop gives to what is in flight."},
        {.name = "limits",
         .type = config::nested(limits_section()),
         .doc = "Bounds of what is held in memory."},
        {.name = "retry",
         .type = config::nested(retry_section()),
         .doc = "How what failed for the moment is tried again."},
    };
}

}  // namespace

const config::Section& limits_section() {
    static const config::Section section = {
        .name = "limits",
        .summary = "Bounds of what one pipeline holds in memory.",
        .options =
            {{.name = "batch_records",
              .type = config::integer(1, 65'536),
              .fallback = "512",
              .doc = "Records of one batch."},
             {.name = "batch_bytes",
              .type = config::size(1024, 1ull << 30),
              .fallback = "4MiB",
              .doc = "Raw bytes of one batch; one larger record still comes, alone."},
             {.name = "lane_batches",
              .type = config::integer(1, 4096),
              .fallback = "8",
              .doc = "Batches of one lane in flight."},
             {.name = "lane_bytes",
              .type = config::size(1024, 1ull << 36),
              .fallback = "32MiB",
              .doc =
                  "Memory of one lane's batches in flight, raw bytes and decoded values together."},
             {.name = "worker_lanes",
              .type = config::integer(1, 10'000),
              .fallback = "16",
              .doc = "Lanes that one worker has open at once."}},
        .example = "limits: { lane_bytes: 64MiB, worker_lanes: 8 }",
    };
    return section;
}

const config::Section& retry_section() {
    static const config::Section section = {
        .name = "retry",
        .summary = "How writes and reads that failed for the moment are tried again.",
        .options = {{.name = "first",
                     .type = config::duration(std::chrono::milliseconds(1), std::chrono::hours(1)),
                     .fallback = "50ms",
                     .doc = "Longest wait before the second try; it doubles with each further one. "
                            "The wait is drawn between half of it and all of it."},
                    {.name = "max",
                     .type = config::duration(std::chrono::milliseconds(1), std::chrono::hours(1)),
                     .fallback = "10s",
                     .doc = "Longest wait."},
                    {.name = "tries",
                     .type = config::integer(0, 1'000'000),
                     .fallback = "0",
                     .doc = "Tries of one write before the pipeline stops; 0: for ever."}},
        .example = "retry: { first: 100ms, max: 30s }",
    };
    return section;
}

const config::Section& pipeline_section() {
    static const config::Section section = {
        .name = "pipelines", .summary = "One pipeline.", .options = pipeline_options()};
    return section;
}

const config::Section& file_section(FileForm form) {
    static const std::vector<config::Option> shared = {
        {.name = "stores",
         .type = config::nested_map(store_section()),
         .doc = "Where tables are kept, by name."},
        {.name = "state",
         .type = config::text(),
         .doc = "Directory where positions of files are kept; without it a restart reads from the "
                "beginning.",
         .example = "./state"},
    };
    static const config::Section single = [] {
        config::Section section = {.name = "messina",
                                   .summary = "A pipeline file.",
                                   .options = shared,
                                   .example =
                                       "messina:\n"
                                       "  pipeline: clicks\n"
                                       "  source: { file: { path: events/*.jsonl } }\n"
                                       "  steps: [{ filter: event.kind == 'click' }]\n"
                                       "  sinks: [{ file: { path: clicks.jsonl } }]\n"};
        for (config::Option& option : pipeline_options())
            section.options.push_back(std::move(option));
        return section;
    }();
    static const config::Section several = [] {
        config::Section section = {.name = "messina",
                                   .summary = "A file of several pipelines.",
                                   .options = shared,
                                   .example =
                                       "messina:\n"
                                       "  pipelines:\n"
                                       "    - pipeline: first\n"
                                       "      source: { file: { path: in.jsonl } }\n"
                                       "      sinks: [{ file: { path: between.jsonl } }]\n"
                                       "    - pipeline: second\n"
                                       "      source: { file: { path: between.jsonl } }\n"
                                       "      sinks: [{ stdout: {} }]\n"};
        section.options.push_back(
            {.name = "pipelines",
             .type = config::nested_list(pipeline_section()),
             .is_required = true,
             .doc =
                 "They run in this order, each when the one before it has read out its source."});
        return section;
    }();
    return form == FileForm::Single ? single : several;
}

}  // namespace messina::pipeline
