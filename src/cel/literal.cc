#include "cel/literal.h"

#include <charconv>
#include <cmath>
#include <string>

#include "cel/utf8.h"

namespace messina::cel {
namespace {

std::expected<uint64_t, LiteralError> parse_magnitude(std::string_view digits) {
    const bool is_hex = digits.starts_with("0x") || digits.starts_with("0X");
    if (is_hex) digits.remove_prefix(2);
    uint64_t magnitude = 0;
    const auto parsed =
        std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, is_hex ? 16 : 10);
    if (parsed.ec != std::errc())
        return std::unexpected(LiteralError{0, "this whole number is out of range"});
    return magnitude;
}

/// The content of a string or bytes literal, escapes resolved.
class Unescaper {
  public:
    Unescaper(std::string_view content, bool is_bytes) : text_(content), is_bytes_(is_bytes) {}

    std::expected<std::string, LiteralError> run() {
        while (at_ < text_.size()) {
            if (text_[at_] != '\\') {
                out_ += text_[at_++];
                continue;
            }
            const std::string_view message = escape();
            if (!message.empty()) return std::unexpected(LiteralError{at_, message});
        }
        return std::move(out_);
    }

  private:
    /// Resolves the escape at at_; a message when it is none.
    std::string_view escape() {
        const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        switch (letter) {
            case 'a': return literal('\a');
            case 'b': return literal('\b');
            case 'f': return literal('\f');
            case 'n': return literal('\n');
            case 'r': return literal('\r');
            case 't': return literal('\t');
            case 'v': return literal('\v');
            case '\\':
            case '\'':
            case '"':
            case '`':
            case '?': return literal(letter);
            case 'x':
            case 'X': return number(2, 2, 16);
            case 'u': return is_bytes_ ? kNoUnicode : number(2, 4, 16);
            case 'U': return is_bytes_ ? kNoUnicode : number(2, 8, 16);
            case '0':
            case '1':
            case '2':
            case '3': return number(1, 3, 8);
            default: return "unknown escape; a backslash itself is written \\\\";
        }
    }

    std::string_view literal(char byte) {
        out_ += byte;
        at_ += 2;
        return {};
    }

    std::string_view number(size_t skip, size_t digit_count, int base) {
        constexpr std::string_view too_short = "this escape has too few digits";
        if (at_ + skip + digit_count > text_.size()) return too_short;
        const char* first = text_.data() + at_ + skip;
        uint32_t value = 0;
        const auto parsed = std::from_chars(first, first + digit_count, value, base);
        if (parsed.ec != std::errc() || parsed.ptr != first + digit_count) return too_short;
        if (is_bytes_) {
            out_ += static_cast<char>(value);
        } else if (is_scalar_value(value)) {
            append_utf8(out_, value);
        } else {
            return "this escape is no Unicode character";
        }
        at_ += skip + digit_count;
        return {};
    }

    static constexpr std::string_view kNoUnicode =
        "bytes have no \\u escapes; write \\x for each byte";

    std::string_view text_;
    bool is_bytes_;
    size_t at_ = 0;
    std::string out_;
};

/// Line ends are \n whatever the file has.
std::string with_plain_newlines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            out += text[i];
        } else if (i + 1 == text.size() || text[i + 1] != '\n') {
            out += '\n';
        }
    }
    return out;
}

}  // namespace

LiteralValue parse_int_literal(std::string_view text, bool is_negative) {
    const auto magnitude = parse_magnitude(text);
    if (!magnitude) return std::unexpected(magnitude.error());
    const uint64_t largest = static_cast<uint64_t>(INT64_MAX) + (is_negative ? 1 : 0);
    if (*magnitude > largest)
        return std::unexpected(LiteralError{0, "this whole number is out of range"});
    return Value::integer(static_cast<int64_t>(is_negative ? 0 - *magnitude : *magnitude));
}

LiteralValue parse_uint_literal(std::string_view text) {
    text.remove_suffix(1);
    const auto magnitude = parse_magnitude(text);
    if (!magnitude) return std::unexpected(magnitude.error());
    return Value::unsigned_integer(*magnitude);
}

LiteralValue parse_double_literal(std::string_view text, bool is_negative) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    // from_chars also reports what is too near to zero; strtod tells the two apart.
    if (parsed.ec == std::errc::result_out_of_range) {
        number = std::strtod(std::string(text).c_str(), nullptr);
        if (std::isinf(number))
            return std::unexpected(LiteralError{0, "this number is out of range"});
    }
    return Value::floating(is_negative ? -number : number);
}

LiteralValue parse_string_literal(std::string_view text, Arena& arena) {
    const size_t prefix = text.find_first_of("\"'");
    const bool is_bytes = text.substr(0, prefix).find_first_of("bB") != std::string_view::npos;
    const bool is_raw = text.substr(0, prefix).find_first_of("rR") != std::string_view::npos;
    const std::string_view quoted = text.substr(prefix);
    const char quote = quoted.front();
    const bool is_triple = quoted.size() >= 6 && quoted[1] == quote && quoted[2] == quote;
    const size_t quotes = is_triple ? 3 : 1;
    std::string content = with_plain_newlines(quoted.substr(quotes, quoted.size() - 2 * quotes));
    if (!is_raw) {
        auto unescaped = Unescaper(content, is_bytes).run();
        if (!unescaped) {
            LiteralError error = unescaped.error();
            error.at += prefix + quotes;
            return std::unexpected(error);
        }
        content = *std::move(unescaped);
    }
    const std::string_view kept = arena.copy(content);
    return is_bytes ? Value::bytes(kept) : Value::string(kept);
}

}  // namespace messina::cel
