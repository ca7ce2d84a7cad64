// Makes foreign text harmless before it reaches a log, a terminal or an exposition: no value can
// start a line of its own, colour the screen or end a JSON string early.
#pragma once

#include <string>
#include <string_view>

namespace messina::observe {

/// Appends `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends `text` for people: control characters, bidirectional overrides, line separators and
/// bytes that are no UTF-8 are shown as \n, \x1b or \u202e. Quotes stay as they are.
void append_visible(std::string& out, std::string_view text);

/// append_visible, in quotes when the text is empty or holds a blank, '"', '=' or a backslash, so
/// that key=value pairs can be told apart again.
void append_field_text(std::string& out, std::string_view text);

/// `text` with every byte that is no UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view text);

}  // namespace messina::observe
