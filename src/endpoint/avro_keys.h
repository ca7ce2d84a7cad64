// Avro as the keys of Kafka's messages, with Confluent's header and the subject `<topic>-key`.
#pragma once

#include "endpoint/key_format.h"

namespace messina::endpoint {

/// `options` are those of `avro`.
Result<KeyFormatRef> make_avro_key_format(const config::Options& options,
                                          MessageRegistries& registries);

}  // namespace messina::endpoint
