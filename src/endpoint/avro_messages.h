// Avro as Kafka's messages hold it: Confluent's header names each record's schema in a registry.
#pragma once

#include <memory>

#include "codec/registry/schemas.h"
#include "endpoint/format.h"

namespace messina::endpoint {

/// The options under `registry:` of an Avro format.
const config::Section& registry_section();

/// What messages of one pipeline share: the registry that its source was given.
struct MessageRegistries {
    std::shared_ptr<codec::registry::Schemas> source;
};

/// `options` are those of `avro`; a sink without a registry of its own uses the source's.
Result<FormatRef> make_avro_message_format(const config::Options& options,
                                           MessageRegistries& registries);

}  // namespace messina::endpoint
