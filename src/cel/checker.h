// Types of expressions, as far as they are known before anything is evaluated: a call that no
// overload fits and a field that a record does not have are found here.
#pragma once

#include "base/error.h"
#include "cel/ast.h"
#include "cel/cel.h"
#include "cel/check_type.h"

namespace messina::cel {

/// The type of the whole expression. Names are resolved (names.h); the types live in `types` and
/// `environment`.
Result<const CheckType*> check_types(Ast& ast, const Source& source, const Environment& environment,
                                     TypePool& types);

}  // namespace messina::cel
