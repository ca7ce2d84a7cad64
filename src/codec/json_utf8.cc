#include "codec/json_utf8.h"

#include <simdjson.h>

namespace messina::codec {
namespace {

bool is_continuation(std::string_view text, size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

/// Bytes of the well-formed sequence at `at`; 0 when there is none.
size_t utf8_sequence_bytes(std::string_view text, size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || lead > 0xf4 || !is_continuation(text, at + 1)) return 0;
    if (lead < 0xe0) return 2;
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if (!is_continuation(text, at + 2)) return 0;
    if (lead < 0xf0) {
        const bool is_overlong = lead == 0xe0 && second < 0xa0;
        const bool is_surrogate = lead == 0xed && second > 0x9f;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    const bool is_overlong = lead == 0xf0 && second < 0x90;
    const bool is_beyond = lead == 0xf4 && second > 0x8f;
    return is_overlong || is_beyond || !is_continuation(text, at + 3) ? 0 : 4;
}

}  // namespace

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

size_t utf8_fault_offset(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        const size_t bytes = utf8_sequence_bytes(text, at);
        if (bytes == 0) break;
        at += bytes;
    }
    return at;
}

}  // namespace messina::codec
