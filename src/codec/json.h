// JSON (RFC 8259): projection decoding, encoding, splicing.
//
// Numbers are exact: an integer becomes Int, or Uint above the range of int64; any other number
// becomes Double when that double prints back to the same number, else Decimal with its text kept.
// A number whose magnitude overflows a double is Decimal.
//
// Validation: every byte of every record is checked against the grammar and UTF-8, skipped values
// too, so that a broken value can never leave through a splice. Duplicate keys: the last one wins
// for a wanted field, as in simdjson's and most readers' maps. Nesting beyond `depth_max` is
// refused.
#pragma once

#include <memory>
#include <string>

#include "codec/codec.h"

namespace messina::codec {

struct JsonOptions {
    uint32_t depth_max = 256;
};

/// Decodes each record's raw bytes as one JSON object (or any value when only the root is wanted; a
/// tombstone decodes to Null).
std::unique_ptr<Decoder> make_json_decoder(const Projection& projection, JsonOptions options = {});

/// Writes one JSON text per row, then plan.terminator.
std::unique_ptr<Encoder> make_json_encoder(const OutputPlan& plan);

/// Parses one whole text into a value in `arena` (configuration, scenario files, tests). Errors
/// carry the byte offset.
Result<Value> parse_json(std::string_view text, Arena& arena, JsonOptions options = {});

/// Appends `value` as JSON. Bytes become base64; Timestamp RFC 3339 text; Duration text like
/// "1.5s"; NaN and infinities null; map keys of other kinds their text. Absent is written as null
/// at the root and never occurs inside.
void append_json(Buffer& out, const Value& value);
std::string to_json(const Value& value);

}  // namespace messina::codec
