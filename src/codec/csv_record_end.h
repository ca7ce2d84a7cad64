// Where a CSV record ends, found piece by piece: a reader that gets bytes in chunks looks at each
// byte once, and may let go of what was looked at (a record above its bound).
#pragma once

#include <string_view>

#include "codec/csv.h"

namespace messina::codec {

class CsvRecordEnd {
  public:
    explicit CsvRecordEnd(CsvOptions options = {}) : options_(std::move(options)) {}

    /// Looks at the bytes that follow those of the call before. The offset in `text` after the
    /// record's line end, and the next bytes begin a record; or npos, and the record goes on. Line
    /// breaks inside quotes end nothing.
    size_t find(std::string_view text);

  private:
    enum class State : uint8_t {
        FieldStart,  // nothing of the field yet but trimmed space
        Unquoted,    // what is left of a field that no quote protects
        Quoted,
        QuoteSeen,  // inside quotes: the end of the field, or the first of two
    };
    [[nodiscard]] bool is_skipped(char c) const {
        return options_.trims && (c == ' ' || c == '\t') && c != options_.delimiter;
    }
    size_t start_field(std::string_view text, size_t at);
    size_t finish_field(std::string_view text, size_t at);

    CsvOptions options_;
    State state_ = State::FieldStart;
    bool is_found_ = false;
};

}  // namespace messina::codec
