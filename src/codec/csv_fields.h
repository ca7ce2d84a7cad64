// Cuts a CSV row into fields.
#pragma once

#include <cstring>
#include <string_view>

#include "base/arena.h"
#include "codec/csv.h"

namespace messina::codec {

struct CsvField {
    std::string_view text;  // between the quotes, if there are any
    bool is_quoted = false;
    bool has_doubled_quotes = false;
};

class CsvFields {
  public:
    CsvFields(std::string_view row, const CsvOptions& options)
        : begin_(row.data()), end_(row.data() + row.size()), at_(row.data()), options_(options) {}

    /// The next field. False after the last one, and when is_broken().
    bool next(CsvField& field) {
        if (at_ == nullptr) return false;
        const char* first = at_;
        if (options_.trims) first = skip_blanks(first);
        if (first != end_ && *first == options_.quote && options_.quote != '\0') [[unlikely]]
            return quoted(first + 1, field);
        const char* const last = find_delimiter(at_);
        field = {{first, static_cast<size_t>(last - first)}, false, false};
        if (options_.trims)
            field.text = {first, static_cast<size_t>(trim_end(first, last) - first)};
        at_ = last == end_ ? nullptr : last + 1;
        return true;
    }

    /// A quoted field that does not end, or something after its end.
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    [[nodiscard]] size_t fault_offset() const { return static_cast<size_t>(fault_at_ - begin_); }

  private:
    bool quoted(const char* first, CsvField& field);
    [[nodiscard]] bool is_blank(char c) const {
        return (c == ' ' || c == '\t') && c != options_.delimiter;
    }
    [[nodiscard]] const char* skip_blanks(const char* p) const {
        while (p != end_ && is_blank(*p)) ++p;
        return p;
    }
    [[nodiscard]] const char* trim_end(const char* first, const char* last) const {
        while (last > first && is_blank(last[-1])) --last;
        return last;
    }
    [[nodiscard]] const char* find_delimiter(const char* p) const {
        const void* found = std::memchr(p, options_.delimiter, static_cast<size_t>(end_ - p));
        return found == nullptr ? end_ : static_cast<const char*>(found);
    }
    bool fail_at(const char* p) {
        is_broken_ = true;
        fault_at_ = p;
        at_ = nullptr;
        return false;
    }

    const char* begin_;
    const char* end_;
    const char* at_;  // null after the last field
    const CsvOptions& options_;
    bool is_broken_ = false;
    const char* fault_at_ = nullptr;
};

/// The row without its line end.
std::string_view without_line_end(std::string_view row);

/// A field's text, doubled quotes made single in `arena`.
std::string_view csv_text(const CsvField& field, char quote, Arena& arena);

}  // namespace messina::codec
