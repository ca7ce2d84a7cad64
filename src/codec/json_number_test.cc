#include "codec/json_number.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/json.h"

namespace messina::codec {
namespace {

Value parse(std::string_view text, Arena& arena) {
    const Result<Value> value = parse_json(text, arena);
    EXPECT_TRUE(value) << text;
    return value.value_or(Value());
}

TEST(JsonNumber, BecomesDecimalWhenNoDoublePrintsBack) {
    for (const std::string_view text :
         {"0.1000000000000000055511151231257827", "123456789.123456789123", "18446744073709551616",
          "-9223372036854775809", "9007199254740993.0", "9007199254740993e0", "1e400", "-1e400",
          "1e-400", "1e99999999999999999999", "0.30000000000000004441", "2.4703282292062327e-324",
          "179769313486231580793728971405301e277"}) {
        const Value value = exact_number(text);
        ASSERT_TRUE(value.is(Kind::Decimal)) << text << " " << to_debug_text(value);
        EXPECT_EQ(value.as_text(), text);
    }
}

TEST(JsonNumber, BecomesDoubleWhenThatPrintsBackHoweverItIsWritten) {
    const std::pair<std::string_view, double> cases[] = {
        {"0.1", 0.1},
        {"0.10000000000000000000000000", 0.1},
        {"1000000000000000000000e-22", 0.1},
        {"0.30000000000000004", 0.30000000000000004},
        {"100000000000000000000", 1e20},
        {"1.7976931348623157e308", std::numeric_limits<double>::max()},
        {"5e-324", 5e-324},
        {"2.2250738585072014E-308", 2.2250738585072014e-308},
        {"0e999999999999", 0.0},
        {"0.000e-400", 0.0},
        {"-0.0", -0.0},
    };
    for (const auto& [text, number] : cases) {
        const Value value = exact_number(text);
        ASSERT_TRUE(value.is(Kind::Double)) << text;
        EXPECT_EQ(value.as_double(), number) << text;
        EXPECT_EQ(std::signbit(value.as_double()), std::signbit(number)) << text;
    }
}

TEST(JsonNumber, KeepsIntegersUpToTheEdges) {
    EXPECT_EQ(exact_number("9223372036854775807").as_int(), INT64_MAX);
    EXPECT_EQ(exact_number("-9223372036854775808").as_int(), INT64_MIN);
    EXPECT_EQ(exact_number("9223372036854775808").as_uint(), 9223372036854775808U);
    EXPECT_TRUE(exact_number("9223372036854775808").is(Kind::Uint));
    EXPECT_EQ(exact_number("18446744073709551615").as_uint(), UINT64_MAX);
}

TEST(JsonNumber, IsCorrectlyRoundedInTheScannerToo) {
    Random random(5);
    Arena arena;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = random.chance(0.3) ? "-" : "";
        text += std::to_string(random.below(uint64_t{1} << random.below(50)));
        if (random.chance(0.7)) text += "." + std::to_string(random.below(1'000'000));
        if (random.chance(0.4))
            text += (random.chance(0.5) ? "e-" : "E") + std::to_string(random.below(25));
        double expected = 0;
        std::from_chars(text.data(), text.data() + text.size(), expected);
        const Value value = parse(text, arena);
        if (value.is(Kind::Int)) {
            EXPECT_EQ(std::to_string(value.as_int()), text == "-0" ? "0" : text);
        } else if (value.is(Kind::Double)) {
            EXPECT_EQ(value.as_double(), expected) << text;
        } else {
            EXPECT_EQ(value.as_text(), text);
        }
    }
}

TEST(JsonNumber, SurvivesWritingAndReading) {
    Random random(6);
    Arena arena;
    for (int i = 0; i < 20'000; ++i) {
        const double number = std::bit_cast<double>(random.next());
        if (!std::isfinite(number)) continue;
        const Value value = parse(to_json(Value::floating(number)), arena);
        ASSERT_TRUE(value.is(Kind::Double)) << to_json(Value::floating(number));
        EXPECT_EQ(value.as_double(), number);
    }
}

}  // namespace
}  // namespace messina::codec
