// Nodes of the macros that go over the items of a list or the entries of a map.
#pragma once

#include "cel/ast.h"
#include "cel/node.h"

namespace messina::cel {

struct ComprehensionParts {
    Macro macro = Macro::None;
    NodePtr range;
    NodePtr filter;  // may be null
    NodePtr value;
    /// Where the variables live: the item (or key), or index and item (key and value).
    uint32_t first_local = 0;
    bool has_two_variables = false;
};

NodePtr comprehension_node(ComprehensionParts parts);

}  // namespace messina::cel
