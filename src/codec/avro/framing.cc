#include "codec/avro/framing.h"

#include <fmt/format.h>

namespace messina::codec::avro {

Error no_header(Framing framing, std::string_view bytes) {
    std::string shown;
    for (const char byte : bytes.substr(0, 5))
        shown += fmt::format(" {:02x}", static_cast<unsigned char>(byte));
    return {ErrorClass::Poison, "avro.no_header",
            fmt::format("the record does not begin with {}; it has {} bytes:{}",
                        framing == Framing::Confluent ? "a zero byte and a schema id"
                                                      : "c3 01 and a fingerprint",
                        bytes.size(), shown),
            "its producer did not write the header; read it with framing none if it is bare Avro"};
}

void append_framing(Buffer& out, Framing framing, uint64_t schema) {
    if (framing == Framing::Confluent) {
        out.push_back('\0');
        append_little_endian(out, __builtin_bswap32(static_cast<uint32_t>(schema)));
    } else if (framing == Framing::SingleObject) {
        out.append("\xc3\x01");
        append_little_endian(out, schema);
    }
}

}  // namespace messina::codec::avro
