#include "engine/ledger.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace messina::engine {
namespace {

Position at(int64_t major) {
    return {major, 0};
}

TEST(Ledger, CommitsOnlyTheContiguousPrefix) {
    Ledger ledger;
    const Ticket first = ledger.enter(at(10));
    const Ticket second = ledger.enter(at(20));
    ledger.settle(second);
    EXPECT_FALSE(ledger.has_progress());
    ledger.settle(first);
    EXPECT_TRUE(ledger.has_progress());
    EXPECT_EQ(ledger.committable(), at(20));
    EXPECT_TRUE(ledger.is_empty());
}

TEST(Ledger, HoldsBackWhatComesAfterAnUnsettledBatch) {
    Ledger ledger;
    const Ticket first = ledger.enter(at(10));
    ledger.enter(at(20));
    const Ticket third = ledger.enter(at(30));
    ledger.settle(first);
    ledger.settle(third);
    EXPECT_EQ(ledger.committable(), at(10));
    EXPECT_EQ(ledger.size(), 2u);
}

TEST(Ledger, ReportsEachProgressOnce) {
    Ledger ledger;
    ledger.settle(ledger.enter(at(10)));
    EXPECT_TRUE(ledger.has_progress());
    ledger.taking_commit();
    EXPECT_FALSE(ledger.has_progress());
    ledger.settle(ledger.enter(at(20)));
    EXPECT_TRUE(ledger.has_progress());
}

TEST(Ledger, ForgetsWhatComesAfterAStop) {
    Ledger ledger;
    const Ticket first = ledger.enter(at(10));
    const Ticket second = ledger.enter(at(20));
    ledger.settle(ledger.enter(at(30)));
    ledger.stop_at(second, at(13));
    ledger.settle(first);
    ledger.settle(second);
    EXPECT_EQ(ledger.committable(), at(13));
    EXPECT_TRUE(ledger.is_empty());
}

TEST(Ledger, NeverGoesBackInAnyOrderOfSettling) {
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        Ledger ledger;
        std::vector<Ticket> tickets;
        const auto count = 1 + random.below(20);
        for (uint64_t i = 0; i < count; ++i)
            tickets.push_back(ledger.enter(at(static_cast<int64_t>(i + 1))));
        for (size_t i = tickets.size(); i > 1; --i)
            std::swap(tickets[i - 1], tickets[random.below(i)]);
        std::vector<bool> settled(count + 1, false);
        int64_t last = 0;
        for (const Ticket ticket : tickets) {
            ledger.settle(ticket);
            settled[ticket + 1] = true;
            int64_t expected = 0;
            while (static_cast<uint64_t>(expected) < count &&
                   settled[static_cast<size_t>(expected) + 1])
                ++expected;
            ASSERT_EQ(ledger.committable().major, expected);
            ASSERT_GE(ledger.committable().major, last);
            last = ledger.committable().major;
        }
    }
}

using LedgerDeathTest = ::testing::Test;

TEST(LedgerDeathTest, RefusesToSettleTwice) {
    Ledger ledger;
    ledger.enter(at(10));
    const Ticket second = ledger.enter(at(20));
    ledger.settle(second);
    EXPECT_DEATH(ledger.settle(second), "settled once");
}

TEST(LedgerDeathTest, RefusesPositionsThatGoBack) {
    Ledger ledger;
    ledger.settle(ledger.enter(at(10)));
    EXPECT_DEATH(ledger.enter(at(9)), "never go back");
    ledger.enter(at(20));
    EXPECT_DEATH(ledger.enter(at(19)), "never go back");
}

TEST(LedgerDeathTest, RefusesToStopBehindTheBatch) {
    Ledger ledger;
    const Ticket first = ledger.enter(at(10));
    EXPECT_DEATH(ledger.stop_at(first, at(11)), "inside a batch");
    EXPECT_DEATH(ledger.stop_at(first + 1, at(5)), "unknown");
}

}  // namespace
}  // namespace messina::engine
