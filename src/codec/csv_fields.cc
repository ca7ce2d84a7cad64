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

}  // namespace messina::codec
