// Macros: calls that are something else. has(a.b), list.all(x, …), cel.bind(x, …, …) and the like.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "cel/ast.h"

namespace messina::cel {

/// What the call `call` (target and args parsed, macros inside them expanded) means: a new
/// expression, or the call itself when it is no macro.
Result<Expr*> expand_macro(Expr* call, Ast& ast, const Source& source);

struct MacroReference {
    std::string_view signature;
    std::string_view summary;
};
std::span<const MacroReference> macro_reference();

}  // namespace messina::cel
