#include "debug_text.h"

#include <fmt/core.h>

#include "cel/frame.h"
#include "cel/function_table.h"
#include "cel/number_text.h"

namespace messina::cel {
namespace {

/// Builds the fold that a macro stands for: start with `init`, while `condition` go on with `step`,
/// end in `result`.
class FoldBuilder {
  public:
    explicit FoldBuilder(Ast& ast) : ast_(ast) {}

    Expr* constant(Value value) {
        Expr* expr = ast_.make(ExprKind::Constant, 0);
        expr->constant = value;
        return expr;
    }
    Expr* name(std::string_view text) {
        Expr* expr = ast_.make(ExprKind::Identifier, 0);
        expr->name = text;
        return expr;
    }
    Expr* result() { return name("@result"); }
    Expr* call(std::string_view function, std::vector<Expr*> args) {
        Expr* expr = ast_.make(ExprKind::Call, 0);
        expr->name = function;
        expr->args = std::move(args);
        return expr;
    }
    Expr* list(std::vector<Expr*> items) {
        Expr* expr = ast_.make(ExprKind::List, 0);
        expr->args = std::move(items);
        return expr;
    }

  private:
    Ast& ast_;
};

struct Fold {
    Expr* init;
    Expr* condition;
    Expr* step;
    Expr* result;
};

class Writer {
  public:
    Writer() : ast_(arena_), build_(ast_) {}

    std::string run(const Expr& expr) {
        write(expr);
        return std::move(out_);
    }

  private:
    void line() { out_ += fmt::format("\n{:{}}", "", indent_ * 2); }
    template <class Each>
    void block(size_t count, Each each) {
        if (count == 0) return;
        ++indent_;
        for (size_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            line();
            each(i);
        }
        --indent_;
        line();
    }
    void adorn(std::string_view kind) { out_ += fmt::format("^#*expr.{}#", kind); }

    void write(const Expr& expr) {
        switch (expr.kind) {
            case ExprKind::Constant: return constant(expr.constant);
            case ExprKind::Identifier:
                out_ += fmt::format("{}{}", expr.is_absolute ? "." : "", expr.name);
                return adorn("Expr_IdentExpr");
            case ExprKind::Select:
                write(*expr.target);
                out_ += fmt::format(".{}{}", expr.name, expr.is_test ? "~test-only~" : "");
                return adorn("Expr_SelectExpr");
            case ExprKind::Index: return write(*build_.call("_[_]", {expr.target, expr.args[0]}));
            case ExprKind::Call: return call(expr);
            case ExprKind::List: return list(expr);
            case ExprKind::Map:
            case ExprKind::Struct: return structure(expr);
            case ExprKind::Comprehension: return comprehension(expr);
            default: out_ += "(not printed)";
        }
    }

    void constant(const Value& value) {
        switch (value.kind()) {
            case Kind::Null: out_ += "null"; return adorn("Constant_NullValue");
            case Kind::Bool:
                out_ += value.as_bool() ? "true" : "false";
                return adorn("Constant_BoolValue");
            case Kind::Int:
                out_ += std::to_string(value.as_int());
                return adorn("Constant_Int64Value");
            case Kind::Uint:
                out_ += std::to_string(value.as_uint()) + "u";
                return adorn("Constant_Uint64Value");
            case Kind::Double:
                out_ += double_text(value.as_double());
                return adorn("Constant_DoubleValue");
            case Kind::String: out_ += quoted(value); return adorn("Constant_StringValue");
            default: out_ += "b" + quoted(value); return adorn("Constant_BytesValue");
        }
    }

    std::string quoted(const Value& value) {
        Frame frame{nullptr, arena_, 1'000'000};
        const Value text = Value::string(value.as_text());
        const Overload& quote = FunctionTable::get().find("strings.quote")[0];
        return std::string(quote.run(frame, std::span(&text, 1)).as_text());
    }

    void call(const Expr& expr) {
        if (expr.name == "_&&_" || expr.name == "_||_") return logic(expr, 0, expr.args.size());
        if (expr.target != nullptr) {
            write(*expr.target);
            out_ += '.';
        }
        out_ += fmt::format("{}{}(", expr.is_absolute ? "." : "", expr.name);
        block(expr.args.size(), [&](size_t i) { write(*expr.args[i]); });
        out_ += ')';
        adorn("Expr_CallExpr");
    }

    /// a && b && c is one call here; the reference makes a balanced tree of it.
    void logic(const Expr& expr, size_t begin, size_t end) {
        if (end - begin == 1) return write(*expr.args[begin]);
        const size_t operators = end - begin - 1;
        const size_t middle = begin + operators / 2 + 1;
        out_ += std::string(expr.name) + "(";
        block(2, [&](size_t i) { i == 0 ? logic(expr, begin, middle) : logic(expr, middle, end); });
        out_ += ')';
        adorn("Expr_CallExpr");
    }

    void list(const Expr& expr) {
        out_ += '[';
        block(expr.args.size(), [&](size_t i) { write(*expr.args[i]); });
        out_ += ']';
        adorn("Expr_ListExpr");
    }

    void structure(const Expr& expr) {
        const bool is_message = expr.kind == ExprKind::Struct;
        if (is_message) out_ += expr.name;
        out_ += '{';
        block(expr.args.size() / 2, [&](size_t i) {
            if (expr.is_item_optional(i)) out_ += '?';
            if (is_message)
                out_ += expr.args[2 * i]->constant.as_text();
            else
                write(*expr.args[2 * i]);
            out_ += ':';
            write(*expr.args[2 * i + 1]);
            adorn("Expr_CreateStruct_Entry");
        });
        out_ += '}';
        adorn("Expr_StructExpr");
    }

    Fold fold_of(const Expr& expr) {
        Expr* value = expr.args[1];
        Expr* yes = build_.constant(Value::boolean(true));
        const auto collect = [&](Expr* filter, Expr* item) {
            Expr* step = build_.call("_+_", {build_.result(), build_.list({item})});
            if (filter != nullptr) step = build_.call("_?_:_", {filter, step, build_.result()});
            return Fold{build_.list({}), yes, step, build_.result()};
        };
        switch (expr.macro) {
            case Macro::All:
                return {yes, build_.call("@not_strictly_false", {build_.result()}),
                        build_.call("_&&_", {build_.result(), value}), build_.result()};
            case Macro::Exists:
                return {build_.constant(Value::boolean(false)),
                        build_.call("@not_strictly_false", {build_.call("!_", {build_.result()})}),
                        build_.call("_||_", {build_.result(), value}), build_.result()};
            case Macro::ExistsOne: {
                Expr* one = build_.constant(Value::integer(1));
                Expr* counted = build_.call("_+_", {build_.result(), one});
                return {build_.constant(Value::integer(0)), yes,
                        build_.call("_?_:_", {value, counted, build_.result()}),
                        build_.call("_==_", {build_.result(), one})};
            }
            case Macro::Filter: return collect(value, build_.name(expr.variables[0]));
            default: return collect(expr.args[0], value);
        }
    }

    void comprehension(const Expr& expr) {
        const Fold fold = fold_of(expr);
        out_ += "__comprehension__(";
        ++indent_;
        part("Variable", [&] { out_ += expr.variables[0]; });
        part("Target", [&] { write(*expr.target); });
        part("Accumulator", [&] { out_ += "@result"; });
        part("Init", [&] { write(*fold.init); });
        part("LoopCondition", [&] { write(*fold.condition); });
        part("LoopStep", [&] { write(*fold.step); });
        part("Result", [&] { write(*fold.result); });
        out_.pop_back();
        out_ += ')';
        --indent_;
        adorn("Expr_ComprehensionExpr");
    }
    template <class Write>
    void part(std::string_view title, Write write_part) {
        line();
        out_ += fmt::format("// {}", title);
        line();
        write_part();
        out_ += ',';
    }

    Arena arena_;
    Ast ast_;
    FoldBuilder build_;
    std::string out_;
    size_t indent_ = 0;
};

}  // namespace

std::string debug_text(const Expr& expr) {
    return Writer().run(expr);
}

}  // namespace messina::cel
