// A partition of a topic: the unit that is read in order.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace messina::kafka {

struct TopicPartition {
    std::string topic;
    int32_t partition = 0;
    auto operator<=>(const TopicPartition&) const = default;
};
/// "clicks/3"
std::string to_text(const TopicPartition& partition);

}  // namespace messina::kafka
