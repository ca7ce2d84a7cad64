// A request as handlers see it and what they answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace messina::server {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;  // "GET"; a HEAD arrives as GET
    std::string path;    // decoded, begins with '/'
    NamedTexts query;    // decoded, in order
    NamedTexts headers;
    std::string body;

    /// Of the first parameter of that name; "" for one without '='.
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    /// Whether a switch such as ?verbose is on: there, and neither "false" nor "0".
    [[nodiscard]] bool has_switch(std::string_view name) const;
    /// Of the first header of that name in any case, or "".
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Response {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    NamedTexts headers = {};
};

/// {"error_code": status, "message": …, "hint": …}; an empty hint is left out.
Response error_response(unsigned status, std::string_view message, std::string_view hint = {});

}  // namespace messina::server
