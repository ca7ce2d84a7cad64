#include "server/http_message.h"

#include <algorithm>

#include <fmt/format.h>

#include "observe/escape.h"

namespace messina::server {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

bool Request::has_switch(std::string_view name) const {
    const auto value = query_value(name);
    return value && *value != "false" && *value != "0";
}

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equal_in_any_case(key, name)) return value;
    return {};
}

Response error_response(unsigned status, std::string_view message, std::string_view hint) {
    std::string body = fmt::format("{{\"error_code\":{},\"message\":", status);
    observe::append_json_string(body, message);
    if (!hint.empty()) {
        body += ",\"hint\":";
        observe::append_json_string(body, hint);
    }
    body += "}\n";
    return {status, std::move(body)};
}

}  // namespace messina::server
