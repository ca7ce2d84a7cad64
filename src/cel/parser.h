// Text to tree: recursive descent with a bounded depth. Macros are expanded on the way (macro.h).
#pragma once

#include <memory>

#include "base/error.h"
#include "cel/ast.h"
#include "cel/source.h"

namespace messina::cel {

/// Names and constants of the tree are copied into `arena`.
Result<std::unique_ptr<Ast>> parse(const Source& source, uint32_t depth_max, Arena& arena);

}  // namespace messina::cel
