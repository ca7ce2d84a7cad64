#include "codec/text_base64.h"

#include <cstdint>

namespace messina::codec {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void append_base64(Buffer& out, std::string_view bytes) {
    out.reserve_more((bytes.size() + 2) / 3 * 4);
    char* to = out.end_pointer();
    const char* const begin = to;
    for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(3, bytes.size()))) {
        const size_t count = std::min<size_t>(3, bytes.size());
        uint32_t group = 0;
        for (size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[i]) : 0U);
        for (size_t i = 0; i < 4; ++i)
            *to++ = i <= count ? kAlphabet[group >> (18 - 6 * i) & 0x3f] : '=';
    }
    out.advance(static_cast<size_t>(to - begin));
}

}  // namespace messina::codec
