// A parsed expression as the reference implementation prints it, macros expanded into folds.
#pragma once

#include <string>

#include "cel/ast.h"

namespace messina::cel {

std::string debug_text(const Expr& expr);

}  // namespace messina::cel
