#include "table/byte_cache.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <sys/mman.h>
#include <xxhash.h>

#include "base/check.h"

namespace messina::table {
namespace {

constexpr size_t kBytesMin = 4096;
// One slot for so many bytes; entries of a small row take about as much.
constexpr size_t kBytesPerSlot = 64;
constexpr uint64_t kSlotsMin = 1024;
constexpr size_t kHugePage = 2 * 1024 * 1024;
constexpr size_t kCacheLine = 64;

}  // namespace

uint64_t hash_key(std::string_view key, uint16_t space) {
    return XXH3_64bits_withSeed(key.data(), key.size(), space);
}

void Unmap::operator()(void* memory) const {
    ::munmap(memory, bytes);
}

/// Zeroed pages that take memory only once they are touched.
template <class T>
ByteCache::Memory<T> ByteCache::allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MESSINA_CHECK(memory != MAP_FAILED, "the system gives no address space for a cache");
    // Random probes over many MiB spend their time in the TLB otherwise.
    if (bytes >= 2 * kHugePage) ::madvise(memory, bytes, MADV_HUGEPAGE);
    return Memory<T>(static_cast<T*>(memory), Unmap{bytes});
}

ByteCache::ByteCache(size_t bytes_max) {
    bytes_max = std::max(bytes_max, kBytesMin);
    slot_count_max_ = std::min<uint64_t>(bytes_max / kBytesPerSlot, UINT32_MAX);
    slot_count_ = std::min(slot_count_max_, kSlotsMin);
    entries_max_ = slot_count_max_ / 4 * 3;
    ring_units_ =
        std::min<size_t>((bytes_max - slot_count_max_ * sizeof(Slot)) / kUnit, UINT32_MAX - 1);
    slots_ = allocate<Slot>(slot_count_);
    ring_ = allocate<uint32_t>(ring_units_);
}

void ByteCache::prefetch_entry(uint64_t hash) const {
    const uint32_t tag = tag_of(hash);
    for (size_t slot = home(tag); slots_[slot].place_plus_one != 0; slot = after(slot)) {
        if (slots_[slot].tag != tag) continue;
        const char* entry =
            reinterpret_cast<const char*>(ring_.get() + slots_[slot].place_plus_one - 1);
        __builtin_prefetch(entry);
        __builtin_prefetch(entry + kCacheLine);
        __builtin_prefetch(entry + 2 * kCacheLine);  // a third of small rows end there
        return;
    }
}

std::optional<size_t> ByteCache::find_slot(uint32_t tag, uint16_t space,
                                           std::string_view key) const {
    for (size_t slot = home(tag); slots_[slot].place_plus_one != 0; slot = after(slot))
        if (slots_[slot].tag == tag &&
            holds(*entry_at(slots_[slot].place_plus_one - 1), space, key))
            return slot;
    return std::nullopt;
}

std::optional<std::string_view> ByteCache::find(uint64_t hash, uint16_t space,
                                                std::string_view key) {
    const auto slot = find_slot(tag_of(hash), space, key);
    if (!slot) return std::nullopt;
    Entry& entry = *entry_at(slots_[*slot].place_plus_one - 1);
    // Written only when it changes: an entry found again and again stays clean in every cache.
    if (!entry.is_used) entry.is_used = 1;
    return std::string_view(reinterpret_cast<const char*>(&entry + 1) + entry.key_size,
                            entry.value_size);
}

void ByteCache::put(uint64_t hash, uint16_t space, std::string_view key, std::string_view value) {
    forget(hash, space, key);
    const size_t units = units_of(key.size(), value.size());
    constexpr size_t share_max = 8;  // of the ring, for one entry
    if (key.size() > kKeyBytesMax || units > ring_units_ / share_max) return;
    make_room(units);
    if (entry_count_ >= slot_count_ / 2 && slot_count_ < slot_count_max_) grow_index();
    Entry* entry = entry_at(head_);
    entry->tag = tag_of(hash);
    entry->value_size = static_cast<uint32_t>(value.size()) & ((1U << 30) - 1);
    entry->is_used = 0;
    entry->is_dead = 0;
    entry->key_size = static_cast<uint16_t>(key.size());
    entry->space = space;
    char* bytes = reinterpret_cast<char*>(entry + 1);
    if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
    if (!value.empty()) std::memcpy(bytes + key.size(), value.data(), value.size());
    insert_slot(entry->tag, head_);
    head_ += units;
    used_units_ += units;
    ++entry_count_;
}

void ByteCache::forget(uint64_t hash, uint16_t space, std::string_view key) {
    const auto slot = find_slot(tag_of(hash), space, key);
    if (!slot) return;
    entry_at(slots_[*slot].place_plus_one - 1)->is_dead = 1;
    erase_slot(*slot);
    --entry_count_;
}

void ByteCache::clear() {
    while (used_units_ != 0) pass_tail(false);
}

/// Slots stand in the order of their tags but for short runs, so both pieces are walked once.
void ByteCache::grow_index() {
    const Memory<Slot> old = std::move(slots_);
    const uint64_t old_count = slot_count_;
    slot_count_ = std::min(slot_count_ * 2, slot_count_max_);
    slots_ = allocate<Slot>(slot_count_);
    for (uint64_t slot = 0; slot < old_count; ++slot)
        if (old[slot].place_plus_one != 0) insert_slot(old[slot].tag, old[slot].place_plus_one - 1);
}

/// Closes the gap, so that probing never needs marks of deletion.
void ByteCache::erase_slot(size_t slot) {
    size_t gap = slot;
    for (size_t next = after(gap); slots_[next].place_plus_one != 0; next = after(next)) {
        const size_t wanted = home(slots_[next].tag);
        const bool stays = distance(wanted, next) < distance(gap, next);
        if (stays) continue;
        slots_[gap] = slots_[next];
        gap = next;
    }
    slots_[gap] = Slot{};
}

void ByteCache::insert_slot(uint32_t tag, size_t place) {
    size_t slot = home(tag);
    while (slots_[slot].place_plus_one != 0) slot = after(slot);
    slots_[slot] = {tag, static_cast<uint32_t>(place + 1)};
}

void ByteCache::repoint_slot(uint32_t tag, size_t from, size_t to) {
    size_t slot = home(tag);
    while (slots_[slot].place_plus_one != from + 1) slot = after(slot);
    slots_[slot].place_plus_one = static_cast<uint32_t>(to + 1);
}

void ByteCache::make_room(size_t units) {
    int moves = 0;
    const auto pass = [&] {
        const bool was_dropped = pass_tail(moves < kMovesMax);
        if (!was_dropped) ++moves;
        return was_dropped;
    };
    while (entry_count_ >= entries_max_) {
        if (!is_wrapped_) wrap();
        pass();
    }
    while (true) {
        if (!is_wrapped_) {
            if (ring_units_ - head_ >= units) return;
            wrap();
        }
        while (is_wrapped_ && tail_ - head_ < units) pass();
        if (is_wrapped_) return;
    }
}

void ByteCache::wrap() {
    end_ = head_;
    head_ = 0;
    is_wrapped_ = true;
    if (tail_ != end_) return;
    // Nothing is left.
    tail_ = 0;
    is_wrapped_ = false;
}

bool ByteCache::pass_tail(bool may_move) {
    Entry* entry = entry_at(tail_);
    const size_t units = units_of(*entry);
    const size_t place = tail_;
    tail_ += units;
    // The next one's slot will be wanted at the next call.
    if (tail_ < ring_units_) __builtin_prefetch(&slots_[home(entry_at(tail_)->tag)], 1);
    bool was_dropped = false;
    if (entry->is_dead) {
        used_units_ -= units;
    } else if (may_move && entry->is_used && is_wrapped_) {
        entry->is_used = 0;
        repoint_slot(entry->tag, place, head_);
        // What was freed at the tail adjoins the free piece, so the entry fits; they may overlap.
        std::memmove(entry_at(head_), entry, units * kUnit);
        head_ += units;
    } else {
        size_t slot = home(entry->tag);
        while (slots_[slot].place_plus_one != place + 1) slot = after(slot);
        erase_slot(slot);
        used_units_ -= units;
        --entry_count_;
        ++evictions_;
        was_dropped = true;
    }
    if (is_wrapped_ && tail_ == end_) {
        tail_ = 0;
        is_wrapped_ = false;
    }
    return was_dropped;
}

}  // namespace messina::table
