#include "config/properties.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "config/source_text.h"
#include "config/text_file.h"

namespace messina::config {
namespace {

constexpr std::string_view kBlanks = " \t\f";

bool is_blank(char c) {
    return kBlanks.find(c) != std::string_view::npos;
}
bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

void append_utf8(std::string& out, uint32_t code) {
    const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0 | (code >> 6));
    } else {
        if (code < 0x10000) {
            byte(0xE0 | (code >> 12));
        } else {
            byte(0xF0 | (code >> 18));
            byte(0x80 | ((code >> 12) & 0x3F));
        }
        byte(0x80 | ((code >> 6) & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

class PropertiesReader {
  public:
    PropertiesReader(Marker& marker, const LoadLimits& limits)
        : marker_(marker), text_(marker.text()), limits_(limits) {}

    Result<Node> read() {
        Node root{.kind = NodeKind::Map, .mark = marker_.at(0)};
        std::unordered_map<std::string, size_t> places;
        while (skip_to_entry()) {
            MESSINA_TRY(Node key, read_word(Until::Separator));
            skip_separator();
            MESSINA_TRY(Node value, read_word(Until::LineEnd));
            const auto [place, is_new] = places.emplace(key.scalar, root.entries.size());
            if (!is_new) {
                root.entries[place->second] = {std::move(key), std::move(value)};
                continue;
            }
            if (root.entries.size() >= limits_.nodes_max) {
                return fail(error_at(key.mark, "config.too_large",
                                     fmt::format("more than {} entries", limits_.nodes_max)));
            }
            root.entries.emplace_back(std::move(key), std::move(value));
        }
        return root;
    }

  private:
    enum class Until : uint8_t { Separator, LineEnd };

    [[nodiscard]] bool is_at_end() const { return at_ == text_.size(); }
    [[nodiscard]] char peek() const { return text_[at_]; }

    void skip_blanks() {
        while (!is_at_end() && is_blank(peek())) ++at_;
    }

    /// Past empty lines and comments; false at the end of the file.
    bool skip_to_entry() {
        for (;;) {
            while (!is_at_end() && (is_blank(peek()) || is_line_end(peek()))) ++at_;
            if (is_at_end()) return false;
            if (peek() != '#' && peek() != '!') return true;
            while (!is_at_end() && !is_line_end(peek())) ++at_;
        }
    }

    /// A backslash at the end of a line: the next line goes on here.
    bool skip_continuation() {
        if (is_at_end() || peek() != '\\') return false;
        const std::string_view after = text_.substr(at_ + 1);
        if (!after.empty() && !is_line_end(after[0])) return false;
        at_ += 1 + (after.starts_with("\r\n") ? 2 : std::min<size_t>(1, after.size()));
        skip_blanks();
        return true;
    }

    void skip_separator() {
        const auto skip = [&] {
            do {
                skip_blanks();
            } while (skip_continuation());
        };
        skip();
        if (!is_at_end() && (peek() == '=' || peek() == ':')) {
            ++at_;
            skip();
        }
    }

    Result<Node> read_word(Until until) {
        Node node{.kind = NodeKind::Scalar, .mark = marker_.at(at_)};
        while (!is_at_end() && !is_line_end(peek())) {
            const char c = peek();
            if (skip_continuation()) continue;
            if (until == Until::Separator && (c == '=' || c == ':' || is_blank(c))) break;
            if (c == '\\') {
                MESSINA_TRY_VOID(read_escape(node.scalar));
                continue;
            }
            node.scalar += c;
            ++at_;
        }
        return node;
    }

    Result<void> read_escape(std::string& out) {
        const size_t begin = at_;
        const char c = text_[begin + 1];
        at_ += 2;
        switch (c) {
            case 't': out += '\t'; return {};
            case 'n': out += '\n'; return {};
            case 'r': out += '\r'; return {};
            case 'f': out += '\f'; return {};
            case 'u': break;
            default: out += c; return {};
        }
        std::optional<uint32_t> code = read_hex();
        const bool is_high = code && *code >= 0xD800 && *code < 0xDC00;
        if (is_high && text_.substr(at_).starts_with("\\u")) {
            at_ += 2;
            const std::optional<uint32_t> low = read_hex();
            const bool is_low = low && *low >= 0xDC00 && *low < 0xE000;
            code = is_low ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00))
                          : std::nullopt;
        }
        if (!code || (*code >= 0xD800 && *code < 0xE000)) {
            return fail(error_at(
                marker_.at(begin), "config.properties", "this is no character in \\uXXXX form",
                "four hexadecimal digits follow \\u; a backslash is written \\\\", 2));
        }
        append_utf8(out, *code);
        return {};
    }

    std::optional<uint32_t> read_hex() {
        const std::string_view digits = text_.substr(at_, 4);
        uint32_t code = 0;
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, code, 16);
        if (digits.size() < 4 || stop != end || error != std::errc{}) return std::nullopt;
        at_ += 4;
        return code;
    }

    Marker& marker_;
    std::string_view text_;
    const LoadLimits& limits_;
    size_t at_ = 0;
};

}  // namespace

Result<Node> parse_properties(std::string file, std::string text, const LoadLimits& limits) {
    MESSINA_TRY(Marker marker, open_text(std::move(file), std::move(text), limits));
    return PropertiesReader(marker, limits).read();
}

Result<Node> load_properties(const std::string& file, const LoadLimits& limits) {
    MESSINA_TRY(std::string text, read_text_file(file, limits.text_bytes_max));
    return parse_properties(file, std::move(text), limits);
}

}  // namespace messina::config
