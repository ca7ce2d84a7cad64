// What the parser refuses, and where it says the mistake is.
#include "cel/parser.h"

#include <gtest/gtest.h>

#include "cel/testing.h"

namespace messina::cel {
namespace {

/// The first line of the error, "1:5: …"; "accepted" when there is none.
std::string refusal(std::string_view text, uint32_t depth_max = 250) {
    Arena arena;
    const auto ast = parse(Source(text), depth_max, arena);
    if (ast) return "accepted";
    return ast.error().message.substr(0, ast.error().message.find('\n'));
}

TEST(Parser, SaysWhatItExpectedAndFound) {
    EXPECT_EQ(refusal("a +"), "1:4: expected a value, found the end");
    EXPECT_EQ(refusal("(a"), "1:3: expected ')', found the end");
    EXPECT_EQ(refusal("a ? b"), "1:6: expected ':' of the conditional, found the end");
    EXPECT_EQ(refusal("a b"), "1:3: expected the end of the expression, found 'b'");
    EXPECT_EQ(refusal("[1, 2"), "1:6: expected ',' or ']', found the end");
    EXPECT_EQ(refusal("{1 2}"), "1:4: expected ':', found '2'");
    EXPECT_EQ(refusal("{1: 2"), "1:6: expected ',' or '}', found the end");
    EXPECT_EQ(refusal("f(1"), "1:4: expected ',' or ')', found the end");
    EXPECT_EQ(refusal("a.1"), "1:2: expected the end of the expression, found '.1'");
    EXPECT_EQ(refusal("a.*"), "1:3: expected a field name, found '*'");
    EXPECT_EQ(refusal("a[1"), "1:4: expected ']', found the end");
    EXPECT_EQ(refusal("m{1: 2}"), "1:3: expected a field name, found '1'");
    EXPECT_EQ(refusal(".(1)"), "1:2: expected a name, found '('");
}

TEST(Parser, RefusesMalformedWords) {
    EXPECT_EQ(refusal("'abc"), "1:1: this string does not end");
    EXPECT_EQ(refusal("'''abc"), "1:1: this string does not end");
    EXPECT_EQ(refusal("12abc"), "1:1: a number runs into a name");
    EXPECT_EQ(refusal("a # b"), "1:3: unexpected character '#'");
    EXPECT_EQ(refusal("ä"), "1:1: unexpected character 'ä'");
    EXPECT_EQ(refusal("99999999999999999999"), "1:1: this whole number is out of range");
    EXPECT_EQ(refusal("9223372036854775808"), "1:1: this whole number is out of range");
    EXPECT_EQ(refusal("99999999999999999999u"), "1:1: this whole number is out of range");
    EXPECT_EQ(refusal("1e999"), "1:1: this number is out of range");
    EXPECT_EQ(refusal(R"("a\qb")"), "1:3: unknown escape; a backslash itself is written \\\\");
    EXPECT_EQ(refusal(R"("a\u12")"), "1:3: this escape has too few digits");
    EXPECT_EQ(refusal(R"("\ud800")"), "1:2: this escape is no Unicode character");
    EXPECT_EQ(refusal(R"(b"\u0041")"), "1:3: bytes have no \\u escapes; write \\x for each byte");
    EXPECT_EQ(refusal("a.`b"),
              "1:3: a quoted name is letters, digits and _ . - / or blank between backquotes");
    EXPECT_EQ(refusal("while"), "1:1: 'while' is a reserved word");
}

TEST(Parser, HintsAtOperatorsOfOtherLanguages) {
    Arena arena;
    EXPECT_EQ(parse(Source("a = b"), 250, arena).error().hint, "equality is written ==");
    EXPECT_EQ(parse(Source("a & b"), 250, arena).error().hint, "logic is written &&");
    EXPECT_EQ(parse(Source("'a\n'"), 250, arena).error().hint,
              "a string of several lines is written \"\"\"…\"\"\"");
}

TEST(Parser, AllowsReservedWordsAsFields) {
    EXPECT_EQ(refusal("a.while"), "accepted");
    EXPECT_EQ(refusal("a.while(1)"), "accepted");
    EXPECT_EQ(refusal("a.`content-type`"), "accepted");
}

TEST(Parser, BoundsNestingOfEveryKind) {
    const auto repeat = [](std::string_view part, size_t times) {
        std::string text;
        for (size_t i = 0; i < times; ++i) text += part;
        return text;
    };
    for (const std::string& text :
         {repeat("(", 300) + "1" + repeat(")", 300), repeat("[", 300) + repeat("]", 300),
          "1" + repeat("+1", 300), "a" + repeat(".b", 300), "a" + repeat("[0]", 300),
          repeat("true ? 1 : ", 300) + "1", repeat("f(", 100'000)}) {
        EXPECT_NE(refusal(text).find("the expression is nested more than 250 deep"),
                  std::string::npos)
            << text.substr(0, 20);
    }
    EXPECT_EQ(refusal("true" + repeat(" && true", 3000)), "accepted");
    EXPECT_EQ(refusal(repeat("!", 3000) + "true"), "accepted");
}

TEST(Parser, RefusesMalformedMacros) {
    EXPECT_EQ(refusal("has(a)"), "1:5: has() takes a field, as in has(a.b)");
    EXPECT_EQ(refusal("[1].all(a.b, true)"), "1:11: expected the name of a variable");
    EXPECT_EQ(refusal("[1].all(x, x, true)"), "1:12: both variables have the same name");
    EXPECT_EQ(refusal("cel.block(1, 2)"), "1:11: cel.block() takes a list of values first");
    EXPECT_EQ(refusal("cel.index(-1)"), "1:11: expected a whole number");
    EXPECT_EQ(refusal("cel.bind(1, 2, 3)"), "1:10: expected the name of a variable");
}

TEST(Parser, ReadsLiterals) {
    Bench bench;
    EXPECT_EQ(bench.text("[0x1F, -0x10, 7u, 0xFFu, 1e3, -2.5, .5]"),
              "[31,-16,7u,255u,1000,-2.5,0.5,]");
    EXPECT_EQ(bench.text("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(bench.text("1e-999"), "0");
    EXPECT_EQ(bench.text(R"("\x41\101\u00e9\U0001F600\n\t\\\"")"), "\"AAé😀\n\t\\\"\"");
    EXPECT_EQ(bench.text(R"(b"\xff\000é")"), "0xff00c3a9");
    EXPECT_EQ(bench.text(R"(r"a\nb" + R'c\d')"), "\"a\\nbc\\d\"");
    EXPECT_EQ(bench.text("'''a\r\nb\rc\"d'''"), "\"a\nb\nc\"d\"");
    EXPECT_EQ(bench.text("1 // a comment\n + 1"), "2");
    EXPECT_EQ(bench.text("bR'\\x' == rb'\\x'"), "true");
}

}  // namespace
}  // namespace messina::cel
