// A bounded map from byte keys to byte values for reads in batches: hash all keys, prefetch their
// slots, prefetch their entries, then look. What LookupCache and RowCache are made of.
//
// An open-addressing index of 8-byte slots (32 bits of the hash, 32 bits of place) points into one
// ring of entries. New entries go to the ring's head; what its tail meets is dropped, or moved to
// the head once more when it was found since (CLOCK). The index begins small and doubles with the
// entries, so that it stays in the processor's cache as long as it can. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace messina::table {

/// Of a key; `space` keeps keys of different tables apart.
uint64_t hash_key(std::string_view key, uint16_t space);

/// Gives mapped pages back.
struct Unmap {
    size_t bytes = 0;
    void operator()(void* memory) const;
};

class ByteCache {
  public:
    /// Index and ring together take at most `bytes_max` (at least some KiB).
    explicit ByteCache(size_t bytes_max);
    ByteCache(const ByteCache&) = delete;
    ByteCache& operator=(const ByteCache&) = delete;

    /// First pass over a batch.
    void prefetch_slot(uint64_t hash) const { __builtin_prefetch(&slots_[home(tag_of(hash))]); }
    /// Second pass: needs the slot.
    void prefetch_entry(uint64_t hash) const;
    /// The value, valid until the next call that is not const; marks the entry as used.
    std::optional<std::string_view> find(uint64_t hash, uint16_t space, std::string_view key);

    /// Puts or replaces. A pair too large for the cache is not kept (an older one goes all the
    /// same).
    void put(uint64_t hash, uint16_t space, std::string_view key, std::string_view value);
    void forget(uint64_t hash, uint16_t space, std::string_view key);
    void clear();

    [[nodiscard]] size_t entries() const { return entry_count_; }
    /// What index and entries take now.
    [[nodiscard]] size_t bytes() const { return slot_count_ * sizeof(Slot) + used_units_ * kUnit; }
    [[nodiscard]] uint64_t evictions() const { return evictions_; }

  private:
    // Places are counted in units, so that 32 bits reach 16 GiB.
    static constexpr size_t kUnit = 4;
    /// A put moves at most so many used entries out of the way before it drops one all the same.
    static constexpr int kMovesMax = 8;

    struct Slot {
        uint32_t tag = 0;
        uint32_t place_plus_one = 0;  // 0: empty
    };
    /// Stands before key and value in the ring.
    struct Entry {
        uint32_t tag;
        uint32_t value_size : 30;
        uint32_t is_used : 1;  // found since the tail last met it
        uint32_t is_dead : 1;  // replaced or forgotten
        uint16_t key_size;
        uint16_t space;
    };
    static constexpr size_t kKeyBytesMax = UINT16_MAX;

    template <class T>
    using Memory = std::unique_ptr<T[], Unmap>;
    template <class T>
    static Memory<T> allocate(size_t count);

    static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
    static size_t units_of(size_t key_size, size_t value_size) {
        return (sizeof(Entry) + key_size + value_size + kUnit - 1) / kUnit;
    }
    static size_t units_of(const Entry& entry) {
        return units_of(entry.key_size, entry.value_size);
    }
    /// Spreads tags over any number of slots, in order.
    [[nodiscard]] size_t home(uint32_t tag) const { return tag * slot_count_ >> 32; }
    [[nodiscard]] size_t after(size_t slot) const { return slot + 1 == slot_count_ ? 0 : slot + 1; }
    [[nodiscard]] size_t distance(size_t from, size_t to) const {
        return to >= from ? to - from : to + slot_count_ - from;
    }
    [[nodiscard]] Entry* entry_at(size_t place) const {
        return reinterpret_cast<Entry*>(ring_.get() + place);
    }
    static bool holds(const Entry& entry, uint16_t space, std::string_view key) {
        return entry.space == space && entry.key_size == key.size() &&
               is_equal(reinterpret_cast<const char*>(&entry + 1), key.data(), key.size());
    }
    /// Keys are short: overlapping words beat a call of memcmp.
    static bool is_equal(const char* a, const char* b, size_t size) {
        const auto word = [](const char* at) {
            uint64_t loaded;
            std::memcpy(&loaded, at, sizeof loaded);
            return loaded;
        };
        constexpr size_t word_bytes = sizeof(uint64_t);
        if (size < word_bytes || size > 4 * word_bytes) return std::memcmp(a, b, size) == 0;
        uint64_t differences = 0;
        for (size_t at = 0; at + word_bytes < size; at += word_bytes)
            differences |= word(a + at) ^ word(b + at);
        const size_t last = size - word_bytes;
        return (differences | (word(a + last) ^ word(b + last))) == 0;
    }
    [[nodiscard]] std::optional<size_t> find_slot(uint32_t tag, uint16_t space,
                                                  std::string_view key) const;
    /// Twice the slots, in a new piece of memory.
    void grow_index();
    void erase_slot(size_t slot);
    void insert_slot(uint32_t tag, size_t place);
    void repoint_slot(uint32_t tag, size_t from, size_t to);

    /// Room for `units` in one piece at the head, and for one more slot.
    void make_room(size_t units);
    /// Lets the head go on from the ring's beginning; needs entries there to be evicted.
    void wrap();
    /// Frees the place at the tail. True when an entry was dropped, false when it was moved or
    /// dead.
    bool pass_tail(bool may_move);

    uint64_t slot_count_;
    uint64_t slot_count_max_;
    size_t entries_max_;
    size_t ring_units_;
    Memory<Slot> slots_;
    Memory<uint32_t> ring_;
    // Entries stand in [tail, head), or when wrapped in [tail, end) and [0, head).
    size_t head_ = 0;
    size_t tail_ = 0;
    size_t end_ = 0;
    bool is_wrapped_ = false;
    size_t used_units_ = 0;
    size_t entry_count_ = 0;
    uint64_t evictions_ = 0;
};

}  // namespace messina::table
