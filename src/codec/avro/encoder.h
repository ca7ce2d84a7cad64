// Avro as an output: the Encoder of codec/codec.h.
#pragma once

#include <memory>
#include <vector>

#include "codec/avro/datum_writer.h"
#include "codec/avro/decoder.h"
#include "codec/avro/framing.h"
#include "codec/avro/schema_source.h"
#include "codec/codec.h"

namespace messina::codec::avro {

struct AvroOutput {
    Framing framing = Framing::None;
    /// The schema to write under, and its id (Confluent). Empty when the plan can splice: then the
    /// schema is derived from the writer's (derive.h). One given all the same is written under,
    /// without splice; whole records must be decoded for that (OutputPlan::root_slot).
    SchemaRef schema;
    uint32_t schema_id = 0;
    WriteOptions write = {};

    // --- splice only ---
    /// How the input's bytes are to be understood: as the decoder does.
    AvroInput input = {};
    /// For each edit of the plan what is known of its value; null: the field is removed.
    std::vector<TypeRef> edit_types = {};
    /// Gives derived schemas their ids, for Confluent; outlives the encoder.
    SchemaIds* ids = nullptr;
};

/// Fails (Misconfigured) when the options contradict each other, and for what derive() refuses when
/// the input's schema is known beforehand.
Result<std::unique_ptr<Encoder>> make_avro_encoder(AvroOutput output, const OutputPlan& plan);

}  // namespace messina::codec::avro
