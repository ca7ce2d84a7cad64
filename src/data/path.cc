#include "data/path.h"

#include <algorithm>
#include <cctype>

namespace messina {
namespace {

bool is_identifier(std::string_view name) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
    return std::ranges::all_of(name,
                               [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

std::string to_text(const Path& path) {
    std::string text;
    for (const std::string& name : path) {
        if (!is_identifier(name)) {
            text += "[\"" + name + "\"]";
        } else {
            text += (text.empty() ? "" : ".") + name;
        }
    }
    return text;
}

bool is_prefix(const Path& prefix, const Path& path) {
    return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

Value navigate(Value root, const Path& path, size_t from) {
    for (size_t i = from; i < path.size(); ++i) root = root.field(path[i]);
    return root;
}

Value with_replaced(Value root, const Path& path, size_t from, Value replacement, Arena& arena) {
    if (from == path.size()) return replacement;
    const std::span<const MapEntry> old =
        root.is(Kind::Map) ? root.as_map() : std::span<const MapEntry>{};
    const bool is_removal = replacement.is_absent();
    if (is_removal && !root.is(Kind::Map)) return root;

    MapEntry* entries = arena.make_array<MapEntry>(old.size() + 1);
    size_t count = 0;
    bool found = false;
    for (const MapEntry& entry : old) {
        MapEntry copied = entry;
        if (entry.key.is(Kind::String) && entry.key.as_text() == path[from]) {
            found = true;
            copied.value = with_replaced(entry.value, path, from + 1, replacement, arena);
            if (copied.value.is_absent()) continue;
        }
        entries[count++] = copied;
    }
    if (!found && !is_removal) {
        entries[count++] = {Value::string(arena.copy(path[from])),
                            with_replaced(Value(), path, from + 1, replacement, arena)};
    }
    return Value::map({entries, count});
}

}  // namespace messina
