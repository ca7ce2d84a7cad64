// What stands between the method and the version in the first line of a request.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "server/http_message.h"

namespace messina::server {

struct RequestTarget {
    std::string path;  // percent-decoded, begins with '/'
    NamedTexts query;  // form-decoded: '+' is a blank
};

/// Of "/path?a=1&b" or "http://host/path…". Anything else, a bad percent escape or a control
/// character is refused.
Result<RequestTarget> parse_request_target(std::string_view target);

}  // namespace messina::server
