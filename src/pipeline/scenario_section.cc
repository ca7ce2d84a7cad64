#include "pipeline/scenario.h"

namespace messina::pipeline {

const config::Section& scenario_section() {
    static const config::Section given = {
        .name = "given",
        .summary = "What is there before the first record.",
        .options = {{.name = "tables",
                     .type = config::any(),
                     .doc = "Table to rows. A row is a map of columns, its whole key among them.",
                     .example = "{ id_match: [{ id_type: cookie, id: c1, user_id: u1 }] }"},
                    {.name = "time",
                     .type = config::text(),
                     .fallback = "2026-01-01T00:00:00Z",
                     .doc = "Where the virtual clock begins (RFC 3339).",
                     .example = "2026-03-01T12:00:00Z"}},
    };
    static const config::Section section = {
        .name = "scenario",
        .summary = "What a pipeline is given, which records come, and what must come out.",
        .options =
            {{.name = "description", .type = config::text(), .doc = "What is protected by this."},
             {.name = "pipeline",
              .type = config::any(),
              .is_required = true,
              .doc = "The pipeline file, beside the scenario or in the working folder; "
                     "`file.yaml#name` when it has several pipelines. Or "
                     "the content of such a file, written here.",
              .example = "enrich.yaml#enrich-clicks"},
             {.name = "given",
              .type = config::nested(given),
              .doc = "What is there before the first record."},
             {.name = "when",
              .type = config::any(),
              .is_required = true,
              .doc = "The records, in order. A map is a record, whatever the source's format is; a "
                     "text is a record in that format (the "
                     "first one is the header, when the format has one); null is a record without "
                     "a value; `{ $advance: 1h }` lets time "
                     "pass once every record before is done with.",
              .example = "[{ kind: click }, { $advance: 1h }, { kind: click }]"},
             {.name = "then",
              .type = config::any(),
              .is_required = true,
              .doc = "Sink to the records it gets, in order; sinks that are not named are not "
                     "compared. `dead_letters`: envelopes, of which "
                     "only the listed fields are compared. `tables`: rows by their key, of which "
                     "only the listed columns are compared; "
                     "`$absent: true` wants no row. `metrics`: counters, as a total or by step, "
                     "table, sink or reason. `stopped`: the error "
                     "(code, class, message) that stops the pipeline.",
              .example =
                  "{ enriched: [{ kind: click }], metrics: { dropped: { 'filter#1': 1 } } }"}},
        .details =
            "Tables are kept in memory whatever the pipeline file says, nothing of the source and "
            "of files and standard output is "
            "touched. Records compare as values: 1 equals 1.0, the order of keys does not matter.",
        .example =
            "scenario:\n"
            "  pipeline: enrich.yaml#enrich-clicks\n"
            "  given: { tables: { id_match: [{ id: c1, user_id: u1 }] } }\n"
            "  when: [{ kind: click, cookie: c1 }]\n"
            "  then: { enriched: [{ kind: click, user_id: u1 }] }\n",
    };
    return section;
}

}  // namespace messina::pipeline
