#include "cel/ast.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace messina::cel {

std::string_view dotted_name(const Expr& expr, Arena& arena) {
    std::vector<std::string_view> names;
    const Expr* at = &expr;
    for (; at->kind == ExprKind::Select; at = at->target) {
        if (at->is_test || at->is_optional) return {};
        names.push_back(at->name);
    }
    if (at->kind != ExprKind::Identifier) return {};
    names.push_back(at->name);
    std::ranges::reverse(names);
    return arena.copy(fmt::format("{}", fmt::join(names, ".")));
}

}  // namespace messina::cel
