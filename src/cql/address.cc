#include "cql/address.h"

#include <array>

#include <arpa/inet.h>

#include "base/check.h"

namespace messina::cql {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> parse_inet(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    const std::string terminated(text);
    std::array<char, 16> bytes{};
    if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
        return std::string(bytes.data(), 4);
    if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
        return std::string(bytes.data(), 16);
    return std::nullopt;
}

std::string inet_to_text(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* done = inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(),
                                 static_cast<socklen_t>(text.size()));
    MESSINA_CHECK(done != nullptr, "an address of 4 or 16 bytes always has a text");
    return done;
}

std::optional<std::string> parse_uuid(std::string_view text) {
    constexpr size_t text_bytes = 36;
    if (text.size() != text_bytes) return std::nullopt;
    std::string bytes;
    for (size_t i = 0; i < text_bytes;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i++] != '-') return std::nullopt;
            continue;
        }
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return bytes;
}

std::string uuid_to_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace messina::cql
