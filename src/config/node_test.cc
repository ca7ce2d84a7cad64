#include "config/node.h"

#include <gtest/gtest.h>

#include "config/source_text.h"

namespace messina::config {
namespace {

Mark mark_in(std::string text, int line, int column) {
    return Mark{std::make_shared<const std::string>("f.yaml"),
                std::make_shared<const std::string>(std::move(text)), line, column};
}

TEST(ErrorAt, ShowsTheLineWithCaretsUnderTheWord) {
    const Mark mark = mark_in("steps:\n  - lookup:\n      colums: [user_id]\n", 3, 7);
    const Error error = error_at(mark, "config.test", "unknown key 'colums' in lookup", "a hint");
    EXPECT_EQ(error.to_text(),
              "f.yaml:3:7: unknown key 'colums' in lookup\n"
              "     3 |       colums: [user_id]\n"
              "       |       ^^^^^^\n"
              "  hint: a hint");
    EXPECT_EQ(error.error_class, ErrorClass::Misconfigured);
}

TEST(ErrorAt, UnderlinesQuotedTextToItsEnd) {
    const auto carets = [](std::string text) {
        const std::string message =
            error_at(mark_in(std::move(text), 1, 4), "config.test", "m").message;
        return std::count(message.begin(), message.end(), '^');
    };
    EXPECT_EQ(carets("a: \"b c\", d"), 5);
    EXPECT_EQ(carets("a: \"b\\\" c\" d"), 7);
    EXPECT_EQ(carets("a: 'b c' d"), 5);
    EXPECT_EQ(carets("a: 'b c"), 4);
    EXPECT_EQ(carets("a: b:c d"), 3);
    EXPECT_EQ(carets("a: bé: d"), 2);
    EXPECT_EQ(carets("a: "), 1);
}

TEST(ErrorAt, CutsALongLineAroundThePlace) {
    const std::string text = std::string(500, 'a') + " here " + std::string(500, 'b');
    const Error error = error_at(mark_in(text, 1, 502), "config.test", "m");
    EXPECT_EQ(error.message, "f.yaml:1:502: m\n     1 | …" + std::string(89, 'a') + " here " +
                                 std::string(25, 'b') + "…\n       | " + std::string(91, ' ') +
                                 "^^^^");
}

TEST(ErrorAt, ShowsTabsAsSpacesAndNoControlCharacters) {
    const Error error = error_at(mark_in("a:\tb\x1b", 1, 4), "config.test", "m", "", 2);
    EXPECT_EQ(error.message, "f.yaml:1:4: m\n     1 | a: b?\n       |    ^^");
}

TEST(ErrorAt, DoesWithoutTextAndBeyondItsEnd) {
    EXPECT_EQ(error_at(Mark{}, "config.test", "m").message, "config:1:1: m");
    EXPECT_EQ(error_at(mark_in("", 1, 1), "config.test", "m").message, "f.yaml:1:1: m");
    EXPECT_EQ(error_at(mark_in("ab", 7, 9), "config.test", "m").message, "f.yaml:7:9: m");
    EXPECT_EQ(error_at(mark_in("ab", 1, 9), "config.test", "m", "", 5).message,
              "f.yaml:1:9: m\n     1 | ab\n       |   ^");
}

TEST(JoinErrors, TellsAllWithTheirHints) {
    const Error one{ErrorClass::Misconfigured, "config.a", "first", "so"};
    const Error two{ErrorClass::Misconfigured, "config.b", "second"};
    EXPECT_EQ(join_errors({one, two}).to_text(), "first\n  hint: so\nsecond");
    EXPECT_EQ(join_errors({one, two}).code, "config.invalid");
    EXPECT_EQ(join_errors({one}).code, "config.a");
    EXPECT_EQ(join_errors({one}).hint, "so");
}

TEST(JoinErrors, TellsTwentyAndCountsTheRest) {
    const std::vector<Error> errors(33, Error{ErrorClass::Misconfigured, "config.a", "no"});
    EXPECT_TRUE(join_errors(errors).message.ends_with("no\n… and 13 more"));
}

TEST(Marker, GoesBackAndForth) {
    Marker marker("f", "é1\r\nb2\n");
    EXPECT_EQ(marker.at(2).column, 2);
    EXPECT_EQ(marker.at(6).line, 2);
    EXPECT_EQ(marker.at(6).column, 2);
    EXPECT_EQ(marker.at(0).column, 1);
    EXPECT_EQ(marker.at(99).line, 3);
    EXPECT_EQ(line_of(marker.at(0)), "é1");
    EXPECT_EQ(offset_of(marker.at(6)), 6u);
    EXPECT_EQ(marker.line_start(2), 5u);
    EXPECT_EQ(marker.line_start(9), marker.text().size());
}

}  // namespace
}  // namespace messina::config
