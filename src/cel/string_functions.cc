// Strings. Positions count code points, not bytes.
#include <algorithm>
#include <array>

#include "cel/format.h"
#include "cel/function_table.h"
#include "cel/regex.h"
#include "cel/utf8.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;
constexpr size_t kNone = std::string_view::npos;

Value index_out_of_range(Frame& frame, int64_t index) {
    return frame.fail("cel.index_out_of_range", "index {} is out of range", index);
}

/// The byte offset of character `index` (the end counts as one), or kNone.
size_t offset_of(std::string_view text, int64_t index) {
    if (index < 0) return kNone;
    const auto position = static_cast<size_t>(index);
    if (is_ascii(text)) return position <= text.size() ? position : kNone;
    return utf8_offset(text, position);
}

int64_t character_index(std::string_view text, size_t offset) {
    return static_cast<int64_t>(utf8_length(text.substr(0, offset)));
}

// --- tests ---

Value starts_with(Frame&, Args args) {
    return Value::boolean(args[0].as_text().starts_with(args[1].as_text()));
}
Value ends_with(Frame&, Args args) {
    return Value::boolean(args[0].as_text().ends_with(args[1].as_text()));
}
Value contains(Frame& frame, Args args) {
    if (!frame.charge_bytes(args[0].as_text().size())) return Frame::exhausted();
    return Value::boolean(args[0].as_text().find(args[1].as_text()) != kNone);
}
Value matches(Frame& frame, Args args) {
    return matches_pattern(frame, args[0].as_text(), args[1].as_text());
}

// --- positions ---

Value char_at(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    const size_t offset = offset_of(text, args[1].as_int());
    if (offset == kNone) return index_out_of_range(frame, args[1].as_int());
    if (offset == text.size()) return Value::string("");
    return Value::string(text.substr(offset, decode_utf8(text.substr(offset)).bytes));
}

Value index_of(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(2 * text.size())) return Frame::exhausted();
    size_t from = 0;
    if (args.size() == 3) {
        from = offset_of(text, args[2].as_int());
        if (from == kNone) return index_out_of_range(frame, args[2].as_int());
    }
    const size_t found = text.find(args[1].as_text(), from);
    return Value::integer(found == kNone ? -1 : character_index(text, found));
}

Value last_index_of(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(2 * text.size())) return Frame::exhausted();
    size_t from = kNone;
    if (args.size() == 3) {
        from = offset_of(text, args[2].as_int());
        if (from == kNone) return index_out_of_range(frame, args[2].as_int());
    }
    const size_t found = text.rfind(args[1].as_text(), from);
    return Value::integer(found == kNone ? -1 : character_index(text, found));
}

Value substring(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(2 * text.size())) return Frame::exhausted();
    const int64_t first = args[1].as_int();
    const size_t begin = offset_of(text, first);
    if (begin == kNone) return index_out_of_range(frame, first);
    if (args.size() == 2) return Value::string(text.substr(begin));
    const int64_t last = args[2].as_int();
    const size_t end = offset_of(text, last);
    if (end == kNone) return index_out_of_range(frame, last);
    if (end < begin)
        return frame.fail("cel.invalid_argument", "the substring ends at {}, before its start {}",
                          last, first);
    return Value::string(text.substr(begin, end - begin));
}

// --- changes ---

/// A copy of `text` with each byte replaced by change(byte).
template <class Change>
Value with_changed_bytes(Frame& frame, std::string_view text, Change change) {
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    char* copy = static_cast<char*>(frame.arena.allocate(text.size() + 1, 1));
    std::ranges::transform(text, copy, change);
    return Value::string({copy, text.size()});
}
Value lower_ascii(Frame& frame, Args args) {
    return with_changed_bytes(frame, args[0].as_text(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
}
Value upper_ascii(Frame& frame, Args args) {
    return with_changed_bytes(frame, args[0].as_text(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    });
}

bool is_blank(char32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

Value trim(Frame& frame, Args args) {
    std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    while (!text.empty() && is_blank(decode_utf8(text).value))
        text.remove_prefix(decode_utf8(text).bytes);
    while (!text.empty()) {
        size_t last = text.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
        if (!is_blank(decode_utf8(text.substr(last)).value)) break;
        text.remove_suffix(text.size() - last);
    }
    return Value::string(text);
}

Value reverse(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    char* reversed = static_cast<char*>(frame.arena.allocate(text.size() + 1, 1));
    size_t room = text.size();
    for (size_t at = 0; at < text.size();) {
        const size_t bytes = decode_utf8(text.substr(at)).bytes;
        room -= bytes;
        text.copy(reversed + room, bytes, at);
        at += bytes;
    }
    return Value::string({reversed, text.size()});
}

/// `text` with at most `limit` occurrences of `old` replaced; an empty `old` is found before every
/// character and at the end.
Value replace(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    const std::string_view old = args[1].as_text();
    const std::string_view replacement = args[2].as_text();
    int64_t left = args.size() == 4 ? args[3].as_int() : -1;
    std::string out;
    size_t at = 0;
    while (left != 0) {
        const size_t found = old.empty() ? at : text.find(old, at);
        if (found == kNone) break;
        if (!frame.charge(1 + replacement.size() / 64)) return Frame::exhausted();
        out.append(text, at, found - at);
        out += replacement;
        at = found + old.size();
        --left;
        if (!old.empty()) continue;
        if (at == text.size()) break;
        const size_t bytes = decode_utf8(text.substr(at)).bytes;
        out.append(text, at, bytes);
        at += bytes;
    }
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    out.append(text, std::min(at, text.size()));
    return frame.string(out);
}

Value split(Frame& frame, Args args) {
    std::string_view rest = args[0].as_text();
    const std::string_view separator = args[1].as_text();
    const int64_t limit = args.size() == 3 ? args[2].as_int() : -1;
    std::vector<Value> parts;
    if (limit == 0 || (separator.empty() && rest.empty())) return Value::list({});
    while (limit < 0 || static_cast<int64_t>(parts.size()) + 1 < limit) {
        if (!frame.charge(1)) return Frame::exhausted();
        const size_t cut = separator.empty() ? decode_utf8(rest).bytes : rest.find(separator);
        if (cut == kNone || (separator.empty() && cut == rest.size())) break;
        parts.push_back(Value::string(rest.substr(0, cut)));
        rest.remove_prefix(cut + separator.size());
    }
    parts.push_back(Value::string(rest));
    Value* items = frame.arena.make_array<Value>(parts.size());
    std::ranges::copy(parts, items);
    return Value::list({items, parts.size()});
}

Value join(Frame& frame, Args args) {
    const std::string_view separator = args.size() == 2 ? args[1].as_text() : std::string_view();
    std::string joined;
    bool is_first = true;
    for (const Value& item : args[0].as_list()) {
        if (!item.is(Kind::String))
            return frame.fail("cel.no_such_overload", "join() takes a list of strings");
        if (!frame.charge(1 + (item.as_text().size() + separator.size()) / 64))
            return Frame::exhausted();
        if (!is_first) joined += separator;
        joined += item.as_text();
        is_first = false;
    }
    return frame.string(joined);
}

Value quote(Frame& frame, Args args) {
    const std::string_view text = args[0].as_text();
    if (!frame.charge_bytes(text.size())) return Frame::exhausted();
    constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view letters = "abfnrtv\\\"";
    std::string quoted = "\"";
    for (size_t at = 0; at < text.size();) {
        const CodePoint point = decode_utf8(text.substr(at));
        const size_t escape = point.value < 0x80 ? special.find(text[at]) : kNone;
        if (escape != kNone) {
            quoted += '\\';
            quoted += letters[escape];
        } else {
            append_utf8(quoted, point.value);
        }
        at += point.bytes;
    }
    return frame.string(quoted + '"');
}

Value format(Frame& frame, Args args) {
    return format_text(frame, args[0].as_text(), args[1].as_list());
}

constexpr std::string_view kMatches = "True when the regular expression (RE2) is found in it.";
constexpr std::string_view kIndexOf = "Where the other first begins in it, or -1.";
constexpr std::string_view kLastIndexOf = "Where the other last begins in it, or -1.";
constexpr std::string_view kSubstring = "From one position to before another, or to the end.";
constexpr std::string_view kReplace = "The other text in place of each occurrence, or the first n.";
constexpr std::string_view kSplit = "The parts between separators, at most n.";
constexpr std::string_view kJoin = "The texts one after the other.";

constexpr std::array kRows = {
    FunctionRow{"string.startsWith(string) -> bool", starts_with, "True when it begins so."},
    FunctionRow{"string.endsWith(string) -> bool", ends_with, "True when it ends so."},
    FunctionRow{"string.contains(string) -> bool", contains, "True when the other is in it."},
    FunctionRow{"matches(string, string) -> bool", matches, kMatches},
    FunctionRow{"string.matches(string) -> bool", matches, kMatches},
    FunctionRow{"string.charAt(int) -> string", char_at, "The character at a position, from 0."},
    FunctionRow{"string.indexOf(string) -> int", index_of, kIndexOf},
    FunctionRow{"string.indexOf(string, int) -> int", index_of, kIndexOf},
    FunctionRow{"string.lastIndexOf(string) -> int", last_index_of, kLastIndexOf},
    FunctionRow{"string.lastIndexOf(string, int) -> int", last_index_of, kLastIndexOf},
    FunctionRow{"string.substring(int) -> string", substring, kSubstring},
    FunctionRow{"string.substring(int, int) -> string", substring, kSubstring},
    FunctionRow{"string.lowerAscii() -> string", lower_ascii, "A to Z as small letters."},
    FunctionRow{"string.upperAscii() -> string", upper_ascii, "a to z as capitals."},
    FunctionRow{"string.trim() -> string", trim, "Without blanks at both ends."},
    FunctionRow{"string.reverse() -> string", reverse, "Last character first."},
    FunctionRow{"string.replace(string, string) -> string", replace, kReplace},
    FunctionRow{"string.replace(string, string, int) -> string", replace, kReplace},
    FunctionRow{"string.split(string) -> list(string)", split, kSplit},
    FunctionRow{"string.split(string, int) -> list(string)", split, kSplit},
    FunctionRow{"list(string).join() -> string", join, kJoin},
    FunctionRow{"list(string).join(string) -> string", join, kJoin},
    FunctionRow{"strings.quote(string) -> string", quote, "Quoted, special characters escaped."},
    FunctionRow{"string.format(list(dyn)) -> string", format,
                "The values in place of %s %d %f %e %b %o %x %X; %.3f sets the decimals."},
};

}  // namespace

std::span<const FunctionRow> string_functions() {
    return kRows;
}

}  // namespace messina::cel
