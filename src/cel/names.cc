#include "cel/names.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/core.h>

#include "base/nearest.h"
#include "cel/function_table.h"
#include "cel/type_name.h"

namespace messina::cel {
namespace {

class NameResolver {
  public:
    NameResolver(Ast& ast, const Source& source, const Environment& environment,
                 const CompileOptions& options)
        : ast_(ast), source_(source), environment_(environment), options_(options) {}

    Result<uint32_t> run() {
        MESSINA_TRY_VOID(visit(*ast_.root));
        return local_count_;
    }

  private:
    Result<void> visit(Expr& expr) {
        switch (expr.kind) {
            case ExprKind::Identifier: return identifier(expr);
            case ExprKind::Select: return select(expr);
            case ExprKind::Call: return call(expr);
            case ExprKind::Comprehension: return comprehension(expr);
            case ExprKind::Bind: return bind(expr);
            case ExprKind::Struct: return structure(expr);
            default: return children(expr);
        }
    }

    Result<void> children(Expr& expr) {
        if (expr.target != nullptr) MESSINA_TRY_VOID(visit(*expr.target));
        for (Expr* arg : expr.args)
            if (arg != nullptr) MESSINA_TRY_VOID(visit(*arg));
        return {};
    }

    // --- locals ---
    [[nodiscard]] const Expr& root_of(const Expr& expr) const {
        const Expr* at = &expr;
        while (at->kind == ExprKind::Select) at = at->target;
        return *at;
    }
    [[nodiscard]] bool is_local(const Expr& root) const {
        return root.kind == ExprKind::Local ||
               (root.kind == ExprKind::Identifier && !root.is_absolute &&
                std::ranges::find(locals_, root.name) != locals_.end());
    }
    void push_local(std::string_view name) {
        locals_.push_back(name);
        local_count_ = std::max(local_count_, static_cast<uint32_t>(locals_.size()));
    }

    Result<void> comprehension(Expr& expr) {
        MESSINA_TRY_VOID(visit(*expr.target));
        expr.first_local = static_cast<uint32_t>(locals_.size());
        for (const std::string_view name : expr.variables)
            if (!name.empty()) push_local(name);
        for (Expr* arg : expr.args)
            if (arg != nullptr) MESSINA_TRY_VOID(visit(*arg));
        locals_.resize(expr.first_local);
        return {};
    }

    Result<void> bind(Expr& expr) {
        expr.first_local = static_cast<uint32_t>(locals_.size());
        for (size_t i = 0; i + 1 < expr.args.size(); ++i) {
            MESSINA_TRY_VOID(visit(*expr.args[i]));
            push_local(expr.variables[0].empty() ? ast_.arena().copy(fmt::format("@index:{}", i))
                                                 : expr.variables[0]);
        }
        MESSINA_TRY_VOID(visit(*expr.args.back()));
        locals_.resize(expr.first_local);
        return {};
    }

    // --- variables and types ---

    /// `name` as it may be meant inside the container, innermost first: a.b.name, a.name, name.
    [[nodiscard]] std::vector<std::string> candidates(std::string_view name,
                                                      bool is_absolute) const {
        std::vector<std::string> found;
        std::string_view container = is_absolute ? std::string_view() : options_.container;
        while (!container.empty()) {
            found.push_back(fmt::format("{}.{}", container, name));
            const size_t dot = container.rfind('.');
            container =
                dot == std::string_view::npos ? std::string_view() : container.substr(0, dot);
        }
        found.emplace_back(name);
        return found;
    }

    /// Turns `expr`, a chain of names, into a variable or a type when it is one as a whole.
    bool resolve_whole(Expr& expr) {
        if (expr.is_test || is_local(root_of(expr))) return false;
        const std::string_view name = dotted_name(expr, ast_.arena());
        if (name.empty()) return false;
        for (const std::string& candidate : candidates(name, root_of(expr).is_absolute)) {
            if (environment_.find(candidate) != nullptr) {
                expr.kind = ExprKind::Variable;
                expr.at = root_of(expr).at;
                expr.name = ast_.arena().copy(candidate);
                expr.target = nullptr;
                return true;
            }
            if (const std::string_view type = known_type_name(candidate); !type.empty()) {
                expr.kind = ExprKind::Constant;
                expr.constant = Value::type(type);
                expr.target = nullptr;
                return true;
            }
        }
        return false;
    }

    Result<void> identifier(Expr& expr) {
        if (is_local(expr)) {
            const auto found = std::find(locals_.rbegin(), locals_.rend(), expr.name);
            expr.kind = ExprKind::Local;
            expr.index = static_cast<uint32_t>(locals_.rend() - found - 1);
            return {};
        }
        if (resolve_whole(expr) || !options_.is_checked) return {};
        std::vector<std::string_view> known = environment_.names();
        known.insert(known.end(), locals_.begin(), locals_.end());
        return source_.fail(expr.at, "cel.undeclared",
                            fmt::format("nothing is known by the name '{}'", expr.name),
                            hint_for(expr.name, known));
    }

    static std::string hint_for(std::string_view name, std::vector<std::string_view>& known) {
        std::string hint = did_you_mean(name, known);
        if (!hint.empty() || known.empty()) return hint;
        std::ranges::sort(known);
        return fmt::format("known here: {}", fmt::join(known, ", "));
    }

    Result<void> select(Expr& expr) {
        if (resolve_whole(expr)) return {};
        return visit(*expr.target);
    }

    // --- functions ---
    Result<void> call(Expr& expr) {
        for (Expr* arg : expr.args) MESSINA_TRY_VOID(visit(*arg));
        if (resolve_namespaced(expr)) return {};
        if (expr.target != nullptr) MESSINA_TRY_VOID(visit(*expr.target));
        if (!options_.is_checked || !FunctionTable::get().find(expr.name).empty()) return {};
        const std::vector<std::string_view> known = FunctionTable::get().names();
        std::string hint = did_you_mean(expr.name, known);
        if (hint.empty()) hint = "`messina doc cel` lists the functions";
        return source_.fail(expr.at, "cel.undeclared",
                            fmt::format("there is no function '{}'", expr.name), std::move(hint));
    }

    /// math.abs(x) is written like a call on a variable `math`.
    bool resolve_namespaced(Expr& expr) {
        std::string_view name = expr.name;
        bool is_absolute = expr.is_absolute;
        if (expr.target != nullptr) {
            const Expr& root = root_of(*expr.target);
            const std::string_view space = dotted_name(*expr.target, ast_.arena());
            if (space.empty() || is_local(root)) return false;
            is_absolute = root.is_absolute;
            name = ast_.arena().copy(fmt::format("{}.{}", space, name));
        }
        for (const std::string& candidate : candidates(name, is_absolute)) {
            if (!FunctionTable::get().has_global(candidate)) continue;
            expr.name = ast_.arena().copy(candidate);
            expr.target = nullptr;
            return true;
        }
        return false;
    }

    Result<void> structure(Expr& expr) {
        if (options_.is_checked)
            return source_.fail(expr.at, "cel.undeclared",
                                fmt::format("there is no message type '{}'", expr.name),
                                "a map is written {\"name\": value}");
        return children(expr);
    }

    Ast& ast_;
    const Source& source_;
    const Environment& environment_;
    const CompileOptions& options_;
    std::vector<std::string_view> locals_;
    uint32_t local_count_ = 0;
};

}  // namespace

Result<uint32_t> resolve_names(Ast& ast, const Source& source, const Environment& environment,
                               const CompileOptions& options) {
    return NameResolver(ast, source, environment, options).run();
}

}  // namespace messina::cel
