// Where errors point.
#include "cel/source.h"

#include <gtest/gtest.h>

namespace messina::cel {
namespace {

TEST(Source, CountsColumnsInCharacters) {
    const Source source("a\nü == x");
    const Location location = source.locate(8);
    EXPECT_EQ(location.line, 2U);
    EXPECT_EQ(location.column, 6U);
}

TEST(Source, ShowsTheLineWithACaretUnderThePlace) {
    const Source source("first\nüb == \tx\nlast");
    const Error error = source.fail(13, "cel.test", "what is wrong", "mend it").error();
    EXPECT_EQ(error.message, "2:7: what is wrong\n    2 | üb ==  x\n      |       ^");
    EXPECT_EQ(error.hint, "mend it");
    EXPECT_EQ(error.code, "cel.test");
    EXPECT_EQ(error.error_class, ErrorClass::Misconfigured);
}

TEST(Source, ShowsOnlyTheSurroundingsOnAVeryLongLine) {
    const std::string text = std::string(5000, 'a') + "?" + std::string(5000, 'b');
    const Error error = Source(text).fail(5000, "cel.test", "here").error();
    EXPECT_LT(error.message.size(), 400U);
    const size_t caret = error.message.find('^') - error.message.rfind('\n');
    const size_t place = error.message.find('?') - error.message.find('\n');
    EXPECT_EQ(caret, place);
}

}  // namespace
}  // namespace messina::cel
