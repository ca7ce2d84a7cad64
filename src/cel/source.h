// The text of an expression, and errors that point into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace messina::cel {

/// A place in the text, as a byte offset; expressions are shorter than 4 GiB (CompileOptions).
using Offset = uint32_t;

struct Location {
    uint32_t line = 1;
    uint32_t column = 1;  // in characters, not bytes
};

class Source {
  public:
    explicit Source(std::string_view text) : text_(text) {}
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] Location locate(Offset offset) const;
    /// An error at `offset`: "line:column: message", the line, and a caret under the place.
    [[nodiscard]] std::unexpected<Error> fail(Offset offset, std::string_view code,
                                              std::string_view message,
                                              std::string hint = {}) const;

  private:
    [[nodiscard]] std::string excerpt(Offset offset, Location location) const;

    std::string_view text_;
};

}  // namespace messina::cel
