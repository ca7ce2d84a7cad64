// The fast nodes give what the general ones give. An expression with a constant takes the fast one;
// with a second slot of the same value in its place, the general one.
#include "cel/fused_nodes.h"

#include <array>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "cel/testing.h"

namespace messina::cel {
namespace {

/// A value and how it is written as a constant.
struct Sample {
    std::string_view text;
    Value value;
};

constexpr std::array kScalars = {
    Sample{"null", Value::null()},
    Sample{"true", Value::boolean(true)},
    Sample{"false", Value::boolean(false)},
    Sample{"0", Value::integer(0)},
    Sample{"7", Value::integer(7)},
    Sample{"-7", Value::integer(-7)},
    Sample{"9223372036854775807", Value::integer(INT64_MAX)},
    Sample{"7u", Value::unsigned_integer(7)},
    Sample{"18446744073709551615u", Value::unsigned_integer(UINT64_MAX)},
    Sample{"7.0", Value::floating(7)},
    Sample{"7.5", Value::floating(7.5)},
    Sample{"-1e30", Value::floating(-1e30)},
    Sample{"''", Value::string("")},
    Sample{"'a'", Value::string("a")},
    Sample{"'ab'", Value::string("ab")},
    Sample{"'abc'", Value::string("abc")},
    Sample{"'b'", Value::string("b")},
    Sample{"b'ab'", Value::bytes("ab")},
    Sample{"timestamp(7)", Value::timestamp(7, 0)},
    Sample{"duration('7s')", Value::duration(7, 0)},
    Sample{"int", Value::type("int")},
};

/// Values that only a slot can have.
constexpr EvalError kBad{"codec.bad", "unreadable"};
const std::array kSlotOnly = {Value(), Value::error(&kBad), Value::decimal("7.0"),
                              Value::decimal("123456789012345678901")};

class FusedNodes : public testing::Test {
  protected:
    FusedNodes() {
        bench_.declare("event");
        bench_.options.is_checked = false;
    }

    Value any_value() {
        const uint64_t kind = random_.below(10);
        if (kind == 0) return kSlotOnly[random_.below(kSlotOnly.size())];
        if (kind == 1) return list();
        return kScalars[random_.below(kScalars.size())].value;
    }
    Value list() {
        const size_t size = random_.below(5);
        Value* items = bench_.arena().make_array<Value>(size);
        for (size_t i = 0; i < size; ++i) items[i] = kScalars[random_.below(kScalars.size())].value;
        return Value::list({items, size});
    }

    /// Evaluates `fast` (which may name event.v) and `general` (which has event.c where `fast` has
    /// a constant) on the same values.
    void expect_same(const std::string& fast, const std::string& general, Value constant) {
        const auto left = bench_.compile(fast);
        const auto right = bench_.compile(general);
        ASSERT_TRUE(left && right) << fast;
        for (int i = 0; i < 40; ++i) {
            const Value value = any_value();
            bench_.set("event.v", value);
            bench_.set("event.c", constant);
            const Value a = bench_.evaluate(**left);
            const Value b = bench_.evaluate(**right);
            EXPECT_TRUE(is_identical(a, b)) << fast << " on " << to_debug_text(value) << " gives "
                                            << to_debug_text(a) << ", not " << to_debug_text(b);
            if (a.is(Kind::Error) && b.is(Kind::Error)) {
                EXPECT_EQ(a.as_error().message, b.as_error().message) << fast;
            }
        }
    }

    Bench bench_;
    Random random_{20240229};
};

TEST_F(FusedNodes, CompareLikeTheGeneralOnes) {
    for (const Sample& sample : kScalars)
        for (const std::string_view op : {"==", "!=", "<", "<=", ">", ">="}) {
            expect_same(fmt::format("event.v {} {}", op, sample.text),
                        fmt::format("event.v {} event.c", op), sample.value);
            expect_same(fmt::format("{} {} event.v", sample.text, op),
                        fmt::format("event.c {} event.v", op), sample.value);
        }
}

TEST_F(FusedNodes, FindMembersLikeTheGeneralOnes) {
    const std::array lists = {std::string("[]"), std::string("['a', 'ab', '']"),
                              std::string("[7, 7.5, 'a', null]"), std::string("[1u, true]"),
                              std::string("lists.range(30).map(i, 'a' + string(i)) + ['abc', '']")};
    for (const std::string& list : lists) {
        const auto program = bench_.compile(list);
        const Value constant = *(*program)->constant();
        expect_same("event.v in " + list, "event.v in event.c", constant);
    }
}

TEST_F(FusedNodes, TestTextsLikeTheGeneralOnes) {
    for (const std::string_view part : {"", "a", "ab", "b", "bc"})
        for (const std::string_view test : {"startsWith", "endsWith", "contains", "matches"}) {
            expect_same(fmt::format("event.v.{}('{}')", test, part),
                        fmt::format("event.v.{}(event.c)", test), Value::string(part));
            expect_same(fmt::format("event.v.exists(x, x.{}('{}'))", test, part),
                        fmt::format("event.v.exists(x, x.{}(event.c))", test), Value::string(part));
        }
}

TEST_F(FusedNodes, ExistLikeTheGeneralOnes) {
    for (const Sample& sample : kScalars)
        for (const std::string_view op : {"==", "!=", "<", ">="})
            expect_same(fmt::format("event.v.exists(x, x {} {})", op, sample.text),
                        fmt::format("event.v.exists(x, x {} event.c)", op), sample.value);
}

TEST_F(FusedNodes, TestWhatOtherNodesGive) {
    for (const Sample& sample : kScalars)
        expect_same(fmt::format("event.?v.orValue('a') == {}", sample.text),
                    "event.?v.orValue('a') == event.c", sample.value);
}

TEST_F(FusedNodes, GoOverMapsToo) {
    const MapEntry entries[] = {{Value::string("a"), Value::integer(1)}};
    bench_.set("event.v", Value::map(entries));
    EXPECT_EQ(bench_.text("event.v.exists(k, k == 'a')"), "true");
    EXPECT_EQ(bench_.text("event.v.exists(k, k == 'b')"), "false");
}

TEST_F(FusedNodes, ChargeForItems) {
    std::array<Value, 100> many;
    many.fill(Value::integer(1));
    bench_.set("event.v", Value::list(many));
    bench_.cost_max = 50;
    EXPECT_EQ(bench_.code("event.v.exists(x, x == 2)"), "cel.cost_limit");
}

}  // namespace
}  // namespace messina::cel
