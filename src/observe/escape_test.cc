#include "observe/escape.h"

#include <gtest/gtest.h>

namespace messina::observe {
namespace {

std::string json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}
std::string visible(std::string_view text) {
    std::string out;
    append_visible(out, text);
    return out;
}
std::string field(std::string_view text) {
    std::string out;
    append_field_text(out, text);
    return out;
}

TEST(Escape, JsonStringsCannotBeEndedFromInside) {
    EXPECT_EQ(json(R"(say "hi" \ there)"), R"("say \"hi\" \\ there")");
    EXPECT_EQ(json("a\nb\r\tc"), R"("a\nb\r\tc")");
    EXPECT_EQ(json(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
    EXPECT_EQ(json("Grüße 🎉"), "\"Grüße 🎉\"");
}

TEST(Escape, BytesThatAreNoUtf8AreReplacedOneByOne) {
    EXPECT_EQ(json("a\xff"
                   "b"),
              "\"a\xef\xbf\xbd"
              "b\"");
    EXPECT_EQ(json("\xc3"), "\"\xef\xbf\xbd\"");
    EXPECT_EQ(visible("\xc0\xaf"), "\\xc0\\xaf") << "overlong form of '/'";
    EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
    EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
    EXPECT_EQ(visible("\xf0\x9f\x8e"), "\\xf0\\x9f\\x8e") << "cut short";
}

TEST(Escape, NothingCanColourTheTerminalOrStartALine) {
    EXPECT_EQ(visible("red\x1b[31m\nINFO forged"), "red\\x1b[31m\\nINFO forged");
    EXPECT_EQ(visible("\xc2\x9b"
                      "31m"),
              "\\x9b31m")
        << "the eight-bit form of ESC [";
    EXPECT_EQ(visible("user\xe2\x80\xae"
                      "exe"),
              "user\\u202eexe");
    EXPECT_EQ(visible("a\xe2\x80\xa8"
                      "b"),
              "a\\u2028b");
}

TEST(Escape, FieldsAreQuotedOnlyWhenTheyWouldBeMisread) {
    EXPECT_EQ(field("clicks/3"), "clicks/3");
    EXPECT_EQ(field(""), "\"\"");
    EXPECT_EQ(field("two words"), "\"two words\"");
    EXPECT_EQ(field("a=b"), "\"a=b\"");
    EXPECT_EQ(field(R"(C:\x "y")"), R"("C:\\x \"y\"")");
    EXPECT_EQ(field("line\nline"), "line\\nline");
}

}  // namespace
}  // namespace messina::observe
