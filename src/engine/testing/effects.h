// For tests: what became of each record, as the far side of every sink sees it. The scripted source
// asks it at each commit whether everything below the committed position is really there (invariant
// I3).
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "data/position.h"

namespace messina::engine::testing {

/// Thread-safe.
class Effects {
  public:
    using Place = std::pair<std::string, int64_t>;  // lane and record number

    void add_output(const std::string& lane, Position position) { add(outputs_, lane, position); }
    void add_dead_letter(const std::string& lane, Position position) {
        add(dead_letters_, lane, position);
    }
    void add_drop(const std::string& lane, Position position) { add(drops_, lane, position); }

    [[nodiscard]] size_t outputs(const std::string& lane, int64_t number) const {
        return count(outputs_, lane, number);
    }
    [[nodiscard]] size_t dead_letters(const std::string& lane, int64_t number) const {
        return count(dead_letters_, lane, number);
    }
    [[nodiscard]] size_t drops(const std::string& lane, int64_t number) const {
        return count(drops_, lane, number);
    }
    /// Whether the record has any effect that lasts.
    [[nodiscard]] bool has(const std::string& lane, int64_t number) const {
        return outputs(lane, number) + dead_letters(lane, number) + drops(lane, number) > 0;
    }
    /// The first record below `end` without any; -1 when there is none.
    [[nodiscard]] int64_t first_missing(const std::string& lane, int64_t end) const {
        for (int64_t number = 0; number < end; ++number)
            if (!has(lane, number)) return number;
        return -1;
    }

  private:
    using Counts = std::map<Place, size_t>;
    void add(Counts& counts, const std::string& lane, Position position) {
        const std::lock_guard lock(mutex_);
        ++counts[{lane, position.major}];
    }
    [[nodiscard]] size_t count(const Counts& counts, const std::string& lane,
                               int64_t number) const {
        const std::lock_guard lock(mutex_);
        const auto found = counts.find({lane, number});
        return found == counts.end() ? 0 : found->second;
    }

    mutable std::mutex mutex_;
    Counts outputs_;
    Counts dead_letters_;
    Counts drops_;
};

}  // namespace messina::engine::testing
