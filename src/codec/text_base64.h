// Bytes as base64 (RFC 4648, the usual alphabet, padded), for text formats.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace messina::codec {

void append_base64(Buffer& out, std::string_view bytes);

}  // namespace messina::codec
