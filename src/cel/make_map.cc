// Maps that an expression makes: their keys are checked here.
#include <algorithm>

#include "cel/compare.h"
#include "cel/operation_nodes.h"
#include "cel/type_name.h"

namespace messina::cel {
namespace {

bool is_key(Kind kind) {
    return kind == Kind::String || kind == Kind::Int || kind == Kind::Uint || kind == Kind::Bool;
}

/// Numbers of both types count as one class, for 1 and 1u are the same key.
int key_class(Kind kind) {
    if (kind == Kind::String) return 0;
    return kind == Kind::Bool ? 1 : 2;
}

bool is_before(const Value& a, const Value& b) {
    const int class_a = key_class(a.kind());
    const int class_b = key_class(b.kind());
    return class_a != class_b ? class_a < class_b : order(a, b) == Order::Less;
}

bool is_same(const Value& a, const Value& b) {
    return key_class(a.kind()) == key_class(b.kind()) && order(a, b) == Order::Equal;
}

/// A key that comes twice, or null.
const Value* find_repeated(Frame& frame, std::span<const MapEntry> entries) {
    constexpr size_t few = 8;
    if (entries.size() <= few) {
        for (size_t i = 1; i < entries.size(); ++i)
            for (size_t j = 0; j < i; ++j)
                if (is_same(entries[i].key, entries[j].key)) return &entries[i].key;
        return nullptr;
    }
    const Value** keys = frame.arena.make_array<const Value*>(entries.size());
    for (size_t i = 0; i < entries.size(); ++i) keys[i] = &entries[i].key;
    const std::span sorted(keys, entries.size());
    std::ranges::sort(sorted, [](const Value* a, const Value* b) { return is_before(*a, *b); });
    const auto found = std::ranges::adjacent_find(
        sorted, [](const Value* a, const Value* b) { return is_same(*a, *b); });
    return found == sorted.end() ? nullptr : *found;
}

}  // namespace

Value make_map(Frame& frame, std::span<const MapEntry> entries) {
    for (const MapEntry& entry : entries)
        if (!is_key(entry.key.kind()))
            return frame.fail("cel.map_key", "a map has keys of bool, int, uint or string, not {}",
                              type_name(entry.key.kind()));
    if (const Value* repeated = find_repeated(frame, entries))
        return frame.fail("cel.map_key", "the key {} comes twice in a map",
                          to_debug_text(*repeated));
    return Value::map(entries);
}

}  // namespace messina::cel
