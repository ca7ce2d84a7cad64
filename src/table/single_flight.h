// One read for many askers: who asks first for a key reads it, whoever asks while that read is in
// flight waits for its outcome.
//
// Threads: belongs to one worker.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace messina::table {

class SingleFlight {
  public:
    /// What a waiter is to its caller, say the number of a batch and of a key in it.
    using Token = uint64_t;

    /// True: nobody reads `key` yet, the caller must, and then call land(). False: `token` waits.
    bool enter(std::string_view key, Token token);
    /// The read of `key` is over, well or badly: the tokens that waited for it, in order of asking,
    /// without the one that read. Empty when the key was not in flight.
    std::vector<Token> land(std::string_view key);
    /// A waiter gives up (its deadline has passed); true when it waited.
    bool leave(std::string_view key, Token token);

    [[nodiscard]] size_t keys_in_flight() const { return waiters_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
    };
    std::unordered_map<std::string, std::vector<Token>, Hash, std::equal_to<>> waiters_;
};

}  // namespace messina::table
