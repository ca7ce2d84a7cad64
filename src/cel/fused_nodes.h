// The shapes that filters are made of, each as one node: value == constant, value in [constants],
// value.startsWith(constant), field.exists(x, x == constant). They give what the general nodes
// would, faster: no dispatch on overloads, no copies of constants, no locals.
#pragma once

#include <string_view>

#include "cel/comprehension_nodes.h"
#include "cel/node.h"
#include "cel/operation_nodes.h"

namespace messina::cel {

/// A faster node for the call, made of `args`; or null, then `args` are untouched. `name` lives as
/// long as the program.
NodePtr fused_call_node(std::string_view name, CallStyle style, NodeList& args);
/// The same for a comprehension.
NodePtr fused_comprehension_node(ComprehensionParts& parts);

/// A test that knows how to go over a list by itself.
class ItemTest {
  public:
    virtual ~ItemTest() = default;
    /// What exists() gives for the items.
    [[nodiscard]] virtual Value any_of(Frame& frame, std::span<const Value> items) const = 0;
};

}  // namespace messina::cel
