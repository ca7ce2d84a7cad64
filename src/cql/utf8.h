// Checks of text and its hexadecimal form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace messina::cql {

bool is_ascii(std::string_view text);
/// Well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// The bytes of "0xc0ffee".
std::optional<std::string> parse_hex(std::string_view text);
std::string to_hex(std::string_view bytes);

}  // namespace messina::cql
