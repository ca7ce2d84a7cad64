#include "pipeline/scenario_value.h"

#include <gtest/gtest.h>

#include "codec/json.h"

namespace messina::pipeline {
namespace {

class ScenarioValue : public testing::Test {
  protected:
    Value json(std::string_view text) {
        const Result<Value> value = codec::parse_json(arena_.copy(text), arena_);
        EXPECT_TRUE(value.has_value()) << text;
        return value.value_or(Value());
    }
    bool is_same(std::string_view a, std::string_view b) { return is_same_value(json(a), json(b)); }
    std::string difference(std::string_view expected, std::string_view actual,
                           Extent extent = Extent::Whole) {
        const auto found = first_difference(json(expected), json(actual), extent);
        return found ? found->to_text() : "";
    }
    Arena arena_;
};

TEST_F(ScenarioValue, TakesNumbersAsNumbersHoweverTheyAreWritten) {
    EXPECT_TRUE(is_same("1", "1.0"));
    EXPECT_TRUE(is_same("100", "1e2"));
    EXPECT_TRUE(is_same("-0.0", "0"));
    EXPECT_TRUE(is_same("1e400", "10E399"));
    EXPECT_TRUE(is_same("0.10", "1e-1"));
    EXPECT_FALSE(is_same("1", "\"1\""));
    EXPECT_FALSE(is_same("1", "-1"));
}

TEST_F(ScenarioValue, TellsNumbersApartThatOneDoubleWouldMakeEqual) {
    EXPECT_FALSE(is_same("9007199254740993", "9007199254740992.0"));
    EXPECT_FALSE(is_same("1e400", "1e401"));
    EXPECT_FALSE(is_same("0.1", "0.1000000000000000055511151231257827"));
    EXPECT_FALSE(is_same("1e9999999999999999999", "1e9999999999999999998"));
}

TEST_F(ScenarioValue, IgnoresTheOrderOfKeysButNotOfElements) {
    EXPECT_TRUE(is_same(R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"d":3,"c":2},"a":1})"));
    EXPECT_FALSE(is_same("[1,2]", "[2,1]"));
    EXPECT_FALSE(is_same(R"({"a":null})", "{}"));
}

TEST_F(ScenarioValue, MarksTheFirstDifferenceUnderBothLines) {
    EXPECT_EQ(difference(R"({"a":1,"b":{"c":"x"}})", R"({"b":{"c":"y"},"a":1.0})"),
              "    expected: {\"a\":1,\"b\":{\"c\":\"x\"}}\n"
              "    actual:   {\"a\":1,\"b\":{\"c\":\"y\"}}\n"
              "                              ^ .b.c\n");
}

TEST_F(ScenarioValue, NamesMissingAndUnexpectedFields) {
    EXPECT_NE(difference(R"({"a":1})", "{}").find("^ .a\n"), std::string::npos);
    EXPECT_NE(difference("{}", R"({"b":[1]})").find("^ .b\n"), std::string::npos);
    EXPECT_NE(difference("[1,2]", "[1]").find("^ [1]\n"), std::string::npos);
}

TEST_F(ScenarioValue, ComparesOnlyListedFieldsWhenAsked) {
    EXPECT_EQ(difference(R"({"error":{"code":"x"}})",
                         R"({"error":{"code":"x","message":"m"},"value":"v"})", Extent::Listed),
              "");
    EXPECT_NE(difference(R"({"error":{"hint":"h"}})", R"({"error":{"code":"x"}})", Extent::Listed),
              "");
}

TEST_F(ScenarioValue, CountsCharactersNotBytesUpToTheMark) {
    EXPECT_EQ(difference(R"(["日本",1])", R"(["日本",2])"),
              "    expected: [\"日本\",1]\n"
              "    actual:   [\"日本\",2]\n"
              "                    ^ [1]\n");
}

TEST_F(ScenarioValue, CutsLongLinesAroundTheDifference) {
    const std::string filler(300, 'x');
    const std::string text = difference("[\"" + filler + "\",1,\"" + filler + "\"]",
                                        "[\"" + filler + "\",2,\"" + filler + "\"]");
    size_t begin = 0;
    while (begin < text.size()) {
        const size_t end = text.find('\n', begin);
        EXPECT_LE(end - begin, 130U);
        begin = end + 1;
    }
    EXPECT_NE(text.find("\",1,\""), std::string::npos);
    EXPECT_NE(text.find("\",2,\""), std::string::npos);
    EXPECT_NE(text.find("…"), std::string::npos);
}

TEST_F(ScenarioValue, ReadsPlainScalarsAsYamlMeansThem) {
    const auto node = config::parse_yaml(
        "s.yaml", R"({ a: 1, b: "1", c: true, d: no, e: null, f: 1e400, g: [0.5, x], h: 007 })",
        {});
    ASSERT_TRUE(node.has_value());
    EXPECT_EQ(codec::to_json(value_of(*node, arena_)),
              R"({"a":1,"b":"1","c":true,"d":"no","e":null,"f":1e400,"g":[0.5,"x"],"h":"007"})");
}

}  // namespace
}  // namespace messina::pipeline
