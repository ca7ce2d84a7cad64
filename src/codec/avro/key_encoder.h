// Avro as a form of keys: the KeyEncoder of codec/key.h.
#pragma once

#include "codec/avro/schema.h"
#include "codec/key.h"

namespace messina::codec::avro {

/// Writes keys under `schema`, behind Confluent's header with its id.
std::unique_ptr<KeyEncoder> make_avro_key_encoder(SchemaRef schema, uint32_t schema_id);

}  // namespace messina::codec::avro
