// Where the server listens, as written after --listen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace messina::server {

struct ListenAddress {
    std::string host = "127.0.0.1";  // an IPv4 or IPv6 address, without brackets
    uint16_t port = 0;               // 0: any free port

    /// Whether only this machine can reach it.
    [[nodiscard]] bool is_loopback() const;
    /// "127.0.0.1:8083", "[::1]:8083".
    [[nodiscard]] std::string to_text() const;
};

/// "127.0.0.1:8083", "[::1]:8083", "localhost:8083"; ":8083" is this machine only, too. Names other
/// than localhost are refused: what they resolve to can change.
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace messina::server
