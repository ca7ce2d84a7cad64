// Keys of messages: single values, as Kafka's own serializers write them, as text or as JSON.
#pragma once

#include <memory>

#include "codec/codec.h"

namespace messina::codec {

enum class KeyForm : uint8_t {
    Bytes,   // as they are
    Text,    // UTF-8; written: text and bytes as they are, any other value as JSON
    Json,    // any JSON value
    Int32,   // four bytes, most significant first: Java's IntegerSerializer
    Int64,   // eight: LongSerializer
    Double,  // IEEE 754, eight bytes, most significant first: DoubleSerializer
};

/// Fills slots from each record's key: a field of the projection with an empty path gets the whole
/// of it, Null where there is no key. A key that is not of that form fails its record.
std::unique_ptr<Decoder> make_key_decoder(const Projection& projection, KeyForm form);

class KeyEncoder {
  public:
    virtual ~KeyEncoder() = default;
    /// Appends the key, or nothing: Poison (key.type, key.range) for a value that the form has no
    /// place for. A Null never comes here: it is no key.
    virtual Result<void> encode(const Value& key, Buffer& out) = 0;
};

std::unique_ptr<KeyEncoder> make_key_encoder(KeyForm form);

}  // namespace messina::codec
