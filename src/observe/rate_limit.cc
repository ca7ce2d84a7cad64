#include "observe/rate_limit.h"

namespace messina::observe {

RateLimit::Verdict RateLimit::ask(std::string_view event, std::string_view pipeline, Instant now) {
    // Far more than events times pipelines of any real configuration; a bound all the same.
    constexpr size_t entries_max = 4096;
    const auto found = entries_.find(KeyView(event, pipeline));
    if (found == entries_.end()) {
        if (entries_.size() == entries_max) entries_.clear();
        entries_.emplace(Key(event, pipeline), Entry{now});
        return {true, 0};
    }
    Entry& entry = found->second;
    if (now - entry.let_through < period_) {
        ++entry.suppressed;
        return {false, 0};
    }
    entry.let_through = now;
    return {true, std::exchange(entry.suppressed, 0)};
}

std::vector<RateLimit::Suppressed> RateLimit::take_suppressed() {
    std::vector<Suppressed> taken;
    for (auto& [key, entry] : entries_)
        if (entry.suppressed != 0)
            taken.push_back({key.first, key.second, std::exchange(entry.suppressed, 0)});
    return taken;
}

}  // namespace messina::observe
