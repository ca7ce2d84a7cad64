// Named places where a test can make the process die, fail or wait.
// MESSINA_FAILPOINT("sink.before_sync") costs one relaxed load of a flag that is false unless
// MESSINA_FAILPOINTS is set in the environment:
//
//   MESSINA_FAILPOINTS="sink.before_sync=kill@3,table.write=error"
//
// kill@N ends the process by SIGKILL at the N-th passage (1 when absent), error@N makes failpoint()
// return true at the N-th and later passages. `messina list failpoints` prints every name that the
// binary knows.
#pragma once

#include <atomic>
#include <string_view>
#include <vector>

namespace messina {

namespace failpoint_detail {
extern std::atomic<bool> any_armed;
bool hit(std::string_view name);
}  // namespace failpoint_detail

/// True when the place `name` is armed with `error` and must now fail. Thread-safe.
inline bool failpoint(std::string_view name) {
    if (!failpoint_detail::any_armed.load(std::memory_order_relaxed)) [[likely]]
        return false;
    return failpoint_detail::hit(name);
}

/// Reads MESSINA_FAILPOINTS; call once from main. Returns false and says why on stderr when the
/// text is malformed or names no known place.
bool arm_failpoints_from_environment();
/// Arms from a text of the same form (tests). An empty text disarms all.
bool arm_failpoints(std::string_view text);
/// All names, sorted. A place must be listed in failpoint.cc, so that the chaos run can visit each.
const std::vector<std::string_view>& failpoint_names();

}  // namespace messina
