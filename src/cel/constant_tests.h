// Tests of one value against something known when the expression is compiled. Each hands failures
// on and gives the error of the general operation for types that it does not take.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "cel/compare.h"
#include "cel/frame.h"
#include "cel/operation_nodes.h"
#include "cel/regex.h"

namespace messina::cel {

/// Equal to a text that has the same length and first byte far more often than not, when those are
/// equal; so they are looked at before memcmp is called.
inline bool is_same_text(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.empty() || (a.front() == b.front() &&
                                                  std::memcmp(a.data(), b.data(), a.size()) == 0));
}

template <bool is_negated>
struct EqualsString {
    std::string_view text;

    Value operator()(Frame&, const Value& value) const {
        if (value.is(Kind::String))
            return Value::boolean(is_same_text(value.as_text(), text) != is_negated);
        return is_failure(value) ? value : Value::boolean(is_negated);
    }
};

template <bool is_negated>
struct EqualsConstant {
    Value constant;

    Value operator()(Frame& frame, const Value& value) const {
        if (is_failure(value)) return value;
        return Value::boolean(is_equal(value, constant, frame) != is_negated);
    }
};

/// The operator as written, for messages.
struct Operator {
    std::string_view name;
    bool is_mirrored;  // the constant stands on its left
};

struct IsLess {
    static bool of(auto a, auto b) { return a < b; }
    static bool of(Order order) { return order == Order::Less; }
};
struct IsLessOrEqual {
    static bool of(auto a, auto b) { return a <= b; }
    static bool of(Order order) { return order == Order::Less || order == Order::Equal; }
};
struct IsGreater {
    static bool of(auto a, auto b) { return a > b; }
    static bool of(Order order) { return order == Order::Greater; }
};
struct IsGreaterOrEqual {
    static bool of(auto a, auto b) { return a >= b; }
    static bool of(Order order) { return order == Order::Greater || order == Order::Equal; }
};

template <class Relation>
struct ComparesTo {
    Value constant;
    Operator op;

    Value operator()(Frame& frame, const Value& value) const {
        if (value.kind() == constant.kind()) {
            if (value.is(Kind::Double))
                return Value::boolean(Relation::of(value.as_double(), constant.as_double()));
            if (value.is(Kind::Int))
                return Value::boolean(Relation::of(value.as_int(), constant.as_int()));
        }
        const Order found = order(value, constant);
        if (found != Order::Mismatched) return Value::boolean(Relation::of(found));
        if (is_failure(value)) return value;
        return no_such_overload(
            frame, op.name,
            op.is_mirrored ? std::array{constant, value} : std::array{value, constant});
    }
};

struct InFewStrings {
    std::span<const Value> texts;

    Value operator()(Frame&, const Value& value) const {
        if (!value.is(Kind::String)) return is_failure(value) ? value : Value::boolean(false);
        const std::string_view text = value.as_text();
        for (const Value& candidate : texts)
            if (is_same_text(candidate.as_text(), text)) return Value::boolean(true);
        return Value::boolean(false);
    }
};

struct InManyStrings {
    explicit InManyStrings(std::span<const Value> items) {
        for (const Value& item : items) texts.insert(item.as_text());
    }

    Value operator()(Frame&, const Value& value) const {
        if (!value.is(Kind::String)) return is_failure(value) ? value : Value::boolean(false);
        return Value::boolean(texts.contains(value.as_text()));
    }

    std::unordered_set<std::string_view> texts;
};

struct InConstants {
    std::span<const Value> items;

    Value operator()(Frame& frame, const Value& value) const {
        if (is_failure(value)) return value;
        if (!frame.charge(items.size() / 8)) return Frame::exhausted();
        return Value::boolean(std::ranges::any_of(
            items, [&](const Value& item) { return is_equal(value, item, frame); }));
    }
};

struct StartsWith {
    static bool of(std::string_view text, std::string_view part) { return text.starts_with(part); }
};
struct EndsWith {
    static bool of(std::string_view text, std::string_view part) { return text.ends_with(part); }
};
struct Contains {
    static bool of(std::string_view text, std::string_view part) {
        return text.find(part) != std::string_view::npos;
    }
};

template <class Relation>
struct TestsText {
    std::string_view part;
    std::string_view name;

    Value operator()(Frame& frame, const Value& value) const {
        if (value.is(Kind::String)) return Value::boolean(Relation::of(value.as_text(), part));
        if (is_failure(value)) return value;
        return no_such_overload(frame, name, std::array{value, Value::string(part)});
    }
};

struct MatchesConstant {
    std::unique_ptr<const RE2> pattern;
    Value text;

    Value operator()(Frame& frame, const Value& value) const {
        if (is_failure(value)) return value;
        if (!value.is(Kind::String))
            return no_such_overload(frame, "matches", std::array{value, text});
        if (!frame.charge_bytes(value.as_text().size())) return Frame::exhausted();
        return Value::boolean(
            RE2::PartialMatch({value.as_text().data(), value.as_text().size()}, *pattern));
    }
};

}  // namespace messina::cel
