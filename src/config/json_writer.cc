#include "config/json_writer.h"

#include <cstdint>

#include <fmt/format.h>

namespace messina::config {

std::string quote_json(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        switch (c) {
            case '"': quoted += "\\\""; break;
            case '\\': quoted += "\\\\"; break;
            case '\n': quoted += "\\n"; break;
            case '\t': quoted += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    quoted += c;
                }
        }
    }
    return quoted + '"';
}

void JsonWriter::begin_value() {
    if (is_after_key_) {
        is_after_key_ = false;
        return;
    }
    if (!is_first_) out_ += ',';
    if (depth_ > 0) out_ += '\n';
    out_.append(depth_ * 2, ' ');
    is_first_ = false;
}

void JsonWriter::open(char bracket) {
    begin_value();
    out_ += bracket;
    ++depth_;
    is_first_ = true;
}

void JsonWriter::close(char bracket) {
    --depth_;
    if (!is_first_) {
        out_ += '\n';
        out_.append(depth_ * 2, ' ');
    }
    out_ += bracket;
    is_first_ = false;
}

void JsonWriter::raw(std::string_view value) {
    begin_value();
    out_ += value;
}

void JsonWriter::key(std::string_view name) {
    begin_value();
    out_ += quote_json(name);
    out_ += ": ";
    is_after_key_ = true;
}

void JsonWriter::text(std::string_view value) {
    raw(quote_json(value));
}

void JsonWriter::number(double value) {
    // "1e+20" for whole numbers would be valid too, but nobody writes bounds so.
    constexpr double whole_max = 9007199254740992.0;
    const bool is_whole = value >= -whole_max && value <= whole_max &&
                          value == static_cast<double>(static_cast<int64_t>(value));
    raw(is_whole ? fmt::format("{}", static_cast<int64_t>(value)) : fmt::format("{}", value));
}

}  // namespace messina::config
