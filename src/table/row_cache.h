// Stored records in memory, in front of RocksDB: a read from here costs a tenth of one from there.
// Unlike the look-up cache it is never stale: every write takes its keys out before it is reported.
//
// Threads: shared by all workers; split into parts with a lock each, which a batch takes once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "table/byte_cache.h"

namespace messina::table {

class RowCache {
  public:
    /// A key on its way through a read.
    struct Probe {
        std::string_view key;
        uint64_t hash = 0;
        uint32_t version = 0;  // of what the key may hold in RocksDB, from before it is read there
        bool is_found = false;
        size_t begin = 0;  // of the record in the buffer
        size_t size = 0;
    };

    explicit RowCache(size_t bytes_max);

    /// Looks for all probes' keys; the records found are appended to `out`.
    void read(uint16_t space, std::span<Probe> probes, Buffer& out);
    /// Keeps what was read for a probe that was not found (empty: there is no such key), unless the
    /// key was written meanwhile.
    void keep(uint16_t space, const Probe& probe, std::string_view record);
    /// Call after RocksDB has the write and before anybody hears of it.
    void forget(uint16_t space, std::string_view key);

    [[nodiscard]] size_t bytes() const;

  private:
    static constexpr size_t kParts = 16;
    static constexpr size_t kVersions = 1024;  // per part; keys share them

    struct alignas(64) Part {
        explicit Part(size_t bytes_max) : cache(bytes_max) {}
        mutable std::mutex mutex;
        ByteCache cache;
        std::array<uint32_t, kVersions> versions{};

        uint32_t& version_of(uint64_t hash) { return versions[hash / kParts % kVersions]; }
    };
    Part& part_of(uint64_t hash) { return *parts_[hash % kParts]; }

    std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace messina::table
