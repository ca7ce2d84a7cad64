// Integers that cannot be mixed up: StrongId<struct OffsetTag> is not a StrongId<struct
// PartitionTag>.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace messina {

template <class Tag, class Rep = int64_t>
struct StrongId {
    Rep value{};
    constexpr auto operator<=>(const StrongId&) const = default;
};

}  // namespace messina

template <class Tag, class Rep>
struct std::hash<messina::StrongId<Tag, Rep>> {
    size_t operator()(const messina::StrongId<Tag, Rep>& id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};
