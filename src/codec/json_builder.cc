#include "codec/json_builder.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <span>

#include "codec/json.h"
#include "codec/json_error.h"
#include "codec/json_scanner.h"
#include "codec/json_utf8.h"

namespace messina::codec {
namespace {

/// Whether no key comes twice. Says no without looking when there are too many to compare.
bool are_distinct(std::span<const MapEntry> entries) {
    constexpr size_t count_max = 32;
    if (entries.size() > count_max) return false;
    uint64_t shapes = 0;  // a bit for size, first and last byte of each key so far
    for (size_t i = 0; i < entries.size(); ++i) {
        const std::string_view name = entries[i].key.as_text();
        const auto shape = name.empty() ? 0
                                        : name.size() * 5 + static_cast<unsigned char>(name[0]) +
                                              static_cast<unsigned char>(name.back()) * 3U;
        const uint64_t bit = uint64_t{1} << (shape & 63);
        if ((shapes & bit) != 0 &&
            std::ranges::any_of(entries.first(i),
                                [&](const MapEntry& known) { return known.key.as_text() == name; }))
            return false;
        shapes |= bit;
    }
    return true;
}

}  // namespace

void JsonBuilder::start(Arena& arena) {
    arena_ = &arena;
    result_ = Value();
    frames_.clear();
    entries_.clear();
    items_.clear();
}

Value JsonBuilder::string_value(const JsonString& text) {
    return Value::string(text.has_escapes ? unescape(text.raw, *arena_) : text.raw);
}

void JsonBuilder::open(bool is_object) {
    frames_.push_back({is_object, is_object ? entries_.size() : items_.size()});
}

void JsonBuilder::key(const JsonString& name) {
    entries_.push_back({string_value(name), Value()});
}

void JsonBuilder::close(bool is_object) {
    const size_t first = frames_.back().first;
    frames_.pop_back();
    if (is_object) {
        const size_t count = without_duplicates(first);
        MapEntry* entries = arena_->make_array<MapEntry>(count);
        std::copy_n(entries_.data() + first, count, entries);
        entries_.resize(first);
        scalar(Value::map({entries, count}));
    } else {
        const size_t count = items_.size() - first;
        Value* items = arena_->make_array<Value>(count);
        std::copy_n(items_.data() + first, count, items);
        items_.resize(first);
        scalar(Value::list({items, count}));
    }
}

/// Lets the last of several entries with one key win, in the place of the first. The number of
/// entries left.
size_t JsonBuilder::without_duplicates(size_t first) {
    const size_t count = entries_.size() - first;
    MapEntry* const entries = entries_.data() + first;
    if (are_distinct({entries, count})) [[likely]]
        return count;
    // An open-addressed table of places, plus one so that zero is free.
    const size_t mask = std::bit_ceil(count * 2) - 1;
    table_.assign(mask + 1, 0);
    size_t kept = 0;
    for (size_t i = 0; i < count; ++i) {
        const std::string_view name = entries[i].key.as_text();
        size_t at = std::hash<std::string_view>{}(name)&mask;
        while (table_[at] != 0 && entries[table_[at] - 1].key.as_text() != name)
            at = (at + 1) & mask;
        if (table_[at] != 0) {
            entries[table_[at] - 1].value = entries[i].value;
            continue;
        }
        entries[kept] = entries[i];
        table_[at] = static_cast<uint32_t>(++kept);
    }
    return kept;
}

Result<Value> parse_json(std::string_view text, Arena& arena, JsonOptions options) {
    const auto refuse = [&](JsonFault fault, size_t offset) {
        return fail(json_error(fault, text, offset, options.depth_max));
    };
    if (text.size() > UINT32_MAX) return refuse(JsonFault::TooLarge, 0);
    text = arena.copy(text);
    JsonBaselineScanner scanner(options.depth_max);
    JsonBuilder builder;
    scanner.start(text);
    builder.start(arena);
    const char* p = scanner.skip_space(scanner.begin());
    if (p == scanner.end()) return refuse(JsonFault::Empty, text.size());
    p = scanner.value(p, 0, builder);
    if (p == nullptr) return refuse(scanner.fault(), scanner.fault_offset());
    p = scanner.skip_space(p);
    if (p != scanner.end())
        return refuse(JsonFault::TrailingBytes, static_cast<size_t>(p - scanner.begin()));
    if (scanner.has_high_bytes() && !is_utf8(text))
        return refuse(JsonFault::NotUtf8, utf8_fault_offset(text));
    return builder.result();
}

}  // namespace messina::codec
