#include "server/listen_address.h"

#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace messina::server {
namespace {

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
    return fail(ErrorClass::Misconfigured, "server.listen_syntax",
                fmt::format("cannot listen on '{}': {}", text, why),
                "write an address and a port: 127.0.0.1:8083, [::1]:8083 or :8083");
}

std::optional<uint16_t> parse_port(std::string_view text) {
    uint16_t port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return {};
    return port;
}

bool is_address(int family, const std::string& text) {
    in6_addr bytes{};
    return ::inet_pton(family, text.c_str(), &bytes) == 1;
}

}  // namespace

bool ListenAddress::is_loopback() const {
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    in_addr v4{};
    return ::inet_pton(AF_INET, host.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

std::string ListenAddress::to_text() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse(text, "there is no ':' before a port");
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return refuse(text, "the port is not a number from 0 to 65535");
    std::string_view host = text.substr(0, colon);
    // inet_pton would stop at it.
    if (host.find('\0') != std::string_view::npos) return refuse(text, "it holds a zero byte");
    if (host.empty() || host == "localhost") return ListenAddress{"127.0.0.1", *port};
    if (host.starts_with('[') && host.ends_with(']')) {
        const std::string inner(host.substr(1, host.size() - 2));
        if (is_address(AF_INET6, inner)) return ListenAddress{inner, *port};
        return refuse(text, "there is no IPv6 address in the brackets");
    }
    if (is_address(AF_INET, std::string(host))) return ListenAddress{std::string(host), *port};
    if (is_address(AF_INET6, std::string(host)))
        return refuse(text, "an IPv6 address needs brackets");
    return refuse(text, "the host is no IP address");
}

}  // namespace messina::server
