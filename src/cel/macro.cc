#include "cel/macro.h"

#include <array>

#include <fmt/core.h>

namespace messina::cel {
namespace {

/// How a comprehension is written: range.name(variables…, [filter,] value).
struct ComprehensionForm {
    std::string_view name;
    Macro macro;
    size_t variables;
    size_t expressions;  // after the variables
};

constexpr std::array kForms = {
    ComprehensionForm{"all", Macro::All, 1, 1},
    ComprehensionForm{"all", Macro::All, 2, 1},
    ComprehensionForm{"exists", Macro::Exists, 1, 1},
    ComprehensionForm{"exists", Macro::Exists, 2, 1},
    ComprehensionForm{"exists_one", Macro::ExistsOne, 1, 1},
    ComprehensionForm{"exists_one", Macro::ExistsOne, 2, 1},
    ComprehensionForm{"existsOne", Macro::ExistsOne, 1, 1},
    ComprehensionForm{"existsOne", Macro::ExistsOne, 2, 1},
    ComprehensionForm{"filter", Macro::Filter, 1, 1},
    ComprehensionForm{"map", Macro::Map, 1, 1},
    ComprehensionForm{"map", Macro::Map, 1, 2},
    ComprehensionForm{"transformList", Macro::TransformList, 2, 1},
    ComprehensionForm{"transformList", Macro::TransformList, 2, 2},
    ComprehensionForm{"transformMap", Macro::TransformMap, 2, 1},
    ComprehensionForm{"transformMap", Macro::TransformMap, 2, 2},
    ComprehensionForm{"transformMapEntry", Macro::TransformMapEntry, 2, 1},
    ComprehensionForm{"transformMapEntry", Macro::TransformMapEntry, 2, 2},
    ComprehensionForm{"sortBy", Macro::SortBy, 1, 1},
    ComprehensionForm{"optMap", Macro::OptMap, 1, 1},
    ComprehensionForm{"optFlatMap", Macro::OptFlatMap, 1, 1},
};

constexpr std::array kReference = {
    MacroReference{"has(a.b) -> bool", "True when the field is there."},
    MacroReference{"range.all(x, bool) -> bool", "True when it holds for every item or key."},
    MacroReference{"range.exists(x, bool) -> bool", "True when it holds for an item or key."},
    MacroReference{"range.exists_one(x, bool) -> bool",
                   "True when it holds for exactly one item or key; also existsOne."},
    MacroReference{"range.filter(x, bool) -> list", "The items or keys for which it holds."},
    MacroReference{"range.map(x, value) -> list", "The value for each item or key."},
    MacroReference{"range.map(x, bool, value) -> list",
                   "The value for each item or key for which the condition holds."},
    MacroReference{"range.all(i, x, bool) -> bool",
                   "The same with index and item, or key and value; also exists and exists_one."},
    MacroReference{"range.transformList(i, x, [bool,] value) -> list",
                   "The value for each index and item, or key and value."},
    MacroReference{"range.transformMap(i, x, [bool,] value) -> map",
                   "The value for each, under its index or key."},
    MacroReference{"range.transformMapEntry(i, x, [bool,] map) -> map",
                   "All entries of the maps made for each, in one map."},
    MacroReference{"list.sortBy(x, key) -> list", "In ascending order of the key of each item."},
    MacroReference{"optional.optMap(x, value) -> optional",
                   "The value made from what the optional holds; empty stays empty."},
    MacroReference{"optional.optFlatMap(x, optional) -> optional",
                   "The optional made from what the optional holds; empty stays empty."},
    MacroReference{"cel.bind(x, value, result) -> result", "The result with a name for a value."},
    MacroReference{"cel.block([values], result) -> result",
                   "The result with values that it names by cel.index(number)."},
};

class Expander {
  public:
    Expander(Expr* call, Ast& ast, const Source& source)
        : call_(call), ast_(ast), source_(source) {}

    Result<Expr*> run() {
        if (call_->target == nullptr)
            return call_->name == "has" && call_->args.size() == 1 ? has() : call_;
        if (is_cel_namespace()) return cel_macro();
        for (const ComprehensionForm& form : kForms)
            if (form.name == call_->name && form.variables + form.expressions == call_->args.size())
                return comprehension(form);
        return call_;
    }

  private:
    [[nodiscard]] std::unexpected<Error> fail(const Expr& at, std::string_view message,
                                              std::string hint = {}) const {
        return source_.fail(at.at, "cel.syntax", message, std::move(hint));
    }

    [[nodiscard]] bool is_cel_namespace() const {
        return call_->target->kind == ExprKind::Identifier && call_->target->name == "cel";
    }

    Result<Expr*> has() {
        Expr* field = call_->args[0];
        if (field->kind != ExprKind::Select || field->is_test)
            return fail(*field, "has() takes a field, as in has(a.b)");
        field->is_test = true;
        return field;
    }

    Result<Expr*> comprehension(const ComprehensionForm& form) {
        Expr* expr = ast_.make(ExprKind::Comprehension, call_->at);
        expr->macro = form.macro;
        expr->target = call_->target;
        for (size_t i = 0; i < form.variables; ++i) {
            MESSINA_TRY(expr->variables[i], variable(*call_->args[i]));
        }
        if (expr->variables[0] == expr->variables[1])
            return fail(*call_->args[1], "both variables have the same name");
        Expr* last = call_->args.back();
        const bool has_filter = form.expressions == 2;
        expr->args = {has_filter ? call_->args[form.variables] : nullptr, last};
        return expr;
    }

    Result<std::string_view> variable(const Expr& argument) {
        if (argument.kind != ExprKind::Identifier || argument.is_absolute)
            return fail(argument, "expected the name of a variable");
        if (argument.name == "__result__")
            return fail(argument, "'__result__' is taken by the language itself");
        return argument.name;
    }

    Result<Expr*> cel_macro() {
        const auto& args = call_->args;
        if (call_->name == "bind" && args.size() == 3) {
            Expr* expr = ast_.make(ExprKind::Bind, call_->at);
            MESSINA_TRY(expr->variables[0], variable(*args[0]));
            expr->args = {args[1], args[2]};
            return expr;
        }
        if (call_->name == "block" && args.size() == 2) return block();
        if (call_->name == "index" && args.size() == 1) return numbered("@index");
        if ((call_->name == "iterVar" || call_->name == "accuVar") && args.size() == 2)
            return numbered(call_->name == "iterVar" ? "@it" : "@ac");
        return call_;
    }

    Result<Expr*> block() {
        Expr* values = call_->args[0];
        if (values->kind != ExprKind::List || !values->optional_items.empty())
            return fail(*values, "cel.block() takes a list of values first");
        Expr* expr = ast_.make(ExprKind::Bind, call_->at);
        expr->args = values->args;
        expr->args.push_back(call_->args[1]);
        return expr;
    }

    /// cel.index(2) is the name @index2; cel.iterVar(0, 1) is @it:0:1.
    Result<Expr*> numbered(std::string_view prefix) {
        std::string name(prefix);
        for (const Expr* arg : call_->args) {
            if (arg->kind != ExprKind::Constant || !arg->constant.is(Kind::Int) ||
                arg->constant.as_int() < 0)
                return fail(*arg, "expected a whole number");
            name += fmt::format(":{}", arg->constant.as_int());
        }
        Expr* expr = ast_.make(ExprKind::Identifier, call_->at);
        expr->name = ast_.arena().copy(name);
        return expr;
    }

    Expr* call_;
    Ast& ast_;
    const Source& source_;
};

}  // namespace

Result<Expr*> expand_macro(Expr* call, Ast& ast, const Source& source) {
    return Expander(call, ast, source).run();
}

std::span<const MacroReference> macro_reference() {
    return kReference;
}

}  // namespace messina::cel
