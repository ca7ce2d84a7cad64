#include "config/source_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace messina::config {
namespace {

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// Length of the valid UTF-8 sequence at the start of `text`, 0 when there is none.
size_t sequence_length(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                     is_continuation)) {
        return 0;
    }
    const bool is_overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    const bool is_surrogate = first == 0xED && byte(1) >= 0xA0;
    const bool is_beyond = first == 0xF4 && byte(1) >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

size_t offset_of_line(const std::string& text, int line) {
    size_t offset = 0;
    for (int i = 1; i < line; ++i) {
        const size_t end = text.find('\n', offset);
        if (end == std::string::npos) return text.size();
        offset = end + 1;
    }
    return offset;
}

std::string_view line_from(std::string_view text, size_t offset) {
    std::string_view line = text.substr(offset, text.find('\n', offset) - offset);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

size_t count_characters(std::string_view text) {
    return text.size() -
           static_cast<size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::optional<size_t> find_invalid_utf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const size_t length = sequence_length(text.substr(i));
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

std::string_view line_of(const Mark& mark) {
    if (!mark.text) return {};
    return line_from(*mark.text, offset_of_line(*mark.text, mark.line));
}

size_t offset_of(const Mark& mark) {
    if (!mark.text) return 0;
    size_t offset = offset_of_line(*mark.text, mark.line);
    for (int i = 1; i < mark.column && offset < mark.text->size(); ++i) {
        do {
            ++offset;
        } while (offset < mark.text->size() && is_continuation((*mark.text)[offset]));
    }
    return offset;
}

Marker::Marker(std::string file, std::string text)
    : file_(std::make_shared<const std::string>(std::move(file))),
      text_(std::make_shared<const std::string>(std::move(text))),
      line_starts_{0} {
    for (size_t i = text_->find('\n'); i != std::string::npos; i = text_->find('\n', i + 1)) {
        line_starts_.push_back(i + 1);
    }
}

Mark Marker::at(size_t offset) {
    offset = std::min(offset, text_->size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto line = static_cast<size_t>(after - line_starts_.begin()) - 1;
    if (line != line_ || offset < offset_) {
        line_ = line;
        offset_ = line_starts_[line];
        column_ = 0;
    }
    column_ += count_characters(std::string_view(*text_).substr(offset_, offset - offset_));
    offset_ = offset;
    return Mark{file_, text_, static_cast<int>(line_) + 1, static_cast<int>(column_) + 1};
}

size_t Marker::line_start(size_t line) const {
    return line <= line_starts_.size() ? line_starts_[line - 1] : text_->size();
}

Result<Marker> open_text(std::string file, std::string text, const LoadLimits& limits) {
    if (text.size() > limits.text_bytes_max) {
        return fail(ErrorClass::Misconfigured, "config.too_large",
                    fmt::format("{} is larger than {} bytes", file, limits.text_bytes_max));
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    Marker marker(std::move(file), std::move(text));
    if (const std::optional<size_t> invalid = find_invalid_utf8(marker.text())) {
        return fail(error_at(marker.at(*invalid), "config.utf8", "this is not UTF-8 text",
                             "save the file as UTF-8"));
    }
    const auto is_control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f') ||
               byte == 0x7F;
    };
    const std::string& kept = marker.text();
    const auto control = std::find_if(kept.begin(), kept.end(), is_control);
    if (control != kept.end()) {
        const auto byte = static_cast<unsigned char>(*control);
        return fail(error_at(marker.at(static_cast<size_t>(control - kept.begin())),
                             "config.control_character",
                             fmt::format("a control character (0x{:02x})", unsigned{byte}),
                             "remove it, or write it as an escape"));
    }
    return marker;
}

}  // namespace messina::config
