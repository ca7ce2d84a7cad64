// What can be wrong with a JSON text, found at one byte of it. The scanners note only the fault and
// the place; the words are put together here, off the hot path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace messina::codec {

enum class JsonFault : uint8_t {
    None,
    Empty,
    ExpectedValue,
    ExpectedKey,
    ExpectedColon,
    ExpectedCommaOrBrace,
    ExpectedCommaOrBracket,
    UnterminatedString,
    ControlCharacter,
    BadEscape,
    LoneSurrogate,
    BadNumber,
    TrailingBytes,
    TooDeep,
    NotAnObject,
    NotUtf8,
    TooLarge,
};

/// The error for `fault` at byte `offset` of `text`.
Error json_error(JsonFault fault, std::string_view text, size_t offset, uint32_t depth_max);

}  // namespace messina::codec
