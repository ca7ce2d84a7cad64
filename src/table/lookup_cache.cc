#include "table/lookup_cache.h"

#include <cstring>

#include "table/byte_cache.h"
#include "table/value_codec.h"

namespace messina::table {
namespace {

// An entry is: when it expires, then the row; nothing more when there is no row.
struct Head {
    int64_t expires;  // nanoseconds of Instant
    bool is_row;
};
constexpr size_t kHeadBytes = sizeof(int64_t) + 1;

Head load_head(std::string_view entry) {
    Head head{};
    std::memcpy(&head.expires, entry.data(), sizeof head.expires);
    head.is_row = entry[sizeof head.expires] != 0;
    return head;
}

class BatchLookupCache final : public LookupCache {
  public:
    explicit BatchLookupCache(const LookupCacheOptions& options)
        : options_(options), cache_(options.bytes_max) {}

    /// A key's slot is fetched while those before it are looked at, and its entry half a way later:
    /// the waits for memory lie under the work on other keys.
    void probe(std::span<const std::string_view> keys, Instant now, std::span<Found> found,
               Value* values, Arena& arena) override {
        hashes_.resize(keys.size());
        for (size_t i = 0; i < keys.size() + kEntryAhead + kSlotAhead; ++i) {
            if (i < keys.size()) {
                hashes_[i] = hash_key(keys[i], 0);
                cache_.prefetch_slot(hashes_[i]);
            }
            if (const size_t at = i - kSlotAhead; i >= kSlotAhead && at < keys.size())
                cache_.prefetch_entry(hashes_[at]);
            if (i < kSlotAhead + kEntryAhead) continue;
            const size_t at = i - kSlotAhead - kEntryAhead;
            found[at] =
                probe_one(hashes_[at], keys[at], now, values + at * options_.column_count, arena);
        }
    }

    void put(std::string_view key, const Value* row, Instant now) override {
        const Nanos ttl = row == nullptr ? options_.negative_ttl : options_.ttl;
        if (ttl <= Nanos::zero()) return forget(key);
        const int64_t expires = (now + ttl).time_since_epoch().count();
        entry_.clear();
        entry_.append({reinterpret_cast<const char*>(&expires), sizeof expires});
        entry_.push_back(row == nullptr ? '\0' : '\1');
        if (row != nullptr && !encode_values({row, options_.column_count}, entry_))
            return forget(key);
        cache_.put(hash_key(key, 0), 0, key, entry_.view());
    }

    void forget(std::string_view key) override { cache_.forget(hash_key(key, 0), 0, key); }

    [[nodiscard]] LookupCacheStats stats() const override {
        LookupCacheStats stats = stats_;
        stats.evictions = cache_.evictions();
        stats.entries = cache_.entries();
        stats.bytes = cache_.bytes();
        return stats;
    }

  private:
    static constexpr size_t kSlotAhead = 16;
    static constexpr size_t kEntryAhead = 16;

    Found probe_one(uint64_t hash, std::string_view key, Instant now, Value* values, Arena& arena) {
        const auto entry = cache_.find(hash, 0, key);
        if (!entry || load_head(*entry).expires <= now.time_since_epoch().count()) {
            ++stats_.misses;
            return Found::Miss;
        }
        if (!load_head(*entry).is_row) {
            ++stats_.negative_hits;
            return Found::NoRow;
        }
        ++stats_.hits;
        decode_values(entry->substr(kHeadBytes), values, options_.column_count, arena);
        return Found::Row;
    }

    LookupCacheOptions options_;
    ByteCache cache_;
    LookupCacheStats stats_;
    Buffer entry_;
    std::vector<uint64_t> hashes_;  // scratch of probe()
};

}  // namespace

std::unique_ptr<LookupCache> make_lookup_cache(LookupCacheOptions options) {
    return std::make_unique<BatchLookupCache>(options);
}

}  // namespace messina::table
