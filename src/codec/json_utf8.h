// Well-formed UTF-8: the fast question, and the slow one for the error message.
#pragma once

#include <cstddef>
#include <string_view>

namespace messina::codec {

bool is_utf8(std::string_view text);

/// The first byte that is not part of well-formed UTF-8; text.size() when all of it is.
size_t utf8_fault_offset(std::string_view text);

}  // namespace messina::codec
