// Text to tokens. Literals are only delimited here; literal.cc gives them their value.
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "cel/token.h"
#include "cel/utf8.h"

namespace messina::cel {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
    return is_name_start(c) || is_digit(c);
}

struct Symbol {
    std::string_view text;
    TokenKind kind;
};

// Longer ones first.
constexpr std::array kSymbols = {
    Symbol{"&&", TokenKind::And},        Symbol{"||", TokenKind::Or},
    Symbol{"==", TokenKind::Equal},      Symbol{"!=", TokenKind::NotEqual},
    Symbol{"<=", TokenKind::LessEqual},  Symbol{">=", TokenKind::GreaterEqual},
    Symbol{"<", TokenKind::Less},        Symbol{">", TokenKind::Greater},
    Symbol{"(", TokenKind::LeftParen},   Symbol{")", TokenKind::RightParen},
    Symbol{"[", TokenKind::LeftBracket}, Symbol{"]", TokenKind::RightBracket},
    Symbol{"{", TokenKind::LeftBrace},   Symbol{"}", TokenKind::RightBrace},
    Symbol{",", TokenKind::Comma},       Symbol{".", TokenKind::Dot},
    Symbol{"?", TokenKind::Question},    Symbol{":", TokenKind::Colon},
    Symbol{"+", TokenKind::Plus},        Symbol{"-", TokenKind::Minus},
    Symbol{"*", TokenKind::Star},        Symbol{"/", TokenKind::Slash},
    Symbol{"%", TokenKind::Percent},     Symbol{"!", TokenKind::Bang},
};

class Lexer {
  public:
    explicit Lexer(const Source& source) : source_(source), text_(source.text()) {}

    Result<std::vector<Token>> run() {
        while (true) {
            skip_blanks();
            if (at_ == text_.size()) break;
            begin_ = at_;
            MESSINA_TRY_VOID(next());
        }
        begin_ = at_;
        push(TokenKind::End);
        return std::move(tokens_);
    }

  private:
    [[nodiscard]] char peek(size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void push(TokenKind kind) {
        tokens_.push_back({kind, static_cast<Offset>(begin_), static_cast<Offset>(at_)});
    }
    [[nodiscard]] std::unexpected<Error> fail(std::string_view message,
                                              std::string hint = {}) const {
        return source_.fail(static_cast<Offset>(begin_), "cel.syntax", message, std::move(hint));
    }

    void skip_blanks() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                ++at_;
            } else if (c == '/' && peek(1) == '/') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else {
                return;
            }
        }
    }

    Result<void> next() {
        const char c = peek();
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
        if (const size_t prefix = string_prefix(); prefix != kNone) return string(prefix);
        if (c == '`') return quoted_identifier();
        if (is_name_start(c)) {
            name();
            return {};
        }
        return symbol();
    }

    Result<void> symbol() {
        for (const Symbol& symbol : kSymbols) {
            if (!text_.substr(at_).starts_with(symbol.text)) continue;
            at_ += symbol.text.size();
            push(symbol.kind);
            return {};
        }
        const char c = peek();
        const std::string_view character = text_.substr(at_, decode_utf8(text_.substr(at_)).bytes);
        std::string hint;
        if (c == '=') hint = "equality is written ==";
        if (c == '&' || c == '|') hint = fmt::format("logic is written {0}{0}", c);
        return fail(fmt::format("unexpected character '{}'", character), std::move(hint));
    }

    void name() {
        while (is_name_part(peek())) ++at_;
        const std::string_view word = text_.substr(begin_, at_ - begin_);
        if (word == "true") return push(TokenKind::True);
        if (word == "false") return push(TokenKind::False);
        if (word == "null") return push(TokenKind::Null);
        if (word == "in") return push(TokenKind::In);
        push(TokenKind::Identifier);
    }

    Result<void> quoted_identifier() {
        constexpr std::string_view others = "_.-/ ";
        ++at_;
        while (is_name_part(peek()) || (peek() != '\0' && others.find(peek()) != kNone)) ++at_;
        if (peek() != '`' || at_ == begin_ + 1)
            return fail("a quoted name is letters, digits and _ . - / or blank between backquotes");
        ++at_;
        push(TokenKind::QuotedIdentifier);
        return {};
    }

    Result<void> number() {
        TokenKind kind = TokenKind::Int;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex_digit(peek(2))) {
            at_ += 2;
            while (is_hex_digit(peek())) ++at_;
        } else {
            while (is_digit(peek())) ++at_;
            if (peek() == '.' && is_digit(peek(1))) {
                kind = TokenKind::Double;
                ++at_;
                while (is_digit(peek())) ++at_;
            }
            if (skip_exponent()) kind = TokenKind::Double;
        }
        if (kind == TokenKind::Int && (peek() == 'u' || peek() == 'U')) {
            ++at_;
            kind = TokenKind::Uint;
        }
        if (is_name_part(peek())) return fail("a number runs into a name");
        push(kind);
        return {};
    }

    bool skip_exponent() {
        if (peek() != 'e' && peek() != 'E') return false;
        const size_t sign = (peek(1) == '+' || peek(1) == '-') ? 1 : 0;
        if (!is_digit(peek(1 + sign))) return false;
        at_ += 1 + sign;
        while (is_digit(peek())) ++at_;
        return true;
    }

    /// Number of prefix letters (r, b, in any case and order) when a string starts here, else
    /// kNone.
    [[nodiscard]] size_t string_prefix() const {
        bool has_raw = false;
        bool has_bytes = false;
        for (size_t i = 0; i <= 2; ++i) {
            const char c = peek(i);
            if (c == '"' || c == '\'') return i;
            bool& seen = (c == 'r' || c == 'R') ? has_raw : has_bytes;
            if (seen || (c != 'r' && c != 'R' && c != 'b' && c != 'B')) return kNone;
            seen = true;
        }
        return kNone;
    }

    Result<void> string(size_t prefix) {
        const std::string_view letters = text_.substr(at_, prefix);
        const bool is_raw = letters.find_first_of("rR") != kNone;
        const bool is_bytes = letters.find_first_of("bB") != kNone;
        at_ += prefix;
        const char quote = peek();
        const bool is_triple = peek(1) == quote && peek(2) == quote;
        const size_t quotes = is_triple ? 3 : 1;
        const std::string_view closing = text_.substr(at_, quotes);
        at_ += quotes;
        while (!text_.substr(at_).starts_with(closing)) {
            const bool is_end =
                at_ >= text_.size() || (!is_triple && (peek() == '\n' || peek() == '\r'));
            if (is_end)
                return fail("this string does not end",
                            is_triple ? "" : "a string of several lines is written \"\"\"…\"\"\"");
            at_ += (peek() == '\\' && !is_raw && at_ + 1 < text_.size()) ? 2 : 1;
        }
        at_ += quotes;
        push(is_bytes ? TokenKind::Bytes : TokenKind::String);
        return {};
    }

    static constexpr size_t kNone = std::string_view::npos;

    const Source& source_;
    std::string_view text_;
    size_t at_ = 0;
    size_t begin_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(const Source& source) {
    return Lexer(source).run();
}

bool is_reserved(std::string_view word) {
    static constexpr std::array<std::string_view, 17> words = {
        "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
        "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
    return std::ranges::find(words, word) != words.end();
}

}  // namespace messina::cel
