// A growing byte buffer for encoders: appends without zeroing what is about to be overwritten.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace messina {

class Buffer {
  public:
    [[nodiscard]] const char* data() const { return data_.get(); }
    [[nodiscard]] char* data() { return data_.get(); }
    [[nodiscard]] size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }
    [[nodiscard]] std::string_view view(size_t begin, size_t end) const {
        return {data_.get() + begin, end - begin};
    }

    void clear() { size_ = 0; }
    /// Cuts back to `size` bytes: an encoder takes back what it wrote of a record that failed.
    void truncate(size_t size) { size_ = std::min(size_, size); }

    /// Room for at least `bytes` more; write to end_pointer(), then advance().
    void reserve_more(size_t bytes) {
        if (capacity_ - size_ < bytes) [[unlikely]]
            grow(bytes);
    }
    char* end_pointer() { return data_.get() + size_; }
    void advance(size_t bytes) { size_ += bytes; }

    void append(std::string_view bytes) {
        reserve_more(bytes.size());
        if (!bytes.empty()) std::memcpy(end_pointer(), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void push_back(char byte) {
        reserve_more(1);
        data_[size_++] = byte;
    }

  private:
    void grow(size_t bytes) {
        const size_t wanted = std::max(capacity_ * 2, std::max<size_t>(size_ + bytes, 256));
        std::unique_ptr<char[]> larger(new char[wanted]);
        if (size_ != 0) std::memcpy(larger.get(), data_.get(), size_);
        data_ = std::move(larger);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> data_;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace messina
