#include "cel/parser.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "cel/literal.h"
#include "cel/macro.h"
#include "cel/token.h"

namespace messina::cel {
namespace {

struct BinaryOperator {
    TokenKind token;
    int precedence;
    std::string_view function;
};

constexpr int kLowestPrecedence = 1;
constexpr std::array kBinaryOperators = {
    BinaryOperator{TokenKind::Or, 1, "_||_"},
    BinaryOperator{TokenKind::And, 2, "_&&_"},
    BinaryOperator{TokenKind::Equal, 3, "_==_"},
    BinaryOperator{TokenKind::NotEqual, 3, "_!=_"},
    BinaryOperator{TokenKind::Less, 3, "_<_"},
    BinaryOperator{TokenKind::LessEqual, 3, "_<=_"},
    BinaryOperator{TokenKind::Greater, 3, "_>_"},
    BinaryOperator{TokenKind::GreaterEqual, 3, "_>=_"},
    BinaryOperator{TokenKind::In, 3, "@in"},
    BinaryOperator{TokenKind::Plus, 4, "_+_"},
    BinaryOperator{TokenKind::Minus, 4, "_-_"},
    BinaryOperator{TokenKind::Star, 5, "_*_"},
    BinaryOperator{TokenKind::Slash, 5, "_/_"},
    BinaryOperator{TokenKind::Percent, 5, "_%_"},
};

const BinaryOperator* binary_operator(TokenKind token) {
    const auto found = std::ranges::find(kBinaryOperators, token, &BinaryOperator::token);
    return found == kBinaryOperators.end() ? nullptr : &*found;
}

class Parser {
  public:
    Parser(const Source& source, uint32_t depth_max, Ast& ast, std::vector<Token> tokens)
        : source_(source), depth_max_(depth_max), ast_(ast), tokens_(std::move(tokens)) {}

    Result<Expr*> run() {
        MESSINA_TRY(Expr * expr, expression());
        if (!is(TokenKind::End)) return unexpected("the end of the expression");
        return expr;
    }

  private:
    using Parsed = Result<Expr*>;

    // --- tokens ---
    [[nodiscard]] const Token& token() const { return tokens_[next_]; }
    [[nodiscard]] bool is(TokenKind kind) const { return token().kind == kind; }
    [[nodiscard]] TokenKind kind_after() const {
        return tokens_[std::min(next_ + 1, tokens_.size() - 1)].kind;
    }
    Token take() { return is(TokenKind::End) ? token() : tokens_[next_++]; }
    bool accept(TokenKind kind) {
        if (!is(kind)) return false;
        take();
        return true;
    }
    [[nodiscard]] std::string_view text_of(const Token& token) const {
        return source_.text().substr(token.begin, token.end - token.begin);
    }
    [[nodiscard]] std::unexpected<Error> fail_at(Offset at, std::string_view message,
                                                 std::string hint = {}) const {
        return source_.fail(at, "cel.syntax", message, std::move(hint));
    }
    [[nodiscard]] std::unexpected<Error> unexpected(std::string_view expected) const {
        const std::string found =
            is(TokenKind::End) ? "the end" : fmt::format("'{}'", text_of(token()));
        return fail_at(token().begin, fmt::format("expected {}, found {}", expected, found));
    }
    Result<void> expect(TokenKind kind, std::string_view description) {
        if (!is(kind)) return unexpected(description);
        take();
        return {};
    }

    // --- depth ---
    [[nodiscard]] std::unexpected<Error> too_deep(Offset at) const {
        return source_.fail(at, "cel.too_deep",
                            fmt::format("the expression is nested more than {} deep", depth_max_),
                            "split it into several");
    }
    /// Called once all children of `expr` are in place.
    Parsed finish(Expr* expr) {
        uint32_t deepest = expr->target == nullptr ? 0 : expr->target->depth;
        for (const Expr* arg : expr->args)
            if (arg != nullptr) deepest = std::max(deepest, arg->depth);
        expr->depth = deepest + 1;
        if (expr->depth > depth_max_) return too_deep(expr->at);
        return expr;
    }
    Parsed finish_call(Expr* call) {
        MESSINA_TRY(Expr * expanded, expand_macro(call, ast_, source_));
        return finish(expanded);
    }
    Parsed call(std::string_view function, Offset at, std::vector<Expr*> args) {
        Expr* expr = ast_.make(ExprKind::Call, at);
        expr->name = function;
        expr->args = std::move(args);
        return finish(expr);
    }

    // --- expressions, loosest first ---
    Parsed expression() {
        if (++depth_ > depth_max_) return too_deep(token().begin);
        Parsed result = conditional();
        --depth_;
        return result;
    }

    Parsed conditional() {
        MESSINA_TRY(Expr * condition, binary(kLowestPrecedence));
        if (!is(TokenKind::Question)) return condition;
        const Offset at = take().begin;
        MESSINA_TRY(Expr * when_true, binary(kLowestPrecedence));
        MESSINA_TRY_VOID(expect(TokenKind::Colon, "':' of the conditional"));
        MESSINA_TRY(Expr * when_false, expression());
        return call("_?_:_", at, {condition, when_true, when_false});
    }

    Parsed binary(int precedence) {
        MESSINA_TRY(Expr * left, unary());
        while (true) {
            const BinaryOperator* op = binary_operator(token().kind);
            if (op == nullptr || op->precedence < precedence) return left;
            if (op->token == TokenKind::And || op->token == TokenKind::Or) {
                MESSINA_TRY(left, logic(*op, left));
                continue;
            }
            const Offset at = take().begin;
            MESSINA_TRY(Expr * right, binary(op->precedence + 1));
            MESSINA_TRY(left, call(op->function, at, {left, right}));
        }
    }

    /// a && b && c as one call.
    Parsed logic(const BinaryOperator& op, Expr* first) {
        Expr* expr = ast_.make(ExprKind::Call, token().begin);
        expr->name = op.function;
        expr->args = {first};
        while (is(op.token)) {
            expr->operator_at.push_back(take().begin);
            MESSINA_TRY(Expr * next, binary(op.precedence + 1));
            expr->args.push_back(next);
        }
        return finish(expr);
    }

    Parsed unary() {
        const Token sign = token();
        if (sign.kind == TokenKind::Bang) return repeated_sign(TokenKind::Bang, "!_");
        if (sign.kind != TokenKind::Minus) return member();
        // A minus before a number is part of the number, so that the smallest int can be written.
        const TokenKind after = kind_after();
        if (after == TokenKind::Int || after == TokenKind::Double) return member();
        return repeated_sign(TokenKind::Minus, "-_");
    }

    Parsed repeated_sign(TokenKind sign, std::string_view function) {
        const Offset at = token().begin;
        bool is_odd = false;
        while (is(sign)) {
            const TokenKind after = kind_after();
            const bool is_number = after == TokenKind::Int || after == TokenKind::Double;
            if (sign == TokenKind::Minus && is_number) break;
            take();
            is_odd = !is_odd;
        }
        MESSINA_TRY(Expr * operand, member());
        if (!is_odd) return operand;
        return call(function, at, {operand});
    }

    Parsed member() {
        MESSINA_TRY(Expr * expr, primary());
        while (true) {
            if (is(TokenKind::Dot)) {
                MESSINA_TRY(expr, select(expr));
            } else if (is(TokenKind::LeftBracket)) {
                MESSINA_TRY(expr, index(expr));
            } else if (is(TokenKind::LeftBrace) && is_type_name(*expr)) {
                MESSINA_TRY(expr, message(expr));
            } else {
                return expr;
            }
        }
    }

    static bool is_type_name(const Expr& expr) {
        const Expr* at = &expr;
        while (at->kind == ExprKind::Select && !at->is_optional && !at->is_test) at = at->target;
        return at->kind == ExprKind::Identifier;
    }

    Parsed select(Expr* operand) {
        take();
        const bool is_optional = accept(TokenKind::Question);
        if (!is(TokenKind::Identifier) && !is(TokenKind::QuotedIdentifier))
            return unexpected("a field name");
        const Offset at = token().begin;
        const bool is_quoted = is(TokenKind::QuotedIdentifier);
        const std::string_view name = identifier_text(take());
        if (is(TokenKind::LeftParen) && !is_quoted && !is_optional) {
            Expr* call = ast_.make(ExprKind::Call, at);
            call->name = name;
            call->target = operand;
            MESSINA_TRY(call->args, arguments());
            return finish_call(call);
        }
        Expr* expr = ast_.make(ExprKind::Select, at);
        expr->name = name;
        expr->target = operand;
        expr->is_optional = is_optional;
        return finish(expr);
    }

    std::string_view identifier_text(const Token& token) {
        std::string_view name = text_of(token);
        if (token.kind == TokenKind::QuotedIdentifier) name = name.substr(1, name.size() - 2);
        return ast_.arena().copy(name);
    }

    Parsed index(Expr* operand) {
        Expr* expr = ast_.make(ExprKind::Index, take().begin);
        expr->target = operand;
        expr->is_optional = accept(TokenKind::Question);
        MESSINA_TRY(Expr * key, expression());
        expr->args = {key};
        MESSINA_TRY_VOID(expect(TokenKind::RightBracket, "']'"));
        return finish(expr);
    }

    Result<std::vector<Expr*>> arguments() {
        std::vector<Expr*> args;
        take();
        if (accept(TokenKind::RightParen)) return args;
        do {
            MESSINA_TRY(Expr * arg, expression());
            args.push_back(arg);
        } while (accept(TokenKind::Comma));
        MESSINA_TRY_VOID(expect(TokenKind::RightParen, "',' or ')'"));
        return args;
    }

    Parsed primary() {
        switch (token().kind) {
            case TokenKind::LeftParen: return parenthesised();
            case TokenKind::LeftBracket: return list();
            case TokenKind::LeftBrace: return map();
            case TokenKind::Dot:
            case TokenKind::Identifier: return identifier();
            default: return literal();
        }
    }

    Parsed parenthesised() {
        take();
        MESSINA_TRY(Expr * inner, expression());
        MESSINA_TRY_VOID(expect(TokenKind::RightParen, "')'"));
        return inner;
    }

    Parsed identifier() {
        const bool is_absolute = accept(TokenKind::Dot);
        if (!is(TokenKind::Identifier)) return unexpected("a name");
        const Token name = take();
        if (is(TokenKind::LeftParen)) {
            Expr* call = ast_.make(ExprKind::Call, name.begin);
            call->name = identifier_text(name);
            call->is_absolute = is_absolute;
            MESSINA_TRY(call->args, arguments());
            return finish_call(call);
        }
        if (is_reserved(text_of(name)))
            return fail_at(name.begin, fmt::format("'{}' is a reserved word", text_of(name)),
                           "it can name a field, but not a variable");
        Expr* expr = ast_.make(ExprKind::Identifier, name.begin);
        expr->name = identifier_text(name);
        expr->is_absolute = is_absolute;
        return expr;
    }

    Parsed literal() {
        const Offset at = token().begin;
        const bool is_negative = accept(TokenKind::Minus);
        Expr* expr = ast_.make(ExprKind::Constant, at);
        const Token literal = token();
        LiteralValue value;
        switch (literal.kind) {
            case TokenKind::True: value = Value::boolean(true); break;
            case TokenKind::False: value = Value::boolean(false); break;
            case TokenKind::Null: value = Value::null(); break;
            case TokenKind::Int: value = parse_int_literal(text_of(literal), is_negative); break;
            case TokenKind::Uint: value = parse_uint_literal(text_of(literal)); break;
            case TokenKind::Double:
                value = parse_double_literal(text_of(literal), is_negative);
                break;
            case TokenKind::String:
            case TokenKind::Bytes:
                value = parse_string_literal(text_of(literal), ast_.arena());
                break;
            default: return unexpected("a value");
        }
        if (!value)
            return fail_at(literal.begin + static_cast<Offset>(value.error().at),
                           value.error().message);
        take();
        expr->constant = *value;
        return expr;
    }

    Parsed list() {
        Expr* expr = ast_.make(ExprKind::List, take().begin);
        while (!is(TokenKind::RightBracket)) {
            const bool is_optional = accept(TokenKind::Question);
            MESSINA_TRY(Expr * item, expression());
            expr->args.push_back(item);
            note_optional(expr, expr->args.size() - 1, is_optional);
            if (!accept(TokenKind::Comma)) break;
        }
        MESSINA_TRY_VOID(expect(TokenKind::RightBracket, "',' or ']'"));
        return finish(expr);
    }

    static void note_optional(Expr* expr, size_t item, bool is_optional) {
        if (!is_optional) return;
        expr->optional_items.resize(item + 1);
        expr->optional_items[item] = true;
    }

    Parsed map() {
        Expr* expr = ast_.make(ExprKind::Map, take().begin);
        while (!is(TokenKind::RightBrace)) {
            const bool is_optional = accept(TokenKind::Question);
            MESSINA_TRY(Expr * key, expression());
            MESSINA_TRY_VOID(add_value(expr, key, is_optional));
            if (!accept(TokenKind::Comma)) break;
        }
        MESSINA_TRY_VOID(expect(TokenKind::RightBrace, "',' or '}'"));
        return finish(expr);
    }

    Result<void> add_value(Expr* expr, Expr* key, bool is_optional) {
        MESSINA_TRY_VOID(expect(TokenKind::Colon, "':'"));
        MESSINA_TRY(Expr * value, expression());
        note_optional(expr, expr->args.size() / 2, is_optional);
        expr->args.push_back(key);
        expr->args.push_back(value);
        return {};
    }

    Parsed message(Expr* type) {
        Expr* expr = ast_.make(ExprKind::Struct, take().begin);
        expr->name = dotted_name(*type, ast_.arena());
        while (!is(TokenKind::RightBrace)) {
            const bool is_optional = accept(TokenKind::Question);
            if (!is(TokenKind::Identifier) && !is(TokenKind::QuotedIdentifier))
                return unexpected("a field name");
            Expr* field = ast_.make(ExprKind::Constant, token().begin);
            field->constant = Value::string(identifier_text(take()));
            MESSINA_TRY_VOID(add_value(expr, field, is_optional));
            if (!accept(TokenKind::Comma)) break;
        }
        MESSINA_TRY_VOID(expect(TokenKind::RightBrace, "',' or '}'"));
        return finish(expr);
    }

    const Source& source_;
    uint32_t depth_max_;
    Ast& ast_;
    std::vector<Token> tokens_;
    size_t next_ = 0;
    uint32_t depth_ = 0;
};

}  // namespace

Result<std::unique_ptr<Ast>> parse(const Source& source, uint32_t depth_max, Arena& arena) {
    MESSINA_TRY(std::vector<Token> tokens, tokenize(source));
    auto ast = std::make_unique<Ast>(arena);
    MESSINA_TRY(ast->root, Parser(source, depth_max, *ast, std::move(tokens)).run());
    return ast;
}

}  // namespace messina::cel
