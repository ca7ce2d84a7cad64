#include "base/arena.h"

#include <algorithm>

namespace messina {

void* Arena::allocate_slow(size_t bytes, size_t align) {
    // Blocks double with use, so a batch of any size costs a logarithmic number of them.
    const size_t wanted = std::max({block_bytes_, bytes + align, bytes_reserved_});
    blocks_.push_back({std::unique_ptr<char[]>(new char[wanted]), wanted});
    bytes_reserved_ += wanted;
    next_ = blocks_.back().memory.get();
    end_ = next_ + wanted;
    return allocate(bytes, align);
}

void Arena::reset() {
    if (blocks_.empty()) return;
    // The largest block serves the next batch; a single huge record must not keep its memory for
    // ever.
    constexpr size_t kept_bytes_max = 4 * 1024 * 1024;
    auto largest =
        std::max_element(blocks_.begin(), blocks_.end(),
                         [](const Block& a, const Block& b) { return a.bytes < b.bytes; });
    Block kept = std::move(*largest);
    blocks_.clear();
    bytes_reserved_ = 0;
    next_ = end_ = nullptr;
    if (kept.bytes > kept_bytes_max) return;
    bytes_reserved_ = kept.bytes;
    next_ = kept.memory.get();
    end_ = next_ + kept.bytes;
    blocks_.push_back(std::move(kept));
}

}  // namespace messina
