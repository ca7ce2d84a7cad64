#include "table/row_cache.h"

#include <algorithm>

namespace messina::table {

RowCache::RowCache(size_t bytes_max) {
    for (size_t i = 0; i < kParts; ++i)
        parts_.push_back(std::make_unique<Part>(bytes_max / kParts));
}

void RowCache::read(uint16_t space, std::span<Probe> probes, Buffer& out) {
    constexpr size_t group_max = 512;
    std::array<uint16_t, group_max> order;
    while (!probes.empty()) {
        const auto group = probes.first(std::min(group_max, probes.size()));
        probes = probes.subspan(group.size());
        // Probes of one part stand together, so that its lock is taken once.
        std::array<uint16_t, kParts + 1> begins{};
        for (Probe& probe : group) {
            probe.hash = hash_key(probe.key, space);
            ++begins[probe.hash % kParts + 1];
        }
        for (size_t part = 0; part < kParts; ++part)
            begins[part + 1] = static_cast<uint16_t>(begins[part + 1] + begins[part]);
        auto ends = begins;
        for (size_t i = 0; i < group.size(); ++i)
            order[ends[group[i].hash % kParts]++] = static_cast<uint16_t>(i);

        for (size_t number = 0; number < kParts; ++number) {
            const auto of_part =
                std::span(order).subspan(begins[number], ends[number] - begins[number]);
            if (of_part.empty()) continue;
            Part& part = *parts_[number];
            const std::lock_guard lock(part.mutex);
            for (const uint16_t i : of_part) part.cache.prefetch_slot(group[i].hash);
            for (const uint16_t i : of_part) part.cache.prefetch_entry(group[i].hash);
            for (const uint16_t i : of_part) {
                Probe& probe = group[i];
                const auto record = part.cache.find(probe.hash, space, probe.key);
                probe.is_found = record.has_value();
                probe.version = part.version_of(probe.hash);
                if (!record) continue;
                probe.begin = out.size();
                probe.size = record->size();
                out.append(*record);
            }
        }
    }
}

void RowCache::keep(uint16_t space, const Probe& probe, std::string_view record) {
    Part& part = part_of(probe.hash);
    const std::lock_guard lock(part.mutex);
    if (part.version_of(probe.hash) == probe.version)
        part.cache.put(probe.hash, space, probe.key, record);
}

void RowCache::forget(uint16_t space, std::string_view key) {
    const uint64_t hash = hash_key(key, space);
    Part& part = part_of(hash);
    const std::lock_guard lock(part.mutex);
    ++part.version_of(hash);
    part.cache.forget(hash, space, key);
}

size_t RowCache::bytes() const {
    size_t sum = 0;
    for (const auto& part : parts_) {
        const std::lock_guard lock(part->mutex);
        sum += part->cache.bytes();
    }
    return sum;
}

}  // namespace messina::table
