// Which function answers which request. Knows nothing of sockets.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "server/http_message.h"

namespace messina::server {

using Handler = std::function<Response(const Request&)>;

class Router {
  public:
    /// `path` is matched as a whole. A GET handler answers HEAD too.
    void add(std::string method, std::string path, Handler handler);
    /// 404 for an unknown path, 405 for a path that has no handler of this method.
    [[nodiscard]] Response answer(const Request& request) const;

  private:
    using Methods = std::map<std::string, Handler, std::less<>>;

    std::map<std::string, Methods, std::less<>> paths_;
};

}  // namespace messina::server
