#include "cql/statement_facts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

namespace messina::cql {
namespace {

enum class TokenKind : uint8_t { Word, QuotedName, Literal, Symbol };

struct Token {
    TokenKind kind = TokenKind::Symbol;
    std::string text;  // of a Word in lower case, of a QuotedName without its quotes

    [[nodiscard]] bool is(std::string_view symbol_or_word) const {
        return (kind == TokenKind::Word || kind == TokenKind::Symbol) && text == symbol_or_word;
    }
    [[nodiscard]] bool is_name() const {
        return kind == TokenKind::Word || kind == TokenKind::QuotedName;
    }
    /// Whether a value may end here: what follows in a map is the colon before its value, and a
    /// sign is an operator.
    [[nodiscard]] bool ends_value() const {
        return kind != TokenKind::Symbol || text == ")" || text == "]" || text == "}";
    }
};

std::unexpected<Error> refuse(std::string message, std::string hint) {
    return fail(ErrorClass::Misconfigured, "cql.statement", std::move(message), std::move(hint));
}

bool is_word_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// 8-4-4-4-12 hexadecimal digits: the only literal with signs inside.
bool is_uuid(std::string_view text) {
    constexpr size_t uuid_size = 36;
    if (text.size() < uuid_size) return false;
    for (size_t i = 0; i < uuid_size; ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
            return false;
    }
    return text.size() == uuid_size || !is_word_char(text[uuid_size]);
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Result<std::vector<Token>> scan() {
        std::vector<Token> tokens;
        while (true) {
            skip_blanks();
            if (at_ == text_.size()) return tokens;
            MESSINA_TRY(Token token, next());
            tokens.push_back(std::move(token));
        }
    }

  private:
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

    void skip_to(std::string_view end) {
        const size_t found = text_.find(end, at_);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    }

    void skip_blanks() {
        while (at_ < text_.size()) {
            if (rest().starts_with("--") || rest().starts_with("//")) {
                skip_to("\n");
            } else if (rest().starts_with("/*")) {
                skip_to("*/");
            } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
                ++at_;
            } else {
                return;
            }
        }
    }

    Result<Token> next() {
        const char c = text_[at_];
        if (c == '\'' || c == '"') return quoted(c);
        if (rest().starts_with("$$")) {
            at_ += 2;
            skip_to("$$");
            return Token{TokenKind::Literal, "$$"};
        }
        constexpr size_t uuid_size = 36;
        if (is_uuid(rest())) {
            Token token{TokenKind::Literal, std::string(text_.substr(at_, uuid_size))};
            at_ += uuid_size;
            return token;
        }
        if (!is_word_char(c)) return Token{TokenKind::Symbol, std::string(1, text_[at_++])};
        const bool is_number = std::isdigit(static_cast<unsigned char>(c)) != 0;
        Token token{is_number ? TokenKind::Literal : TokenKind::Word, {}};
        while (at_ < text_.size() && (is_word_char(text_[at_]) || (is_number && text_[at_] == '.')))
            token.text += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[at_++])));
        return token;
    }

    /// A doubled quote stands for one.
    Result<Token> quoted(char quote) {
        Token token{quote == '"' ? TokenKind::QuotedName : TokenKind::Literal, {}};
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] != quote) {
                token.text += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
                token.text += quote;
                ++at_;
            } else {
                ++at_;
                return token;
            }
        }
        return refuse(fmt::format("a quote {} in the statement is not closed", quote),
                      "text stands in single quotes, a name that needs it in double ones");
    }

    std::string_view text_;
    size_t at_ = 0;
};

Result<StatementFacts::Verb> verb_of(const std::vector<Token>& tokens) {
    using enum StatementFacts::Verb;
    if (tokens.empty()) return refuse("the statement is empty", "write one in CQL");
    constexpr std::array<std::pair<std::string_view, StatementFacts::Verb>, 4> verbs = {
        {{"select", Select}, {"insert", Insert}, {"update", Update}, {"delete", Delete}}};
    for (const auto& [word, verb] : verbs)
        if (tokens.front().is(word)) return verb;
    return refuse(fmt::format("a statement that begins with '{}' cannot be run for each record",
                              tokens.front().text),
                  "SELECT, INSERT, UPDATE and DELETE can, one statement at a time");
}

Result<std::vector<std::string>> binds_of(const std::vector<Token>& tokens) {
    std::vector<std::string> binds;
    size_t braces = 0;
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is("{")) ++braces;
        if (tokens[i].is("}") && braces > 0) --braces;
        if (tokens[i].is("?"))
            return refuse("a bind marker of the statement has no name",
                          "write `:name` in place of `?`, and give it a value under `bind:`");
        const bool is_in_map = braces > 0 && i > 0 && tokens[i - 1].ends_value();
        if (!tokens[i].is(":") || is_in_map) continue;
        if (i + 1 == tokens.size() || !tokens[i + 1].is_name())
            return refuse("a colon of the statement has no name after it",
                          "a bind marker is a colon and a name: `WHERE id = :id`");
        binds.push_back(tokens[i + 1].text);
        ++i;
    }
    return binds;
}

/// The name after FROM, INTO or UPDATE.
std::string table_of(const std::vector<Token>& tokens) {
    const auto before = std::ranges::find_if(tokens, [](const Token& token) {
        return token.is("from") || token.is("into") || token.is("update");
    });
    std::string name;
    if (before == tokens.end()) return name;
    // A name, or two with a dot between.
    for (auto token = before + 1; token != tokens.end(); ++token) {
        const bool wants_name = name.empty() || name.ends_with('.');
        if (wants_name ? !token->is_name() : !token->is(".")) break;
        name += token->text;
    }
    return name;
}

/// USING TIMESTAMP …, or USING TTL … AND TIMESTAMP …
bool has_timestamp(const std::vector<Token>& tokens) {
    const auto from =
        std::ranges::find_if(tokens, [](const Token& token) { return token.is("using"); });
    const auto is_option = [](const Token& before, const Token& token) {
        return (before.is("using") || before.is("and")) && token.is("timestamp");
    };
    for (auto token = from; token != tokens.end() && token + 1 != tokens.end(); ++token)
        // A column may have the name: it has a value, not an option's.
        if (is_option(*token, token[1]) && (token + 2 == tokens.end() || !token[2].is("=")))
            return true;
    return false;
}

std::string repeat_hazard_of(const std::vector<Token>& tokens, StatementFacts::Verb verb) {
    constexpr std::array<std::string_view, 9> moving = {
        "now",         "uuid",        "currenttimestamp",  "currenttimeuuid",
        "currentdate", "currenttime", "current_timestamp", "current_timeuuid",
        "current_date"};
    for (size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const bool is_call = i + 1 < tokens.size() && tokens[i + 1].is("(");
        if (token.kind == TokenKind::Word && is_call &&
            std::ranges::find(moving, token.text) != moving.end())
            return fmt::format("{}() gives another value each time", token.text);
        if (token.is("if")) return "its IF may not hold again once it was applied";
        // x = x + …, x += …: a counter or a list grows with each; -5 is a number.
        if ((token.is("+") || token.is("-")) && i > 0 && tokens[i - 1].ends_value())
            return fmt::format("`{}` changes a counter or a list each time", token.text);
    }
    // The elements behind it move up.
    if (verb == StatementFacts::Verb::Delete) {
        for (const Token& token : tokens) {
            if (token.is("from")) break;
            if (token.is("[")) return "the element of a list that is deleted is another each time";
        }
    }
    return {};
}

}  // namespace

Result<StatementFacts> read_statement(std::string_view text) {
    Scanner scanner(text);
    MESSINA_TRY(std::vector<Token> tokens, scanner.scan());
    if (!tokens.empty() && tokens.back().is(";")) tokens.pop_back();
    if (std::ranges::any_of(tokens, [](const Token& token) { return token.is(";"); }))
        return refuse("the text has more than one statement", "write one statement");
    StatementFacts facts;
    MESSINA_TRY(facts.verb, verb_of(tokens));
    MESSINA_TRY(facts.binds, binds_of(tokens));
    facts.table = table_of(tokens);
    facts.has_timestamp = has_timestamp(tokens);
    if (facts.verb != StatementFacts::Verb::Select)
        facts.repeat_hazard = repeat_hazard_of(tokens, facts.verb);
    return facts;
}

}  // namespace messina::cql
