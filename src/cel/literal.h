// What the tokens of literals stand for.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "data/value.h"

namespace messina::cel {

/// Why a literal has no value; `at` is an offset into its text.
struct LiteralError {
    size_t at = 0;
    std::string_view message;
};
using LiteralValue = std::expected<Value, LiteralError>;

/// `text` as it stands in the expression: 0x1F, 12u, 1e3; a minus sign belongs to it.
LiteralValue parse_int_literal(std::string_view text, bool is_negative);
LiteralValue parse_uint_literal(std::string_view text);
LiteralValue parse_double_literal(std::string_view text, bool is_negative);
/// With prefix letters and quotes; the content goes into `arena`.
LiteralValue parse_string_literal(std::string_view text, Arena& arena);

}  // namespace messina::cel
