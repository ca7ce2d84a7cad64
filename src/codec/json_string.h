// Escape sequences of JSON strings: checking and undoing them. Off the hot path: most strings have
// none.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "codec/json_error.h"

namespace messina::codec {

struct JsonString {
    std::string_view raw;  // between the quotes
    bool has_escapes = false;
};

/// Where the escape sequence that begins at `p` (a backslash) ends, both halves of a surrogate pair
/// taken as one. Null, and the fault, when it is none.
const char* escape_end(const char* p, const char* end, JsonFault& fault);

/// The text of a string with escapes; `raw` is what stands between the quotes and has been checked.
std::string_view unescape(std::string_view raw, Arena& arena);

}  // namespace messina::codec
