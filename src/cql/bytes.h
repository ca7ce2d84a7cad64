// Big-endian numbers and Cassandra's variable-length integers, as they stand in serialized values.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/buffer.h"

namespace messina::cql {

template <std::unsigned_integral T>
constexpr T swap_bytes(T value) {
    if constexpr (sizeof(T) == 1) return value;
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

template <std::integral T>
void store_big_endian(char* to, T value) {
    const auto swapped = swap_bytes(static_cast<std::make_unsigned_t<T>>(value));
    std::memcpy(to, &swapped, sizeof swapped);
}

template <std::integral T>
void append_big_endian(Buffer& out, T value) {
    out.reserve_more(sizeof(T));
    store_big_endian(out.end_pointer(), value);
    out.advance(sizeof(T));
}

template <std::integral T>
T load_big_endian(const char* from) {
    std::make_unsigned_t<T> value;
    std::memcpy(&value, from, sizeof value);
    return static_cast<T>(swap_bytes(value));
}

/// Walks over serialized bytes; every take is checked against the end.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] size_t left() const { return bytes_.size(); }
    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

    template <std::integral T>
    std::optional<T> take() {
        if (bytes_.size() < sizeof(T)) return std::nullopt;
        const T value = load_big_endian<T>(bytes_.data());
        bytes_.remove_prefix(sizeof(T));
        return value;
    }
    std::optional<std::string_view> take_bytes(size_t count) {
        if (bytes_.size() < count) return std::nullopt;
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    /// The number of leading one bits of the first byte says how many bytes follow it.
    std::optional<uint64_t> take_vint() {
        if (bytes_.empty()) return std::nullopt;
        const auto first = static_cast<uint8_t>(bytes_[0]);
        const auto extra = static_cast<size_t>(std::countl_one(first));
        if (bytes_.size() < 1 + extra) return std::nullopt;
        uint64_t value = extra >= 8 ? 0 : first & (0xffU >> extra);
        for (size_t i = 1; i <= extra; ++i) value = value << 8 | static_cast<uint8_t>(bytes_[i]);
        bytes_.remove_prefix(1 + extra);
        return value;
    }

  private:
    std::string_view bytes_;
};

inline void append_vint(Buffer& out, uint64_t value) {
    const auto bits = static_cast<size_t>(std::bit_width(value | 1));
    const size_t extra = bits > 56 ? 8 : (bits - 1) / 7;
    const auto marks = static_cast<uint8_t>(extra == 0 ? 0 : 0xff00U >> extra);
    const uint64_t top = extra >= 8 ? 0 : value >> (8 * extra);
    out.push_back(static_cast<char>(marks | top));
    for (size_t i = extra; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

constexpr uint64_t zigzag(int64_t value) {
    return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace messina::cql
