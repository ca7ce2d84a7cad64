// varint and decimal: numbers of any size between decimal text and two's complement bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace messina::cql {

/// Conversion takes time in the square of the length; what is longer is refused.
inline constexpr size_t kBigNumberDigitsMax = 10'000;
inline constexpr size_t kBigNumberBytesMax = 4'096;

/// unscaled × 10^-scale; `digits` without sign and without leading zeros ("0" for zero).
struct BigDecimal {
    bool is_negative = false;
    std::string digits;
    int32_t scale = 0;
};

/// "-12", "1.50", "1e3" (scale -3). Empty when it is no number or too long.
std::optional<BigDecimal> parse_decimal(std::string_view text);
/// The same number with scale 0, when it is integral and not too long.
std::optional<BigDecimal> to_integral(const BigDecimal& number);
/// A JSON number with the same digits and scale.
std::string to_text(const BigDecimal& number);

/// The shortest two's complement, big-endian.
void append_varint(const BigDecimal& integral, Buffer& out);
void append_varint(int64_t number, Buffer& out);
/// The number of two's complement bytes (at least one), with scale 0. Empty when too long.
std::optional<BigDecimal> varint_to_decimal(std::string_view bytes);
/// When the bytes hold an int64.
std::optional<int64_t> varint_to_int(std::string_view bytes);

}  // namespace messina::cql
