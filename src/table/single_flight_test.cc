#include "table/single_flight.h"

#include <gtest/gtest.h>

namespace messina::table {
namespace {

using Tokens = std::vector<SingleFlight::Token>;

TEST(SingleFlight, LetsOneReadAndTheOthersWaitInOrder) {
    SingleFlight flight;
    EXPECT_TRUE(flight.enter("a", 1));
    EXPECT_FALSE(flight.enter("a", 2));
    EXPECT_FALSE(flight.enter("a", 3));
    EXPECT_TRUE(flight.enter("b", 4));
    EXPECT_EQ(flight.keys_in_flight(), 2U);
    EXPECT_EQ(flight.land("a"), (Tokens{2, 3}));
    EXPECT_EQ(flight.land("b"), Tokens{});
    EXPECT_EQ(flight.keys_in_flight(), 0U);
}

TEST(SingleFlight, ReadsAnewAfterLanding) {
    SingleFlight flight;
    EXPECT_TRUE(flight.enter("a", 1));
    EXPECT_EQ(flight.land("a"), Tokens{});
    EXPECT_TRUE(flight.enter("a", 2));
    EXPECT_EQ(flight.land("nobody"), Tokens{});
}

TEST(SingleFlight, LetsWaitersGiveUp) {
    SingleFlight flight;
    EXPECT_TRUE(flight.enter("a", 1));
    EXPECT_FALSE(flight.enter("a", 2));
    EXPECT_FALSE(flight.enter("a", 3));
    EXPECT_TRUE(flight.leave("a", 2));
    EXPECT_FALSE(flight.leave("a", 2));
    EXPECT_FALSE(flight.leave("b", 2));
    EXPECT_EQ(flight.land("a"), Tokens{3});
}

}  // namespace
}  // namespace messina::table
