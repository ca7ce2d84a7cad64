// The way from a variable to a field: event.user.id is the path [user, id] under the variable
// `event`. The empty path is the variable itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "data/value.h"

namespace messina {

using Path = std::vector<std::string>;

/// "user.id"; names that are no identifiers are quoted: user["first name"].
std::string to_text(const Path& path);
/// Whether `prefix` is `path` or leads to it.
bool is_prefix(const Path& prefix, const Path& path);

/// The value at `path` below `root`; Absent when a step is missing or not a map.
Value navigate(Value root, const Path& path, size_t from = 0);
/// `root` with the value at path[from…] replaced (Absent: removed). Copies only the maps on the
/// way, into `arena`. What stands in the way and is no map is replaced by one.
Value with_replaced(Value root, const Path& path, size_t from, Value replacement, Arena& arena);

}  // namespace messina
