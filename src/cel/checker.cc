#include "cel/checker.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/nearest.h"
#include "cel/function_table.h"
#include "cel/type_name.h"
#include "cel/type_solver.h"

namespace messina::cel {
namespace {

const CheckType* dyn() {
    return simple_type(CheckKind::Dyn);
}
const CheckType* boolean() {
    return simple_type(CheckKind::Bool);
}

class Checker {
  public:
    Checker(const Source& source, const Environment& environment, TypePool& types)
        : source_(source), environment_(environment), types_(types), solver_(types) {}

    Result<const CheckType*> run(Expr& root) {
        MESSINA_TRY(const CheckType* type, visit(root));
        return solver_.resolve_finally(type);
    }

  private:
    using Checked = Result<const CheckType*>;

    [[nodiscard]] std::unexpected<Error> fail(const Expr& at, std::string_view message,
                                              std::string hint = {}) const {
        return source_.fail(at.at, "cel.type", message, std::move(hint));
    }
    std::string text_of(const CheckType* type) { return to_text(*solver_.resolve_finally(type)); }

    Checked visit(Expr& expr) {
        MESSINA_TRY(const CheckType* type, infer(expr));
        expr.type = type;
        return type;
    }

    Checked infer(Expr& expr) {
        switch (expr.kind) {
            case ExprKind::Constant: return type_of_constant(expr.constant);
            case ExprKind::Variable: return types_.from(**environment_.find(expr.name));
            case ExprKind::Local: return locals_[expr.index];
            case ExprKind::Select: return select(expr);
            case ExprKind::Index: return index(expr);
            case ExprKind::Call: return call(expr);
            case ExprKind::List: return list(expr);
            case ExprKind::Map: return map(expr);
            case ExprKind::Comprehension: return comprehension(expr);
            case ExprKind::Bind: return bind(expr);
            case ExprKind::Identifier:
            case ExprKind::Struct: break;
        }
        return dyn();
    }

    const CheckType* type_of_constant(const Value& value) {
        switch (value.kind()) {
            case Kind::Null: return simple_type(CheckKind::Null);
            case Kind::Bool: return boolean();
            case Kind::Int: return simple_type(CheckKind::Int);
            case Kind::Uint: return simple_type(CheckKind::Uint);
            case Kind::Double: return simple_type(CheckKind::Double);
            case Kind::String: return simple_type(CheckKind::String);
            case Kind::Bytes: return simple_type(CheckKind::Bytes);
            case Kind::Type: return types_.type_of(type_named(value.as_text()));
            default: return dyn();
        }
    }

    const CheckType* type_named(std::string_view name) {
        static constexpr std::array scalars = {std::pair{Kind::Null, CheckKind::Null},
                                               std::pair{Kind::Bool, CheckKind::Bool},
                                               std::pair{Kind::Int, CheckKind::Int},
                                               std::pair{Kind::Uint, CheckKind::Uint},
                                               std::pair{Kind::Double, CheckKind::Double},
                                               std::pair{Kind::String, CheckKind::String},
                                               std::pair{Kind::Bytes, CheckKind::Bytes},
                                               std::pair{Kind::Timestamp, CheckKind::Timestamp},
                                               std::pair{Kind::Duration, CheckKind::Duration}};
        for (const auto& [kind, type] : scalars)
            if (type_name(kind) == name) return simple_type(type);
        if (name == "list") return types_.list(dyn());
        if (name == "map") return types_.map(dyn(), dyn());
        if (name == "optional_type") return types_.optional(dyn());
        return types_.type_of(dyn());
    }

    // --- fields and items ---

    Checked select(Expr& expr) {
        MESSINA_TRY(const CheckType* operand, visit(*expr.target));
        operand = solver_.outermost(operand);
        const bool is_chained = operand->kind == CheckKind::Optional;
        if (is_chained) operand = solver_.outermost(operand->first);
        MESSINA_TRY(const CheckType* field, field_type(expr, operand, expr.name));
        if (expr.is_test) return boolean();
        return expr.is_optional || is_chained ? types_.optional(field) : field;
    }

    Checked field_type(const Expr& at, const CheckType* operand, std::string_view name) {
        switch (operand->kind) {
            case CheckKind::Dyn: return dyn();
            case CheckKind::Param: solver_.is_assignable(dyn(), operand); return dyn();
            case CheckKind::Map: return operand->second;
            case CheckKind::Record: {
                const messina::Type* field = operand->record->field(name);
                if (field == nullptr) return unknown_field(at, *operand->record, name);
                return types_.from(*field);
            }
            default:
                return fail(at, fmt::format("a value of type {} has no fields", text_of(operand)));
        }
    }

    std::unexpected<Error> unknown_field(const Expr& at, const messina::Type& record,
                                         std::string_view name) const {
        std::vector<std::string_view> names;
        for (const messina::Type::Field& field : record.fields) names.push_back(field.name);
        std::string hint = did_you_mean(name, names);
        if (hint.empty() && !names.empty())
            hint = fmt::format("fields: {}", fmt::join(names, ", "));
        return source_.fail(at.at, "cel.unknown_field", fmt::format("there is no field '{}'", name),
                            std::move(hint));
    }

    Checked index(Expr& expr) {
        MESSINA_TRY(const CheckType* operand, visit(*expr.target));
        MESSINA_TRY(const CheckType* key, visit(*expr.args[0]));
        operand = solver_.outermost(operand);
        const bool is_chained = operand->kind == CheckKind::Optional;
        if (is_chained) operand = solver_.outermost(operand->first);
        MESSINA_TRY(const CheckType* item, item_type(expr, operand, key));
        return expr.is_optional || is_chained ? types_.optional(item) : item;
    }

    Checked item_type(Expr& expr, const CheckType* operand, const CheckType* key) {
        const auto mismatch = [&] {
            return fail(expr, fmt::format("a value of type {} has no items under a key of type {}",
                                          text_of(operand), text_of(key)));
        };
        switch (operand->kind) {
            case CheckKind::Dyn: return dyn();
            case CheckKind::Param: solver_.is_assignable(dyn(), operand); return dyn();
            case CheckKind::List:
                if (!solver_.is_assignable(key, simple_type(CheckKind::Int))) return mismatch();
                return operand->first;
            case CheckKind::Map:
                if (!solver_.is_assignable(key, operand->first)) return mismatch();
                return operand->second;
            case CheckKind::Record: {
                const Expr& name = *expr.args[0];
                if (name.kind != ExprKind::Constant || !name.constant.is(Kind::String))
                    return solver_.is_assignable(key, simple_type(CheckKind::String))
                               ? Checked(dyn())
                               : mismatch();
                return field_type(expr, operand, name.constant.as_text());
            }
            default: return mismatch();
        }
    }

    // --- calls ---

    Checked call(Expr& expr) {
        std::vector<const CheckType*> args;
        if (expr.target != nullptr) {
            MESSINA_TRY(const CheckType* receiver, visit(*expr.target));
            args.push_back(receiver);
        }
        for (Expr* arg : expr.args) {
            MESSINA_TRY(const CheckType* type, visit(*arg));
            args.push_back(type);
        }
        const CheckType* result = nullptr;
        for (const Overload& overload : FunctionTable::get().find(expr.name)) {
            if (overload.is_member != (expr.target != nullptr)) continue;
            const CheckType* found = try_overload(overload, args);
            if (found == nullptr) continue;
            result = result == nullptr || is_same_text(result, found) ? found : dyn();
            if (result == dyn()) break;
        }
        if (result == nullptr) return no_overload(expr, args);
        return result;
    }

    bool is_same_text(const CheckType* a, const CheckType* b) {
        return to_text(*solver_.resolve(a)) == to_text(*solver_.resolve(b));
    }

    /// The type of the result when the overload takes the arguments, else null.
    const CheckType* try_overload(const Overload& overload,
                                  std::span<const CheckType* const> args) {
        if (!overload.takes_count(args.size())) return nullptr;
        std::vector<const CheckType*> renamed;
        std::vector<const CheckType*> params;
        for (size_t i = 0; i < args.size(); ++i) {
            const CheckType* param = overload.params[std::min(i, overload.params.size() - 1)];
            params.push_back(solver_.instantiate(param, renamed));
        }
        const CheckType* result = solver_.instantiate(overload.result, renamed);
        if (!solver_.are_assignable(args, params)) return nullptr;
        return solver_.resolve(result);
    }

    std::unexpected<Error> no_overload(const Expr& expr, std::span<const CheckType* const> args) {
        std::vector<std::string> types;
        for (const CheckType* arg : args) types.push_back(text_of(arg));
        return fail(expr,
                    fmt::format("'{}' does not take ({})", readable_name(expr.name),
                                fmt::join(types, ", ")),
                    hint_for(expr, args));
    }

    std::string hint_for(const Expr& expr, std::span<const CheckType* const> args) {
        if (expr.name == "_&&_" || expr.name == "_||_") return {};
        if (is_operator_name(expr.name)) return operator_hint(args);
        std::vector<std::string_view> signatures;
        for (const Overload& overload : FunctionTable::get().find(expr.name))
            signatures.push_back(overload.signature);
        return fmt::format("it is {}", fmt::join(signatures, ", "));
    }

    std::string operator_hint(std::span<const CheckType* const> args) {
        if (args.size() != 2) return {};
        const auto is_numeric = [&](const CheckType* type) {
            const CheckKind kind = solver_.outermost(type)->kind;
            return kind == CheckKind::Int || kind == CheckKind::Uint || kind == CheckKind::Double;
        };
        if (is_numeric(args[0]) && is_numeric(args[1]))
            return "numbers of one type only: 10.0 is a double, 10 an int, 10u a uint; double(x), "
                   "int(x) and uint(x) convert";
        for (size_t i = 0; i < 2; ++i)
            if (solver_.outermost(args[i])->kind == CheckKind::String)
                return "string(x) makes a text of the other value";
        return {};
    }

    // --- lists and maps ---

    Checked list(Expr& expr) {
        const CheckType* element = nullptr;
        for (size_t i = 0; i < expr.args.size(); ++i) {
            MESSINA_TRY(const CheckType* type, item(*expr.args[i], expr.is_item_optional(i)));
            element = solver_.join(element, type);
        }
        return types_.list(element == nullptr ? solver_.unknown() : element);
    }

    /// The type of an element; of what it holds when it is written with `?`.
    Checked item(Expr& expr, bool is_optional) {
        MESSINA_TRY(const CheckType* type, visit(expr));
        if (!is_optional) return type;
        type = solver_.outermost(type);
        if (type->kind == CheckKind::Optional) return type->first;
        if (type->kind == CheckKind::Dyn) return dyn();
        return fail(
            expr, fmt::format("an item written with ? must be an optional, not {}", text_of(type)));
    }

    Checked map(Expr& expr) {
        const CheckType* key = nullptr;
        const CheckType* value = nullptr;
        for (size_t i = 0; i + 1 < expr.args.size(); i += 2) {
            MESSINA_TRY(const CheckType* key_type, visit(*expr.args[i]));
            MESSINA_TRY(const CheckType* value_type,
                        item(*expr.args[i + 1], expr.is_item_optional(i / 2)));
            key = solver_.join(key, key_type);
            value = solver_.join(value, value_type);
        }
        if (key == nullptr) {
            key = solver_.unknown();
            value = solver_.unknown();
        }
        return types_.map(key, value);
    }

    // --- what brings variables ---

    struct Turn {
        const CheckType* first;
        const CheckType* second;
    };

    Checked comprehension(Expr& expr) {
        MESSINA_TRY(const CheckType* range, visit(*expr.target));
        range = solver_.outermost(range);
        MESSINA_TRY(const Turn turn, turn_of(expr, range));
        locals_.resize(expr.first_local);
        locals_.push_back(turn.first);
        if (!expr.variables[1].empty()) locals_.push_back(turn.second);
        if (expr.args[0] != nullptr) MESSINA_TRY_VOID(condition(*expr.args[0]));
        Checked result = result_of(expr, turn, range);
        locals_.resize(expr.first_local);
        return result;
    }

    /// What the variables of a turn are.
    Result<Turn> turn_of(const Expr& expr, const CheckType* range) {
        const bool has_two = !expr.variables[1].empty();
        if (range->kind == CheckKind::Param) solver_.is_assignable(dyn(), range);
        if (range->kind == CheckKind::Dyn || range->kind == CheckKind::Param)
            return Turn{dyn(), dyn()};
        if (expr.macro == Macro::OptMap || expr.macro == Macro::OptFlatMap) {
            if (range->kind == CheckKind::Optional) return Turn{range->first, nullptr};
            return fail(expr, fmt::format("expected an optional, found {}", text_of(range)));
        }
        if (range->kind == CheckKind::List && has_two)
            return Turn{simple_type(CheckKind::Int), range->first};
        if (range->kind == CheckKind::List) return Turn{range->first, nullptr};
        if (range->kind == CheckKind::Map && expr.macro != Macro::SortBy)
            return Turn{range->first, range->second};
        return fail(expr, fmt::format("cannot go over the items of {}", text_of(range)));
    }

    Result<void> condition(Expr& expr) {
        MESSINA_TRY(const CheckType* type, visit(expr));
        if (solver_.is_assignable(type, boolean())) return {};
        return fail(expr, fmt::format("expected a bool, found {}", text_of(type)));
    }

    Checked result_of(Expr& expr, const Turn& turn, const CheckType* range) {
        switch (expr.macro) {
            case Macro::All:
            case Macro::Exists:
            case Macro::ExistsOne: MESSINA_TRY_VOID(condition(*expr.args[1])); return boolean();
            case Macro::Filter:
                MESSINA_TRY_VOID(condition(*expr.args[1]));
                return types_.list(turn.first);
            default: break;
        }
        MESSINA_TRY(const CheckType* value, visit(*expr.args[1]));
        switch (expr.macro) {
            case Macro::SortBy: return types_.list(turn.first);
            case Macro::OptMap: return types_.optional(value);
            case Macro::OptFlatMap: return held_optional(*expr.args[1], value);
            case Macro::TransformMap:
                return types_.map(range->kind == CheckKind::Param ? dyn() : turn.first, value);
            case Macro::TransformMapEntry: return made_map(*expr.args[1], value);
            default: return types_.list(value);
        }
    }

    Checked held_optional(const Expr& at, const CheckType* value) {
        const CheckType* expected = types_.optional(solver_.unknown());
        if (solver_.is_assignable(value, expected)) return solver_.resolve(expected);
        return fail(at, fmt::format("expected an optional, found {}", text_of(value)));
    }
    Checked made_map(const Expr& at, const CheckType* value) {
        const CheckType* expected = types_.map(solver_.unknown(), solver_.unknown());
        if (solver_.is_assignable(value, expected)) return solver_.resolve(expected);
        return fail(at, fmt::format("expected a map, found {}", text_of(value)));
    }

    Checked bind(Expr& expr) {
        locals_.resize(expr.first_local);
        for (size_t i = 0; i + 1 < expr.args.size(); ++i) {
            MESSINA_TRY(const CheckType* value, visit(*expr.args[i]));
            locals_.push_back(value);
        }
        Checked result = visit(*expr.args.back());
        locals_.resize(expr.first_local);
        return result;
    }

    const Source& source_;
    const Environment& environment_;
    TypePool& types_;
    TypeSolver solver_;
    std::vector<const CheckType*> locals_;
};

}  // namespace

Result<const CheckType*> check_types(Ast& ast, const Source& source, const Environment& environment,
                                     TypePool& types) {
    return Checker(source, environment, types).run(*ast.root);
}

}  // namespace messina::cel
