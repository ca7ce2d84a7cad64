// The words of the language.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "cel/source.h"

namespace messina::cel {

enum class TokenKind : uint8_t {
    End,
    Identifier,
    QuotedIdentifier,  // `content-type`
    Int,
    Uint,
    Double,
    String,
    Bytes,
    True,
    False,
    Null,
    In,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Dot,
    Question,
    Colon,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Bang,
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
};

struct Token {
    TokenKind kind = TokenKind::End;
    Offset begin = 0;
    Offset end = 0;
};

/// Cuts the text into tokens; the last one is End.
Result<std::vector<Token>> tokenize(const Source& source);

/// True for words such as `while` that may name a field but not a variable.
bool is_reserved(std::string_view word);

}  // namespace messina::cel
