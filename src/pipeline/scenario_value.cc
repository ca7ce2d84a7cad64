#include "pipeline/scenario_value.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "codec/json.h"

namespace messina::pipeline {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr size_t kLineCharacters = 100;
constexpr size_t kCharactersBefore = 50;  // shown of a long line before its first difference

bool is_number(const Value& value) {
    switch (value.kind()) {
        case Kind::Int:
        case Kind::Uint:
        case Kind::Double:
        case Kind::Decimal: return true;
        default: return false;
    }
}

/// A number as sign, digits without zeros at either end, and the power of ten after them: equal
/// numbers are equal here.
struct Number {
    bool is_negative = false;
    std::string digits;  // empty: zero
    int64_t exponent = 0;
    bool operator==(const Number&) const = default;
};

Number parse_number(std::string_view text) {
    Number number;
    number.is_negative = text.starts_with('-');
    if (number.is_negative) text.remove_prefix(1);
    const size_t end = std::min(text.find_first_of("eE"), text.size());
    if (end < text.size()) {
        std::string_view exponent = text.substr(end + 1);
        if (exponent.starts_with('+')) exponent.remove_prefix(1);
        // An exponent of so many digits says what it says by its text alone.
        constexpr size_t exponent_digits_max = 18;
        if (exponent.size() > exponent_digits_max)
            return {number.is_negative, std::string(text), 0};
        number.exponent = std::strtoll(std::string(exponent).c_str(), nullptr, 10);
    }
    bool is_fraction = false;
    for (const char c : text.substr(0, end)) {
        if (c == '.') {
            is_fraction = true;
            continue;
        }
        if (is_fraction) --number.exponent;
        if (c != '0' || !number.digits.empty()) number.digits.push_back(c);
    }
    while (number.digits.ends_with('0')) {
        number.digits.pop_back();
        ++number.exponent;
    }
    if (number.digits.empty()) return {};
    return number;
}

std::string number_text(const Value& value) {
    switch (value.kind()) {
        case Kind::Int: return fmt::format("{}", value.as_int());
        case Kind::Uint: return fmt::format("{}", value.as_uint());
        case Kind::Double: return fmt::format("{}", value.as_double());
        default: return std::string(value.as_text());
    }
}

bool is_same_scalar(const Value& a, const Value& b) {
    if (!is_number(a) || !is_number(b)) return is_identical(a, b);
    const auto is_no_number = [](const Value& value) {
        return value.is(Kind::Double) && !std::isfinite(value.as_double());
    };
    if (is_no_number(a) || is_no_number(b)) return is_identical(a, b);
    return parse_number(number_text(a)) == parse_number(number_text(b));
}

std::string key_text(const Value& key) {
    return key.is(Kind::String) ? std::string(key.as_text()) : codec::to_json(key);
}

const MapEntry* find_entry(const Value& map, const Value& key) {
    const auto entries = map.as_map();
    const auto found = std::ranges::find_if(
        entries, [&](const MapEntry& entry) { return is_same_scalar(entry.key, key); });
    return found == entries.end() ? nullptr : &*found;
}

/// Writes both sides at once: what is the same in the words of the expected side.
class Comparison {
  public:
    explicit Comparison(Extent extent) : extent_(extent) {}

    void compare(const Value& expected, const Value& actual) {
        if (expected.is(Kind::Map) && actual.is(Kind::Map)) return compare_maps(expected, actual);
        if (expected.is(Kind::List) && actual.is(Kind::List))
            return compare_lists(expected, actual);
        const std::string text = codec::to_json(expected);
        if (is_same_scalar(expected, actual)) {
            write_both(text);
        } else {
            differ();
            difference_.expected += text;
            difference_.actual += codec::to_json(actual);
        }
    }
    [[nodiscard]] std::optional<Difference> take() {
        if (!is_different_) return std::nullopt;
        return std::move(difference_);
    }

  private:
    void write_both(std::string_view text) {
        difference_.expected += text;
        difference_.actual += text;
    }
    void differ() {
        if (is_different_) return;
        is_different_ = true;
        difference_.where = path_;
        difference_.begin = difference_.expected.size();
    }
    /// Before an element that only this side has.
    static void open_element(std::string& side) {
        if (!side.ends_with('{') && !side.ends_with('[')) side += ',';
    }

    void compare_maps(const Value& expected, const Value& actual) {
        const size_t path_size = path_.size();
        write_both("{");
        for (const MapEntry& entry : expected.as_map()) {
            const MapEntry* other = find_entry(actual, entry.key);
            const std::string name = codec::to_json(Value::string(key_text(entry.key))) + ":";
            path_ += "." + key_text(entry.key);
            if (other == nullptr) {
                differ();
                open_element(difference_.expected);
                difference_.expected += name + codec::to_json(entry.value);
            } else {
                open_element(difference_.expected);
                open_element(difference_.actual);
                write_both(name);
                compare(entry.value, other->value);
            }
            path_.resize(path_size);
        }
        if (extent_ == Extent::Whole) add_unexpected(expected, actual);
        write_both("}");
    }

    void add_unexpected(const Value& expected, const Value& actual) {
        for (const MapEntry& entry : actual.as_map()) {
            if (find_entry(expected, entry.key) != nullptr) continue;
            const size_t path_size = path_.size();
            path_ += "." + key_text(entry.key);
            differ();
            path_.resize(path_size);
            open_element(difference_.actual);
            difference_.actual += codec::to_json(Value::string(key_text(entry.key))) + ":" +
                                  codec::to_json(entry.value);
        }
    }

    void compare_lists(const Value& expected, const Value& actual) {
        const size_t path_size = path_.size();
        const auto left = expected.as_list();
        const auto right = actual.as_list();
        write_both("[");
        for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
            path_ += fmt::format("[{}]", i);
            if (i >= left.size() || i >= right.size()) differ();
            if (i < left.size()) open_element(difference_.expected);
            if (i < right.size()) open_element(difference_.actual);
            if (i < left.size() && i < right.size()) {
                compare(left[i], right[i]);
            } else if (i < left.size()) {
                difference_.expected += codec::to_json(left[i]);
            } else {
                difference_.actual += codec::to_json(right[i]);
            }
            path_.resize(path_size);
        }
        write_both("]");
    }

    Extent extent_;
    Difference difference_;
    std::string path_;
    bool is_different_ = false;
};

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

size_t characters(std::string_view text) {
    return static_cast<size_t>(
        std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

/// The byte after `count` characters from `from`.
size_t forward(std::string_view text, size_t from, size_t count) {
    while (from < text.size() && (count > 0 || is_continuation(text[from]))) {
        if (!is_continuation(text[from])) --count;
        ++from;
        while (from < text.size() && is_continuation(text[from])) ++from;
    }
    return from;
}

std::string cut_line(std::string_view text, size_t begin) {
    const size_t end = forward(text, begin, kLineCharacters);
    return fmt::format("{}{}{}", begin > 0 ? "…" : "", text.substr(begin, end - begin),
                       end < text.size() ? "…" : "");
}

}  // namespace

Value value_of(const config::Node& node, Arena& arena) {
    switch (node.kind) {
        case config::NodeKind::Null: return Value::null();
        case config::NodeKind::Sequence: {
            Value* items = arena.make_array<Value>(node.items.size());
            for (size_t i = 0; i < node.items.size(); ++i)
                items[i] = value_of(node.items[i], arena);
            return Value::list({items, node.items.size()});
        }
        case config::NodeKind::Map: {
            MapEntry* entries = arena.make_array<MapEntry>(node.entries.size());
            for (size_t i = 0; i < node.entries.size(); ++i)
                entries[i] = {Value::string(node.entries[i].first.scalar),
                              value_of(node.entries[i].second, arena)};
            return Value::map({entries, node.entries.size()});
        }
        case config::NodeKind::Scalar: break;
    }
    if (node.is_quoted) return Value::string(node.scalar);
    if (node.scalar == "true") return Value::boolean(true);
    if (node.scalar == "false") return Value::boolean(false);
    const Result<Value> number = codec::parse_json(node.scalar, arena);
    return number && is_number(*number) ? *number : Value::string(node.scalar);
}

bool is_same_value(const Value& a, const Value& b) {
    return !first_difference(a, b, Extent::Whole).has_value();
}

std::optional<Difference> first_difference(const Value& expected, const Value& actual,
                                           Extent extent) {
    Comparison comparison(extent);
    comparison.compare(expected, actual);
    return comparison.take();
}

std::string Difference::to_text() const {
    // A difference in the middle of a character begins with the character.
    size_t mark = begin;
    while (mark > 0 && mark < expected.size() && is_continuation(expected[mark])) --mark;
    const size_t before = characters(std::string_view(expected).substr(0, mark));
    const size_t from =
        before > kLineCharacters - 20 ? forward(expected, 0, before - kCharactersBefore) : 0;
    const size_t column =
        characters(std::string_view(expected).substr(from, mark - from)) + (from > 0 ? 1 : 0);
    return fmt::format("{0}expected: {1}\n{0}actual:   {2}\n{0}          {3:>{4}}{5}\n", kIndent,
                       cut_line(expected, from), cut_line(actual, from), "^", column + 1,
                       where.empty() ? "" : " " + where);
}

}  // namespace messina::pipeline
