#include "cel/ast.h"

#include <string>

namespace messina::cel {

std::string_view dotted_name(const Expr& expr, Arena& arena) {
    std::string name;
    const Expr* at = &expr;
    for (; at->kind == ExprKind::Select; at = at->target) {
        if (at->is_test || at->is_optional) return {};
        name.insert(0, "." + std::string(at->name));
    }
    if (at->kind != ExprKind::Identifier) return {};
    name.insert(0, at->name);
    return arena.copy(name);
}

}  // namespace messina::cel
