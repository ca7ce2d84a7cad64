// A bump allocator that lives as long as one batch. Everything allocated from it is trivially
// destructible and goes away at reset(). Not thread-safe: an arena belongs to one lane or one
// evaluation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace messina {

class Arena {
  public:
    explicit Arena(size_t block_bytes = 64 * 1024) : block_bytes_(block_bytes) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    Arena(Arena&&) noexcept = default;
    Arena& operator=(Arena&&) noexcept = default;

    /// Uninitialised memory; `align` is a power of two, at most alignof(max_align_t).
    void* allocate(size_t bytes, size_t align = alignof(std::max_align_t)) {
        const auto at = (reinterpret_cast<uintptr_t>(next_) + align - 1) & ~(align - 1);
        if (at + bytes > reinterpret_cast<uintptr_t>(end_)) [[unlikely]]
            return allocate_slow(bytes, align);
        next_ = reinterpret_cast<char*>(at + bytes);
        return reinterpret_cast<void*>(at);
    }

    /// An array of `count` value-initialised objects.
    template <class T>
    T* make_array(size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        T* items = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
        std::uninitialized_value_construct_n(items, count);
        return items;
    }
    template <class T, class... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
    }
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* to = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

    /// Frees everything at once. Keeps up to one usual block for the next batch, so that a steady
    /// state allocates nothing.
    void reset();
    [[nodiscard]] size_t bytes_reserved() const { return bytes_reserved_; }

  private:
    struct Block {
        std::unique_ptr<char[]> memory;
        size_t bytes;
    };
    void* allocate_slow(size_t bytes, size_t align);

    char* next_ = nullptr;
    char* end_ = nullptr;
    size_t block_bytes_;
    size_t bytes_reserved_ = 0;
    std::vector<Block> blocks_;
};

}  // namespace messina
