#include "server/listen_address.h"

#include <gtest/gtest.h>

namespace messina::server {
namespace {

std::string canonical(std::string_view text) {
    return parse_listen_address(text).value().to_text();
}

TEST(ListenAddress, IsThisMachineUnlessSaidOtherwise) {
    EXPECT_EQ(canonical(":8083"), "127.0.0.1:8083");
    EXPECT_EQ(canonical("localhost:8083"), "127.0.0.1:8083");
    EXPECT_EQ(canonical("127.0.0.1:0"), "127.0.0.1:0");
    EXPECT_EQ(canonical("[::1]:65535"), "[::1]:65535");
    EXPECT_EQ(canonical("0.0.0.0:80"), "0.0.0.0:80");
}

TEST(ListenAddress, KnowsWhetherOthersCanReachIt) {
    for (const char* mine : {":1", "127.0.0.1:1", "127.8.8.8:1", "[::1]:1"})
        EXPECT_TRUE(parse_listen_address(mine).value().is_loopback()) << mine;
    for (const char* open : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "[::ffff:127.0.0.1]:1"})
        EXPECT_FALSE(parse_listen_address(open).value().is_loopback()) << open;
    EXPECT_FALSE((ListenAddress{"example.com", 1}).is_loopback());
}

TEST(ListenAddress, RefusesTheRestAndSaysHowToWriteIt) {
    using namespace std::string_view_literals;
    for (const std::string_view bad :
         {""sv, "8083"sv, "127.0.0.1"sv, ":"sv, ":x"sv, ":-1"sv, ":65536"sv, ":80 "sv, "::1:80"sv,
          "[::1]80"sv, "[]:80"sv, "[127.0.0.1]:80"sv, "example.com:80"sv, "1.2.3:80"sv,
          "127.0.0.1\0x:80"sv, "[::1\0]:80"sv}) {
        const auto refused = parse_listen_address(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, "server.listen_syntax");
        EXPECT_FALSE(refused.error().hint.empty());
    }
}

}  // namespace
}  // namespace messina::server
