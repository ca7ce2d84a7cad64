#include "table/single_flight.h"

#include <algorithm>

namespace messina::table {

bool SingleFlight::enter(std::string_view key, Token token) {
    const auto found = waiters_.find(key);
    if (found == waiters_.end()) {
        waiters_.emplace(key, std::vector<Token>());
        return true;
    }
    found->second.push_back(token);
    return false;
}

std::vector<SingleFlight::Token> SingleFlight::land(std::string_view key) {
    const auto found = waiters_.find(key);
    if (found == waiters_.end()) return {};
    std::vector<Token> tokens = std::move(found->second);
    waiters_.erase(found);
    return tokens;
}

bool SingleFlight::leave(std::string_view key, Token token) {
    const auto found = waiters_.find(key);
    if (found == waiters_.end()) return false;
    return std::erase(found->second, token) != 0;
}

}  // namespace messina::table
