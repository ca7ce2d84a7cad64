#include "cel/planner.h"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "cel/access_nodes.h"
#include "cel/comprehension_nodes.h"
#include "cel/fused_nodes.h"
#include "cel/operation_nodes.h"
#include "cel/regex.h"

namespace messina::cel {
namespace {

/// A node, and what its value depends on.
struct Planned {
    NodePtr node;
    bool is_fixed = true;  // may be folded: reads no slot and did not fail when it was tried
    /// The outermost local that it reads, or kNoLocal.
    uint32_t lowest_local = kNoLocal;
};

class Planner {
  public:
    Planner(const Source& source, const SlotResolver& resolver, Arena& arena)
        : source_(source), resolver_(resolver), arena_(arena) {}

    Result<Plan> run(const Expr& root) {
        MESSINA_TRY(Planned planned, visit(root));
        return Plan{std::move(planned.node), std::move(reads_)};
    }

  private:
    using Made = Result<Planned>;

    Made visit(const Expr& expr) {
        switch (expr.kind) {
            case ExprKind::Constant: return Planned{constant_node(expr.constant)};
            case ExprKind::Local: return Planned{local_node(expr.index), true, expr.index};
            case ExprKind::Identifier:
            case ExprKind::Struct: return unknown(expr);
            case ExprKind::Variable:
            case ExprKind::Select:
            case ExprKind::Index: return path_or_access(expr);
            case ExprKind::Call: return call(expr);
            case ExprKind::List:
            case ExprKind::Map: return collection(expr);
            case ExprKind::Comprehension: return comprehension(expr);
            case ExprKind::Bind: return bind(expr);
        }
        return unknown(expr);
    }

    // --- folding ---

    static void depend(Planned& on, const Planned& part) {
        on.is_fixed = on.is_fixed && part.is_fixed;
        on.lowest_local = std::min(on.lowest_local, part.lowest_local);
    }

    /// Replaces what depends on nothing by its value, if it has one.
    Planned fold(Planned planned) {
        const bool is_free = planned.lowest_local >= scope_;
        if (!planned.is_fixed || !is_free || planned.node->constant() != nullptr) return planned;
        std::vector<Value> locals(local_max_ + 1);
        Frame frame{nullptr, arena_, fold_steps_left_, locals.data()};
        const Value value = planned.node->evaluate(frame);
        fold_steps_left_ = frame.steps_left;
        if (is_failure(value) || frame.is_exhausted)
            planned.is_fixed = false;
        else
            planned.node = constant_node(value);
        return planned;
    }

    Made unknown(const Expr& expr) {
        const std::string message = fmt::format("nothing is known by the name '{}'", expr.name);
        return Planned{
            failure_node(arena_.make<EvalError>(EvalError{"cel.undeclared", arena_.copy(message)})),
            false, kNoLocal};
    }

    // --- slots ---

    /// The name when `expr` selects a field by a name that is known now.
    static std::optional<std::string_view> field_name(const Expr& expr) {
        if (expr.kind == ExprKind::Select) return expr.name;
        const bool is_constant_index = expr.kind == ExprKind::Index &&
                                       expr.args[0]->kind == ExprKind::Constant &&
                                       expr.args[0]->constant.is(Kind::String);
        if (!is_constant_index) return std::nullopt;
        return expr.args[0]->constant.as_text();
    }

    Made path_or_access(const Expr& expr) {
        Path path;
        bool is_optional = false;
        const Expr* at = &expr;
        while (at->kind != ExprKind::Variable) {
            const std::optional<std::string_view> name = field_name(*at);
            // has(a.b).c: what has() gives is no field to go on from.
            if (!name || (at->is_test && at != &expr)) return access(expr);
            path.emplace_back(*name);
            is_optional = is_optional || at->is_optional;
            at = at->target;
        }
        std::ranges::reverse(path);
        Result<SlotIndex> slot = resolver_(at->name, path);
        if (!slot) {
            Error error = std::move(slot).error();
            return source_.fail(at->at, error.code, error.message, std::move(error.hint));
        }
        reads_.insert(*slot);
        if (expr.is_test) return Planned{slot_test_node(*slot), false};
        if (is_optional) return Planned{optional_slot_node(*slot), false};
        return Planned{slot_node(*slot), false};
    }

    Made access(const Expr& expr) {
        MESSINA_TRY(Planned made, visit(*expr.target));
        const Access access = expr.is_optional ? Access::Optional : Access::Plain;
        if (expr.kind == ExprKind::Index) {
            MESSINA_TRY(Planned key, visit(*expr.args[0]));
            depend(made, key);
            made.node = index_node(std::move(made.node), std::move(key.node), access);
        } else if (expr.is_test) {
            made.node = test_node(std::move(made.node), expr.name);
        } else {
            made.node = select_node(std::move(made.node), expr.name, access);
        }
        return fold(std::move(made));
    }

    // --- operations ---

    Result<NodeList> nodes_of(const Expr& expr, Planned& whole) {
        NodeList nodes;
        if (expr.kind == ExprKind::Call && expr.target != nullptr) {
            MESSINA_TRY(Planned receiver, visit(*expr.target));
            depend(whole, receiver);
            nodes.push_back(std::move(receiver.node));
        }
        for (const Expr* arg : expr.args) {
            MESSINA_TRY(Planned planned, visit(*arg));
            depend(whole, planned);
            nodes.push_back(std::move(planned.node));
        }
        return nodes;
    }

    Made call(const Expr& expr) {
        Planned made;
        MESSINA_TRY(NodeList nodes, nodes_of(expr, made));
        made.node = lazy_call(expr, nodes);
        if (made.node == nullptr) {
            if (FunctionTable::get().find(expr.name).empty()) return unknown(expr);
            if (expr.name == "matches") MESSINA_TRY_VOID(check_pattern(expr, *nodes.back()));
            const CallStyle style =
                expr.target != nullptr ? CallStyle::Method : CallStyle::Function;
            const std::string_view name = arena_.copy(expr.name);
            made.node = fused_call_node(name, style, nodes);
            if (made.node == nullptr) made.node = call_node(name, style, std::move(nodes));
        }
        return fold(std::move(made));
    }

    /// The calls that do not evaluate all their arguments; null for any other.
    static NodePtr lazy_call(const Expr& expr, NodeList& nodes) {
        if (expr.name == "_&&_") return and_node(std::move(nodes));
        if (expr.name == "_||_") return or_node(std::move(nodes));
        if (expr.name == "!_") return not_node(std::move(nodes[0]));
        if (expr.name == "_?_:_")
            return conditional_node(std::move(nodes[0]), std::move(nodes[1]), std::move(nodes[2]));
        if (expr.target == nullptr || nodes.size() != 2) return nullptr;
        if (expr.name == "or") return optional_or_node(std::move(nodes[0]), std::move(nodes[1]));
        if (expr.name == "orValue")
            return optional_or_value_node(std::move(nodes[0]), std::move(nodes[1]));
        return nullptr;
    }

    /// A pattern that is written out is compiled now; a mistake in it is found now.
    Result<void> check_pattern(const Expr& expr, const Node& pattern) const {
        if (pattern.constant() == nullptr || !pattern.constant()->is(Kind::String)) return {};
        const auto compiled = compile_pattern(pattern.constant()->as_text());
        if (compiled->ok()) return {};
        return source_.fail(expr.args.back()->at, "cel.pattern",
                            fmt::format("this is no regular expression: {}", compiled->error()),
                            "the syntax is that of RE2");
    }

    Made collection(const Expr& expr) {
        Planned made;
        MESSINA_TRY(NodeList nodes, nodes_of(expr, made));
        made.node = expr.kind == ExprKind::List ? list_node(std::move(nodes), expr.optional_items)
                                                : map_node(std::move(nodes), expr.optional_items);
        return fold(std::move(made));
    }

    // --- what brings variables ---

    /// Visits with `count` more locals in scope, from number `first` on.
    Made visit_inside(const Expr& expr, uint32_t first, uint32_t count) {
        const uint32_t outer = scope_;
        scope_ = first + count;
        local_max_ = std::max(local_max_, scope_);
        Made made = visit(expr);
        scope_ = outer;
        return made;
    }

    /// Locals from `first` on are of no interest outside.
    static void close_scope(Planned& planned, uint32_t first) {
        if (planned.lowest_local >= first) planned.lowest_local = kNoLocal;
    }

    Made comprehension(const Expr& expr) {
        const uint32_t count = expr.variables[1].empty() ? 1 : 2;
        ComprehensionParts parts;
        parts.macro = expr.macro;
        parts.first_local = expr.first_local;
        parts.has_two_variables = count == 2;
        Planned made;
        MESSINA_TRY(Planned range, visit(*expr.target));
        parts.range = std::move(range.node);
        if (expr.args[0] != nullptr) {
            MESSINA_TRY(Planned filter, visit_inside(*expr.args[0], expr.first_local, count));
            depend(made, filter);
            parts.filter = std::move(filter.node);
        }
        MESSINA_TRY(Planned value, visit_inside(*expr.args[1], expr.first_local, count));
        depend(made, value);
        close_scope(made, expr.first_local);
        depend(made, range);
        if (expr.macro == Macro::Filter) {
            // What is kept is the item itself.
            parts.filter = std::move(value.node);
            value.node = local_node(expr.first_local);
        }
        parts.value = std::move(value.node);
        made.node = fused_comprehension_node(parts);
        if (made.node == nullptr) made.node = comprehension_node(std::move(parts));
        return fold(std::move(made));
    }

    /// cel.bind and cel.block: all of args but the last are values.
    Made bind(const Expr& expr) {
        Planned made;
        NodeList values;
        for (uint32_t i = 0; i + 1 < expr.args.size(); ++i) {
            MESSINA_TRY(Planned value, visit_inside(*expr.args[i], expr.first_local, i));
            depend(made, value);
            values.push_back(std::move(value.node));
        }
        const auto count = static_cast<uint32_t>(values.size());
        MESSINA_TRY(Planned result, visit_inside(*expr.args.back(), expr.first_local, count));
        depend(made, result);
        close_scope(made, expr.first_local);
        made.node = bind_node(expr.first_local, std::move(values), std::move(result.node));
        return fold(std::move(made));
    }

    const Source& source_;
    const SlotResolver& resolver_;
    Arena& arena_;
    std::set<SlotIndex> reads_;
    uint32_t scope_ = 0;
    uint32_t local_max_ = 0;
    uint64_t fold_steps_left_ = 100'000;
};

}  // namespace

Result<Plan> plan(const Ast& ast, const Source& source, const SlotResolver& resolver,
                  Arena& arena) {
    return Planner(source, resolver, arena).run(*ast.root);
}

}  // namespace messina::cel
