// What is known of keys for as long as somebody works on them, say who reads each: for tens of
// thousands of keys that come and go in batches.
//
// Open addressing in one array, so that a look costs one wait for memory, which prefetch() takes
// ahead of time. Keys are not copied. Threads: belongs to one worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "table/byte_cache.h"

namespace messina::table {

template <class Value>
class KeyIndex {
  public:
    static uint64_t hash(std::string_view key) { return hash_key(key, 0); }

    void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }
    /// Null: the key is not here. Valid until the next insert() or erase().
    Value* find(uint64_t hash, std::string_view key) {
        for (size_t at = home(hash); slots_[at].is_taken(); at = next(at))
            if (slots_[at].hash == hash && slots_[at].key == key) return &slots_[at].value;
        return nullptr;
    }
    /// The key is not here yet; its bytes stay where they are until it is erased.
    void insert(uint64_t hash, std::string_view key, Value value) {
        if ((size_ + 1) * 2 > slots_.size()) grow();
        put({hash, key, std::move(value)});
        ++size_;
    }
    /// `key`: the bytes that were inserted, not a copy of them.
    void erase(uint64_t hash, std::string_view key) {
        size_t at = home(hash);
        while (slots_[at].is_taken() && slots_[at].key.data() != key.data()) at = next(at);
        if (!slots_[at].is_taken()) return;
        --size_;
        // What follows without a gap moves up, unless that would lead it before its home.
        for (size_t from = next(at); slots_[from].is_taken(); from = next(from)) {
            const size_t distance = (from - home(slots_[from].hash)) & mask();
            if (distance < ((from - at) & mask())) continue;
            slots_[at] = std::move(slots_[from]);
            at = from;
        }
        slots_[at] = Slot();
    }
    [[nodiscard]] size_t size() const { return size_; }

  private:
    struct Slot {
        uint64_t hash = 0;
        std::string_view key;
        Value value{};
        [[nodiscard]] bool is_taken() const { return key.data() != nullptr; }
    };
    static constexpr size_t kSlotsMin = 64;

    [[nodiscard]] size_t mask() const { return slots_.size() - 1; }
    [[nodiscard]] size_t home(uint64_t hash) const { return (hash >> 8) & mask(); }
    [[nodiscard]] size_t next(size_t at) const { return (at + 1) & mask(); }
    void put(Slot slot) {
        size_t at = home(slot.hash);
        while (slots_[at].is_taken()) at = next(at);
        slots_[at] = std::move(slot);
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (Slot& slot : old)
            if (slot.is_taken()) put(std::move(slot));
    }

    std::vector<Slot> slots_ = std::vector<Slot>(kSlotsMin);
    size_t size_ = 0;
};

}  // namespace messina::table
