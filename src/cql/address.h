// inet and uuid between text and bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace messina::cql {

/// 4 or 16 bytes of "192.0.2.1" or "2001:db8::1" (RFC 4291).
std::optional<std::string> parse_inet(std::string_view text);
/// `bytes` are 4 or 16; IPv6 in the form of RFC 5952.
std::string inet_to_text(std::string_view bytes);

/// 16 bytes of "123e4567-e89b-12d3-a456-426614174000".
std::optional<std::string> parse_uuid(std::string_view text);
/// `bytes` are 16.
std::string uuid_to_text(std::string_view bytes);
/// The version that 16 bytes claim; 1 is a time uuid.
inline int uuid_version(std::string_view bytes) {
    return static_cast<unsigned char>(bytes[6]) >> 4;
}

}  // namespace messina::cql
