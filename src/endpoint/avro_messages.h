// Avro as Kafka's messages hold it: Confluent's header names each record's schema in a registry.
#pragma once

#include "endpoint/format.h"

namespace messina::endpoint {

struct MessageRegistries;

/// `options` are those of `avro`; a sink without a registry of its own uses the source's.
Result<FormatRef> make_avro_message_format(const config::Options& options,
                                           MessageRegistries& registries);

}  // namespace messina::endpoint
