// Tree to nodes: slots for field paths, constants folded, common shapes given nodes of their own.
#pragma once

#include <set>

#include "cel/ast.h"
#include "cel/cel.h"
#include "cel/node.h"

namespace messina::cel {

struct Plan {
    NodePtr root;
    std::set<SlotIndex> reads;
};

/// Names are resolved (names.h). What the nodes need for ever goes into `arena`.
Result<Plan> plan(const Ast& ast, const Source& source, const SlotResolver& resolver, Arena& arena);

}  // namespace messina::cel
