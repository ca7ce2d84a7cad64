#include "observe/escape.h"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace messina::observe {
namespace {

struct CodePoint {
    uint32_t value = 0;
    size_t bytes = 1;
    bool is_valid = false;
};

/// The code point at the start of `text`; one invalid byte when it is no UTF-8 (overlong forms and
/// surrogates included).
CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
    uint32_t value = lead & (0xffu >> (bytes + 1));
    for (size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
        value = (value << 6) | (byte(i) & 0x3fu);
    }
    constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < smallest[bytes] || value > 0x10ffff || is_surrogate) return {lead, 1, false};
    return {value, bytes, true};
}

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/// What can turn or break the shown line although it is no control character.
bool is_deceptive(uint32_t code) {
    return code == 0x2028 || code == 0x2029 || code == 0x200e || code == 0x200f || code == 0x061c ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/// The letter after the backslash of a short escape that JSON and people share, or 0.
char short_escape(uint32_t code) {
    switch (code) {
        case '\n': return 'n';
        case '\r': return 'r';
        case '\t': return 't';
        default: return 0;
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const CodePoint code = first_code_point(text);
        if (!code.is_valid) {
            out += kReplacement;
        } else if (code.value == '"' || code.value == '\\') {
            out += '\\';
            out += text[0];
        } else if (const char letter = short_escape(code.value); letter != 0) {
            out += '\\';
            out += letter;
        } else if (is_control(code.value) || is_deceptive(code.value)) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", code.value);
        } else {
            out += text.substr(0, code.bytes);
        }
        text.remove_prefix(code.bytes);
    }
    out += '"';
}

void append_visible(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const CodePoint code = first_code_point(text);
        if (const char letter = short_escape(code.value); letter != 0) {
            out += '\\';
            out += letter;
        } else if (!code.is_valid || is_control(code.value)) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", code.value);
        } else if (is_deceptive(code.value)) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", code.value);
        } else {
            out += text.substr(0, code.bytes);
        }
        text.remove_prefix(code.bytes);
    }
}

void append_field_text(std::string& out, std::string_view text) {
    const bool is_plain = !text.empty() && text.find_first_of(" \"=\\") == std::string_view::npos;
    if (is_plain) return append_visible(out, text);
    out += '"';
    while (!text.empty()) {
        const size_t special = text.find_first_of("\"\\");
        append_visible(out, text.substr(0, special));
        if (special == std::string_view::npos) break;
        out += '\\';
        out += text[special];
        text.remove_prefix(special + 1);
    }
    out += '"';
}

std::string to_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const CodePoint code = first_code_point(text);
        out += code.is_valid ? text.substr(0, code.bytes) : kReplacement;
        text.remove_prefix(code.bytes);
    }
    return out;
}

}  // namespace messina::observe
