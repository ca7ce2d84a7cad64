// Where a record stands in its lane, so that reading can go on after it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace messina {

/// Ordered within one lane only. What the two numbers mean is the source's own business: a Kafka
/// offset and 0; a byte offset of a file and 0; the byte offset of an Avro block and the number of
/// the record in it.
struct Position {
    int64_t major = 0;
    int64_t minor = 0;
    constexpr auto operator<=>(const Position&) const = default;
};

inline std::string to_text(const Position& position) {
    std::string text = std::to_string(position.major);
    if (position.minor != 0) text += "+" + std::to_string(position.minor);
    return text;
}

}  // namespace messina
