// What an evaluation has at hand: slots, locals, memory and what is left of its budget.
#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/arena.h"
#include "data/value.h"

namespace messina::cel {

inline constexpr EvalError kCostLimit{"cel.cost_limit",
                                      "the evaluation took more steps than it may"};

struct Frame {
    const Value* slots;
    Arena& arena;
    uint64_t steps_left;
    Value* locals = nullptr;
    /// Once set the result counts for nothing, whatever && and || made of it.
    bool is_exhausted = false;

    /// Takes `steps` off the budget; false when it is used up. The caller then returns
    /// exhausted().
    bool charge(uint64_t steps) {
        if (steps > steps_left) [[unlikely]] {
            steps_left = 0;
            is_exhausted = true;
            return false;
        }
        steps_left -= steps;
        return true;
    }
    bool charge_bytes(size_t bytes) { return charge(bytes / 64); }
    static Value exhausted() { return Value::error(&kCostLimit); }

    /// An error value; the message is formatted into the arena.
    template <class... Args>
    Value fail(std::string_view code, fmt::format_string<Args...> text, Args&&... args) {
        fmt::basic_memory_buffer<char, 200> message;
        fmt::format_to(std::back_inserter(message), text, std::forward<Args>(args)...);
        return Value::error(
            arena.make<EvalError>(EvalError{code, arena.copy({message.data(), message.size()})}));
    }
    /// A string value whose bytes are copied into the arena.
    Value string(std::string_view text) { return Value::string(arena.copy(text)); }
};

/// What && and || absorb and what every other operation hands on: an error, or a field that is
/// missing.
inline bool is_failure(const Value& value) {
    return value.is(Kind::Error) || value.is(Kind::Absent);
}

}  // namespace messina::cel
