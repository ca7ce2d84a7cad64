#include "server/router.h"

#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"

namespace messina::server {

void Router::add(std::string method, std::string path, Handler handler) {
    paths_[std::move(path)][std::move(method)] = std::move(handler);
}

Response Router::answer(const Request& request) const {
    const auto path = paths_.find(request.path);
    if (path == paths_.end()) {
        std::vector<std::string_view> known;
        known.reserve(paths_.size());
        for (const auto& [name, methods] : paths_) known.push_back(name);
        return error_response(404, fmt::format("no such path: {}", request.path),
                              did_you_mean(request.path, known));
    }
    const Methods& methods = path->second;
    if (const auto found = methods.find(request.method); found != methods.end())
        return found->second(request);

    std::string allowed;
    for (const auto& [name, handler] : methods) {
        if (!allowed.empty()) allowed += ", ";
        allowed += name == "GET" ? "GET, HEAD" : name;
    }
    Response refused = error_response(
        405, fmt::format("{} does not take {}", request.path, request.method), "use " + allowed);
    refused.headers.emplace_back("Allow", allowed);
    return refused;
}

}  // namespace messina::server
