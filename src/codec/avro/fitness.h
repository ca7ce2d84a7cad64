// Which branch of a union a value should be written as.
#pragma once

#include "codec/avro/datum_writer.h"
#include "codec/avro/schema.h"
#include "data/value.h"

namespace messina::codec::avro {

/// How well a branch fits; higher is better, 0: not at all. Looks at a record's fields but not into
/// their lists and maps, so that choosing costs no more than writing.
int fitness(const Schema& schema, NodeIndex branch, const Value& value, FinerTime finer_time);

}  // namespace messina::codec::avro
