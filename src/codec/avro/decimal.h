// Decimal numbers: the two's complement of a whole number, and the place of its point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "data/value.h"

namespace messina::codec::avro {

/// The longest number taken, in bytes: printing costs the square of it. A schema that asks for more
/// digits than that holds is read as if it had no such annotation.
inline constexpr size_t kDecimalBytesMax = 1024;
inline constexpr int64_t kDecimalDigitsMax = 2'465;

/// Int when `scale` is 0 and it fits, else Decimal in plain notation with `scale` digits after the
/// point. `bytes` is big-endian two's complement of at most kDecimalBytesMax bytes.
Value decimal_value(std::string_view bytes, uint32_t scale, Arena& arena);

/// The shortest big-endian two's complement of `number` × 10^scale. False when the text is no
/// number, has digits past the scale, or more than `precision` digits.
bool decimal_bytes(std::string_view number, uint32_t precision, uint32_t scale, std::string& bytes);

}  // namespace messina::codec::avro
