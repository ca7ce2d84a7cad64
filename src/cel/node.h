// A compiled expression is a tree of nodes; evaluating the root evaluates the expression. The
// planner builds it once, many threads evaluate it.
#pragma once

#include <memory>
#include <vector>

#include "cel/frame.h"
#include "data/slots.h"
#include "data/value.h"

namespace messina::cel {

inline constexpr uint32_t kNoLocal = UINT32_MAX;

class ItemTest;

class Node {
  public:
    Node() = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    virtual ~Node() = default;
    /// May be a failure (frame.h).
    [[nodiscard]] virtual Value evaluate(Frame& frame) const = 0;

    // What the planner asks to find shapes that have faster nodes.
    [[nodiscard]] virtual const Value* constant() const { return nullptr; }
    [[nodiscard]] virtual SlotIndex slot() const { return kNoSlot; }
    [[nodiscard]] virtual uint32_t local() const { return kNoLocal; }
    /// The slot when this is one read as an optional (event.?user).
    [[nodiscard]] virtual SlotIndex optional_slot() const { return kNoSlot; }
    /// This as a test of the local alone (fused_nodes.h), or null.
    [[nodiscard]] virtual const ItemTest* item_test(uint32_t) const { return nullptr; }
};

using NodePtr = std::unique_ptr<const Node>;
using NodeList = std::vector<NodePtr>;

}  // namespace messina::cel
