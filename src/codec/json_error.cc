#include "codec/json_error.h"

#include <fmt/core.h>

namespace messina::codec {
namespace {

struct FaultText {
    std::string_view code;
    std::string_view expected;
    std::string_view hint;
};

constexpr std::string_view kBomHint =
    "the text begins with a UTF-8 byte order mark; JSON must not have one, remove it";

FaultText text_of(JsonFault fault) {
    switch (fault) {
        case JsonFault::None: break;
        case JsonFault::Empty:
            return {"json.syntax", "expected a value",
                    "an empty message is not JSON; send a tombstone (null value) or a JSON value"};
        case JsonFault::ExpectedValue:
            return {"json.syntax", "expected a value",
                    "a value is an object, an array, a string in double quotes, a number, true, "
                    "false or null (NaN and Infinity are not JSON)"};
        case JsonFault::ExpectedKey:
            return {"json.syntax", "expected a key in double quotes",
                    "keys are strings in double quotes; no comma follows the last member"};
        case JsonFault::ExpectedColon: return {"json.syntax", "expected ':' after the key", ""};
        case JsonFault::ExpectedCommaOrBrace:
            return {"json.syntax", "expected ',' or '}' after a member of an object", ""};
        case JsonFault::ExpectedCommaOrBracket:
            return {"json.syntax", "expected ',' or ']' after an element of an array", ""};
        case JsonFault::UnterminatedString:
            return {"json.syntax", "expected '\"' at the end of a string",
                    "the record looks cut off; check the producer's size limits"};
        case JsonFault::ControlCharacter:
            return {"json.syntax", "expected a character of a string",
                    "bytes below 0x20 must be escaped inside strings, a line break as \\n"};
        case JsonFault::BadEscape:
            return {"json.syntax", "expected an escape sequence",
                    "after a backslash come one of \"\\/bfnrt or u and four hexadecimal digits"};
        case JsonFault::LoneSurrogate:
            return {"json.surrogate", "expected both halves of a surrogate pair",
                    "a \\ud800…\\udfff escape alone stands for no character; write the pair"};
        case JsonFault::BadNumber:
            return {"json.syntax", "expected a digit of a number",
                    "a number has no leading zero or plus, and digits around '.' and after 'e'"};
        case JsonFault::TrailingBytes:
            return {"json.syntax", "expected the end of the text",
                    "one record holds one JSON value; is a line break or a comma missing?"};
        case JsonFault::TooDeep: return {"json.depth", "nesting is too deep", ""};
        case JsonFault::NotAnObject:
            return {"json.not_an_object", "expected '{'",
                    "the pipeline reads fields of the record, so the record must be an object"};
        case JsonFault::NotUtf8:
            return {"json.utf8", "expected UTF-8",
                    "JSON is UTF-8; convert the text at its producer (is it Latin-1?)"};
        case JsonFault::TooLarge:
            return {"json.too_large", "a text of 4 GiB or more", "split the record"};
    }
    return {"json.syntax", "not JSON", ""};
}

std::string found_at(std::string_view text, size_t offset) {
    if (offset >= text.size()) return "found the end of the text";
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte >= 0x20 && byte < 0x7f) return fmt::format("found '{}'", text[offset]);
    return fmt::format("found byte 0x{:02x}", byte);
}

}  // namespace

Error json_error(JsonFault fault, std::string_view text, size_t offset, uint32_t depth_max) {
    const FaultText words = text_of(fault);
    std::string message;
    if (fault == JsonFault::TooDeep) {
        message =
            fmt::format("byte {}: more than {} containers inside each other", offset, depth_max);
    } else if (fault == JsonFault::TooLarge) {
        message = fmt::format("{} bytes: {}", text.size(), words.expected);
    } else {
        message = fmt::format("byte {}: {}, {}", offset, words.expected, found_at(text, offset));
    }
    const bool has_bom = offset == 0 && text.starts_with("\xef\xbb\xbf");
    return Error{ErrorClass::Poison, words.code, std::move(message),
                 std::string(has_bom ? kBomHint : words.hint)};
}

}  // namespace messina::codec
