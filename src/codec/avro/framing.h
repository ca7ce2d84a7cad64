// What stands before a datum in a message, and names its schema.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/error.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {

enum class Framing : uint8_t {
    None,          // the datum alone
    Confluent,     // 0, then the schema's id in four bytes, most significant first
    SingleObject,  // C3 01, then the schema's CRC-64-AVRO in eight bytes, least significant first
};

struct Framed {
    uint64_t schema = 0;  // id or fingerprint; 0 without framing
    std::string_view datum;
};

/// Takes the header off; false when there is none.
inline bool take_framing(Framing framing, std::string_view bytes, Framed& framed) {
    switch (framing) {
        case Framing::None: framed = {0, bytes}; return true;
        case Framing::Confluent:
            if (bytes.size() < 5 || bytes.front() != '\0') return false;
            framed = {__builtin_bswap32(load_little_endian<uint32_t>(bytes.data() + 1)),
                      bytes.substr(5)};
            return true;
        case Framing::SingleObject:
            if (bytes.size() < 10 || !bytes.starts_with("\xc3\x01")) return false;
            framed = {load_little_endian<uint64_t>(bytes.data() + 2), bytes.substr(10)};
            return true;
    }
    return false;
}

/// Poison, avro.no_header.
Error no_header(Framing framing, std::string_view bytes);

void append_framing(Buffer& out, Framing framing, uint64_t schema);

}  // namespace messina::codec::avro
