// Decides what the names of a tree mean: a declared variable, a variable of a comprehension, a
// type, a function in a namespace.
#pragma once

#include "base/error.h"
#include "cel/ast.h"
#include "cel/cel.h"

namespace messina::cel {

/// Rewrites the names in place and returns how many locals an evaluation needs. Without checking
/// (CompileOptions::is_checked) what is not known stays an Identifier.
Result<uint32_t> resolve_names(Ast& ast, const Source& source, const Environment& environment,
                               const CompileOptions& options);

}  // namespace messina::cel
