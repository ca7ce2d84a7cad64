// The shapes that filters are made of, each as one node: field == constant, field in [constants],
// field.startsWith(constant), list.exists(x, x == constant). They give what the general nodes
// would, faster.
#pragma once

#include <string_view>

#include "cel/comprehension_nodes.h"
#include "cel/node.h"

namespace messina::cel {

/// A faster node for the call, made of `args`; or null, then `args` are untouched.
NodePtr fused_call_node(std::string_view name, NodeList& args);
NodePtr fused_comprehension_node(ComprehensionParts& parts);

}  // namespace messina::cel
