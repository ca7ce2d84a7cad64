// The formats without structure: a line of text, or bytes, as the one field of a record.
#pragma once

#include <memory>
#include <string>

#include "codec/codec.h"

namespace messina::codec {

struct TextOptions {
    std::string field = "message";
};

/// A record is the map {field: its text}; it must be UTF-8 (else text.utf8).
std::unique_ptr<Decoder> make_text_decoder(const Projection& projection, TextOptions options = {});

/// A record is the map {field: its bytes}, whatever they are.
std::unique_ptr<Decoder> make_raw_decoder(const Projection& projection, TextOptions options = {});

/// Writes the field's text, then plan.terminator: strings and bytes as they are, Null as nothing,
/// other values as JSON. A record without the field fails with text.missing_field. Serves `raw`
/// too.
std::unique_ptr<Encoder> make_text_encoder(const OutputPlan& plan, TextOptions options = {});

}  // namespace messina::codec
