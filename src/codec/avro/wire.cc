#include "codec/avro/wire.h"

#include <simdjson.h>

namespace messina::codec::avro {

VarintState read_varint_slowly(Cursor& cursor, uint64_t& value) {
    uint64_t joined = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (cursor.at == cursor.end) return VarintState::Truncated;
        const auto byte = static_cast<unsigned char>(*cursor.at++);
        // The tenth byte holds the 64th bit and nothing else.
        if (shift == 63 && byte > 1) return VarintState::TooLong;
        joined |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) {
            value = joined;
            return VarintState::Ok;
        }
    }
    return VarintState::TooLong;
}

bool is_utf8_slowly(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace messina::codec::avro
