// Lets an event of one pipeline through once in a period and counts what it held back, so that a
// million bad records make one line in ten seconds and not a million lines.
//
// Not thread-safe: the log asks under its own lock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace messina::observe {

class RateLimit {
  public:
    struct Verdict {
        bool is_allowed;
        uint64_t suppressed;  // held back since the last one that was let through
    };
    struct Suppressed {
        std::string event;
        std::string pipeline;
        uint64_t count;
    };

    explicit RateLimit(Nanos period) : period_(period) {}

    Verdict ask(std::string_view event, std::string_view pipeline, Instant now);
    /// What was held back and never spoken of since; forgets it.
    std::vector<Suppressed> take_suppressed();

  private:
    struct Entry {
        Instant let_through;
        uint64_t suppressed = 0;
    };
    using Key = std::pair<std::string, std::string>;
    using KeyView = std::pair<std::string_view, std::string_view>;
    struct Less {
        using is_transparent = void;
        static KeyView view(const Key& key) { return {key.first, key.second}; }
        static KeyView view(const KeyView& key) { return key; }
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return view(a) < view(b);
        }
    };

    Nanos period_;
    std::map<Key, Entry, Less> entries_;
};

}  // namespace messina::observe
