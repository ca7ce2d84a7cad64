#include "server/router.h"

#include <gtest/gtest.h>

namespace messina::server {
namespace {

Router router() {
    Router made;
    made.add("GET", "/livez", [](const Request&) { return Response{.body = "alive"}; });
    made.add("GET", "/level", [](const Request&) { return Response{.body = "info"}; });
    made.add("PUT", "/level",
             [](const Request& request) { return Response{.status = 201, .body = request.body}; });
    return made;
}

TEST(Router, CallsTheHandlerOfPathAndMethod) {
    EXPECT_EQ(router().answer({"GET", "/livez", {}, {}, {}}).body, "alive");
    const Response put = router().answer({"PUT", "/level", {}, {}, "debug"});
    EXPECT_EQ(put.status, 201u);
    EXPECT_EQ(put.body, "debug");
}

TEST(Router, HelpsWhoMistypedAPath) {
    const Response response = router().answer({"GET", "/lives", {}, {}, {}});
    EXPECT_EQ(response.status, 404u);
    EXPECT_EQ(response.body,
              "{\"error_code\":404,\"message\":\"no such path: /lives\","
              "\"hint\":\"did you mean '/livez'?\"}\n");
}

TEST(Router, TellsWhichMethodsAPathTakes) {
    const Response response = router().answer({"DELETE", "/level", {}, {}, {}});
    EXPECT_EQ(response.status, 405u);
    EXPECT_EQ(response.body,
              "{\"error_code\":405,\"message\":\"/level does not take DELETE\","
              "\"hint\":\"use GET, HEAD, PUT\"}\n");
    EXPECT_EQ(response.headers, (NamedTexts{{"Allow", "GET, HEAD, PUT"}}));
}

}  // namespace
}  // namespace messina::server
