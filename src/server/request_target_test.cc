#include "server/request_target.h"

#include <gtest/gtest.h>

namespace messina::server {
namespace {

TEST(RequestTarget, IsDecodedIntoPathAndQuery) {
    const auto target = parse_request_target("/a%20b/c+d?x=1+2&y=%26%3D&flag&&z=").value();
    EXPECT_EQ(target.path, "/a b/c+d") << "a plus is a blank only in the query";
    EXPECT_EQ(target.query, (NamedTexts{{"x", "1 2"}, {"y", "&="}, {"flag", ""}, {"z", ""}}));
}

TEST(RequestTarget, MayNameTheServerAndAFragment) {
    EXPECT_EQ(parse_request_target("http://host:8083/livez").value().path, "/livez");
    EXPECT_EQ(parse_request_target("http://host").value().path, "/");
    const auto target = parse_request_target("http://host?verbose#part?x=1").value();
    EXPECT_EQ(target.path, "/");
    EXPECT_EQ(target.query, (NamedTexts{{"verbose", ""}}));
}

TEST(RequestTarget, RefusesWhatIsNoPath) {
    for (const std::string_view bad :
         {"", "*", "livez", "host:80", "https://host/", "#", "%2Fx%"}) {
        const auto refused = parse_request_target(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, "http.target") << bad;
    }
}

TEST(RequestTarget, RefusesBrokenEscapesAndControlCharacters) {
    for (const std::string_view bad : {"/%", "/%4", "/%zz", "/%-1", "/%+1", "/?a=%", "/?%4x=1",
                                       "/%00", "/a%0Ab", "/?a=%0d%0aInjected", "/\x7f"})
        EXPECT_FALSE(parse_request_target(bad)) << bad;
}

TEST(Request, FindsParametersSwitchesAndHeaders) {
    const Request request{"GET",
                          "/",
                          {{"a", "1"}, {"a", "2"}, {"on", ""}, {"off", "false"}, {"none", "0"}},
                          {{"Accept", "text/plain"}, {"accept", "second"}},
                          ""};
    EXPECT_EQ(request.query_value("a"), "1");
    EXPECT_FALSE(request.query_value("b"));
    EXPECT_TRUE(request.has_switch("on"));
    EXPECT_FALSE(request.has_switch("off"));
    EXPECT_FALSE(request.has_switch("none"));
    EXPECT_FALSE(request.has_switch("missing"));
    EXPECT_EQ(request.header("ACCEPT"), "text/plain");
    EXPECT_EQ(request.header("Accept-Encoding"), "");
}

}  // namespace
}  // namespace messina::server
