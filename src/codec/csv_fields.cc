#include "codec/csv_fields.h"

#include <fmt/core.h>

namespace messina::codec {

bool CsvFields::quoted(const char* first, CsvField& field) {
    field = {{}, true, false};
    const char* p = first;
    for (;;) {
        const void* found = std::memchr(p, options_.quote, static_cast<size_t>(end_ - p));
        if (found == nullptr) return fail_at(end_);
        p = static_cast<const char*>(found);
        if (p + 1 == end_ || p[1] != options_.quote) break;
        field.has_doubled_quotes = true;
        p += 2;
    }
    field.text = {first, static_cast<size_t>(p - first)};
    ++p;
    if (options_.trims) p = skip_blanks(p);
    if (p != end_ && *p != options_.delimiter) return fail_at(p);
    at_ = p == end_ ? nullptr : p + 1;
    return true;
}

std::string_view without_line_end(std::string_view row) {
    if (row.ends_with('\n')) row.remove_suffix(1);
    if (row.ends_with('\r')) row.remove_suffix(1);
    return row;
}

std::string_view csv_text(const CsvField& field, char quote, Arena& arena) {
    if (!field.has_doubled_quotes) return field.text;
    char* const begin = static_cast<char*>(arena.allocate(field.text.size(), 1));
    char* to = begin;
    for (size_t i = 0; i < field.text.size(); ++i) {
        *to++ = field.text[i];
        if (field.text[i] == quote) ++i;
    }
    return {begin, static_cast<size_t>(to - begin)};
}

Result<std::vector<std::string>> parse_csv_header(std::string_view line,
                                                  const CsvOptions& options) {
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    std::vector<std::string> columns;
    Arena arena(256);
    CsvFields fields(without_line_end(line), options);
    for (CsvField field; fields.next(field);)
        columns.emplace_back(csv_text(field, options.quote, arena));
    if (fields.is_broken())
        return fail(ErrorClass::Misconfigured, "csv.quote",
                    fmt::format("header, byte {}: a quoted column name does not end, or something "
                                "follows its end",
                                fields.fault_offset()),
                    "double a quote inside quotes, or choose another quote");
    return columns;
}

/// Walks by line ends; only a line with a quote in it is looked at field by field.
size_t find_csv_record_end(std::string_view text, const CsvOptions& options) {
    const auto find = [&](char byte, size_t from, size_t end) {
        const void* found = std::memchr(text.data() + from, byte, end - from);
        return found == nullptr
                   ? std::string_view::npos
                   : static_cast<size_t>(static_cast<const char*>(found) - text.data());
    };
    size_t field = 0;
    for (;;) {
        const size_t line_end = find('\n', field, text.size());
        if (line_end == std::string_view::npos) return line_end;
        if (options.quote == '\0' || find(options.quote, field, line_end) == std::string_view::npos)
            return line_end + 1;
        // Field by field up to the first one that is quoted.
        size_t quote = field;
        while (options.trims && quote < line_end && text[quote] != options.delimiter &&
               (text[quote] == ' ' || text[quote] == '\t'))
            ++quote;
        if (text[quote] != options.quote) {
            const size_t delimiter = find(options.delimiter, field, line_end);
            if (delimiter == std::string_view::npos) return line_end + 1;
            field = delimiter + 1;
            continue;
        }
        // The quote that closes it is the first one that is not doubled.
        size_t close = quote + 1;
        for (;; close += 2) {
            close = find(options.quote, close, text.size());
            if (close == std::string_view::npos) return close;
            if (close + 1 == text.size()) return std::string_view::npos;
            if (text[close + 1] != options.quote) break;
        }
        size_t after = close + 1;
        while (after < text.size() && text[after] != options.delimiter && text[after] != '\n')
            ++after;
        if (after == text.size()) return std::string_view::npos;
        if (text[after] == '\n') return after + 1;
        field = after + 1;
    }
}

}  // namespace messina::codec
