// A small pipeline's sections, declared as the other rooms declare theirs: for this room's tests
// and fuzzer.
#pragma once

#include <chrono>

#include "config/option.h"

namespace messina::config::example {

using namespace std::chrono_literals;

inline const Section kCache{
    .name = "cache",
    .summary = "Remembers rows for a short time.",
    .options =
        {
            {.name = "ttl", .type = duration(0ms, 1h), .fallback = "5ms", .doc = "Time to keep."},
            {.name = "max",
             .type = size(1, uint64_t{1} << 40),
             .fallback = "64MiB",
             .doc = "Bytes to keep."},
        },
};

inline const Section kColumn{
    .name = "column",
    .summary = "A column of a table.",
    .options =
        {
            {.name = "type", .type = text(), .is_required = true, .doc = "Its CQL type."},
            {.name = "is_static",
             .type = boolean(),
             .fallback = "false",
             .doc = "One a partition."},
        },
    .shorthand = "type",
};

inline const Section kLookup{
    .name = "lookup",
    .summary = "Reads a row for each record and puts its columns into a variable.",
    .options =
        {
            {.name = "table",
             .type = text(),
             .is_required = true,
             .doc = "Table to read: store.table.",
             .example = "tracking.id_match"},
            {.name = "key", .type = expression_map(), .doc = "Columns of the key, each in CEL."},
            {.name = "columns", .type = text_list(), .fallback = "[]", .doc = "Columns to read."},
            {.name = "on_miss",
             .type = choice({"pass", "drop"}),
             .fallback = "pass",
             .doc = "What becomes of a record whose row does not exist."},
            {.name = "timeout",
             .type = duration(1ms, 60s),
             .fallback = "250ms",
             .doc = "Time for one read, retries included."},
            {.name = "cache",
             .type = nested(kCache),
             .fallback = "{}",
             .doc = "The look-up cache."},
            {.name = "tables", .type = nested_map(kCache), .doc = "A cache for each table."},
            {.name = "types", .type = nested_list(kColumn), .doc = "Types of the columns."},
        },
    .details = "Reads are idempotent.\n\nThey are repeated when they time out.",
    .example = "lookup: { table: tracking.id_match, key: { id: event.cookie } }\n",
};

inline const Section kFilter{
    .name = "filter",
    .summary = "Lets records through for which a condition holds.",
    .options = {{.name = "condition",
                 .type = expression(),
                 .is_required = true,
                 .doc = "A CEL expression of type bool."}},
    .shorthand = "condition",
};

inline const Section kSet{
    .name = "set",
    .summary = "Sets fields.",
    .options =
        {
            {.name = "fields", .type = expression_map(), .is_required = true, .doc = "The fields."},
            {.name = "on_error", .type = choice({"fail", "skip"}), .doc = "When one fails."},
        },
    .shorthand = "fields",
};

inline const Section kStdout{
    .name = "stdout",
    .summary = "Writes to standard output.",
    .options = {},
};

inline const Section kKafka{
    .name = "kafka",
    .summary = "Writes to a Kafka topic.",
    .options =
        {
            {.name = "topic", .type = text(), .is_required = true, .doc = "The topic."},
            {.name = "partitions", .type = integer(1, 10'000), .doc = "How many to create."},
            {.name = "ratio", .type = number(0, 1), .fallback = "0.5", .doc = "A share."},
            {.name = "linger", .type = duration(0ms, 0ms), .doc = "Time to wait for more."},
            {.name = "password", .type = secret(), .doc = "For SASL."},
            {.name = "properties", .type = text_map(), .doc = "Passed to the client."},
        },
};

inline const Section kPipeline{
    .name = "",
    .summary = "A pipeline file.",
    .options =
        {
            {.name = "pipeline", .type = text(), .is_required = true, .doc = "Its name."},
            {.name = "steps", .type = one_of_list({&kLookup, &kFilter, &kSet}), .doc = "Steps."},
            {.name = "sink",
             .type = one_of({&kKafka, &kStdout}),
             .fallback = "stdout",
             .doc = "Sink."},
            {.name = "labels", .type = any(), .doc = "For people."},
        },
};

}  // namespace messina::config::example
