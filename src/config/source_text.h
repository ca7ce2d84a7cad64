// Places in the text of a file: from bytes to lines and characters and back. Used by the loaders
// and by error texts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace messina::config {

/// Number of characters (code points) in UTF-8 text.
size_t count_characters(std::string_view text);
/// Where the first byte stands that is not part of valid UTF-8.
std::optional<size_t> find_invalid_utf8(std::string_view text);
/// The line a mark is on, without its end; empty when the mark has no text.
std::string_view line_of(const Mark& mark);
/// Byte offset of a mark in its text.
size_t offset_of(const Mark& mark);

/// Makes marks of one file from byte offsets. Offsets that mostly grow cost O(distance) each, also
/// in a file that is one long line.
class Marker {
  public:
    Marker(std::string file, std::string text);
    [[nodiscard]] const std::string& text() const { return *text_; }
    /// Offsets past the end give the end.
    Mark at(size_t offset);
    /// Offset of the first byte of `line` (from 1).
    [[nodiscard]] size_t line_start(size_t line) const;

  private:
    std::shared_ptr<const std::string> file_;
    std::shared_ptr<const std::string> text_;
    std::vector<size_t> line_starts_;
    size_t line_ = 0;    // of the last mark, from 0
    size_t offset_ = 0;  // of the last mark
    size_t column_ = 0;  // of the last mark, from 0, in characters
};

/// A marker over text that is within the limits, UTF-8 and free of control characters; a byte order
/// mark is cut. Errors: config.too_large, config.utf8, config.control_character.
Result<Marker> open_text(std::string file, std::string text, const LoadLimits& limits);

}  // namespace messina::config
