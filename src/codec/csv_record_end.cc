#include "codec/csv_record_end.h"

namespace messina::codec {

size_t CsvRecordEnd::find(std::string_view text) {
    is_found_ = false;
    size_t at = 0;
    while (at < text.size() && !is_found_) {
        switch (state_) {
            case State::FieldStart: at = start_field(text, at); break;
            case State::Unquoted: at = finish_field(text, at); break;
            case State::Quoted:
                // The quote that closes the field is the first one that is not doubled.
                at = text.find(options_.quote, at);
                if (at == std::string_view::npos) return at;
                state_ = State::QuoteSeen;
                ++at;
                break;
            case State::QuoteSeen:
                state_ = text[at] == options_.quote ? State::Quoted : State::Unquoted;
                if (state_ == State::Quoted) ++at;
                break;
        }
    }
    return is_found_ ? at : std::string_view::npos;
}

/// A line without a quote is passed at once; in others each field tells by its first byte whether
/// it is quoted.
size_t CsvRecordEnd::start_field(std::string_view text, size_t at) {
    const size_t line_end = text.find('\n', at);
    const std::string_view line = text.substr(at, line_end - at);
    const bool has_quote =
        options_.quote != '\0' && line.find(options_.quote) != std::string_view::npos;
    if (!has_quote && line_end != std::string_view::npos) {
        is_found_ = true;
        return line_end + 1;
    }
    if (!has_quote) {  // only the field under way matters
        const size_t last = line.rfind(options_.delimiter);
        if (last != std::string_view::npos) at += last + 1;
    }
    while (at < text.size() && is_skipped(text[at])) ++at;
    if (at == text.size()) return at;
    const bool is_quoted = options_.quote != '\0' && text[at] == options_.quote;
    state_ = is_quoted ? State::Quoted : State::Unquoted;
    return is_quoted ? at + 1 : at;
}

size_t CsvRecordEnd::finish_field(std::string_view text, size_t at) {
    while (at < text.size() && text[at] != options_.delimiter && text[at] != '\n') ++at;
    if (at == text.size()) return at;
    is_found_ = text[at] == '\n';
    state_ = State::FieldStart;
    return at + 1;
}

}  // namespace messina::codec
