// Conformance: partitions of several rows: statics, ranges, paging.
#pragma once

#include "table/testing/store_conformance.h"

namespace messina::table::testing {

TEST_P(StoreConformance, ReadsAPartitionInOrderAndNoOther) {
    TableDriver& t = open_wide();
    for (const int64_t c : {3, 1, -2})
        good(t.upsert({text("p"), number(c)}, {{"v", number(c)}}, 10));
    good(t.upsert({text("o"), number(0)}, {{"v", number(0)}}, 10));
    good(t.upsert({text("pp"), number(0)}, {{"v", number(0)}}, 10));
    EXPECT_EQ(show(t.rows({text("p")}, {"p", "c", "v"})), "[\"p\" -2 -2][\"p\" 1 1][\"p\" 3 3]");
    EXPECT_EQ(show(t.rows({text("nobody")}, {"c"})), "");
    EXPECT_EQ(show(t.read({text("p"), number(1)}, {"v", "c"})), "[1 1]");
    EXPECT_EQ(show(t.read({text("p"), number(2)}, {"v"})), "none");
}

TEST_P(StoreConformance, PagesInBothDirections) {
    TableDriver& t = open_wide();
    std::string forwards;
    std::string backwards;
    for (int64_t c = 0; c < 25; ++c) {
        good(t.upsert({text("p"), number(c)}, {{"v", number(c)}}, 10));
        // Deleted rows neither show nor stop a page.
        if (c % 5 == 0) good(t.delete_row({text("p"), number(c)}, 20));
        if (c % 5 == 0) continue;
        forwards += "[" + std::to_string(c) + "]";
        backwards = "[" + std::to_string(c) + "]" + backwards;
    }
    for (const size_t rows_max : {1U, 3U, 7U, 20U, 100U}) {
        EXPECT_EQ(show(t.rows({text("p")}, {"c"}, {.rows_max = rows_max})), forwards);
        EXPECT_EQ(show(t.rows({text("p")}, {"c"}, {.is_reversed = true, .rows_max = rows_max})),
                  backwards);
    }
}

TEST_P(StoreConformance, ReadsRangesWithOpenAndClosedBounds) {
    TableDriver& t = open_wide();
    for (int64_t c = 0; c < 6; ++c) good(t.upsert({text("p"), number(c)}, {}, 10));
    const auto range = [&](const TableDriver::Range& wanted) {
        return show(t.rows({text("p")}, {"c"}, wanted));
    };
    EXPECT_EQ(range({.from = {{number(2)}}, .to = {{number(4)}}}), "[2][3][4]");
    EXPECT_EQ(range({.from = {{number(2)}, false}, .to = {{number(4)}, false}}), "[3]");
    EXPECT_EQ(range({.from = {{number(4)}, false}}), "[5]");
    EXPECT_EQ(range({.to = {{number(1)}}}), "[0][1]");
    EXPECT_EQ(range({.from = {{number(2)}}, .to = {{number(4)}}, .is_reversed = true}),
              "[4][3][2]");
    EXPECT_EQ(range({.from = {{number(4)}}, .to = {{number(2)}}}), "");
    EXPECT_EQ(range({.from = {{number(3)}, false}, .to = {{number(3)}, false}}), "");
    EXPECT_EQ(
        range({.from = {{number(1)}}, .to = {{number(4)}}, .is_reversed = true, .rows_max = 1}),
        "[4][3][2][1]");
}

TEST_P(StoreConformance, ReadsRangesUnderAPrefixOfTheClusteringKey) {
    TableDriver& t = open(make_schema("deep", {.partition_key = {"p int"},
                                               .clustering_key = {"x text", "y int desc"},
                                               .columns = {"v int"}}));
    for (const std::string_view x : {"a", "b", "c"})
        for (const int64_t y : {1, 2, 3}) good(t.upsert({number(1), text(x), number(y)}, {}, 10));
    const auto range = [&](const TableDriver::Range& wanted) {
        return show(t.rows({number(1)}, {"x", "y"}, wanted));
    };
    EXPECT_EQ(range({.from = {{text("b")}}, .to = {{text("b")}}}), "[\"b\" 3][\"b\" 2][\"b\" 1]");
    EXPECT_EQ(range({.from = {{text("b"), number(2)}}, .to = {{text("b")}}}), "[\"b\" 2][\"b\" 1]");
    EXPECT_EQ(range({.from = {{text("b")}}, .to = {{text("b"), number(2)}, false}}), "[\"b\" 3]");
    EXPECT_EQ(range({.from = {{text("b")}, false}}), "[\"c\" 3][\"c\" 2][\"c\" 1]");
    EXPECT_EQ(range({.to = {{text("b")}, false}, .is_reversed = true}),
              "[\"a\" 1][\"a\" 2][\"a\" 3]");
}

TEST_P(StoreConformance, DeletesPartitionsUpToATimestamp) {
    TableDriver& t = open_wide();
    for (int64_t c = 0; c < 3; ++c)
        good(t.upsert({text("p"), number(c)}, {{"v", number(c)}, {"s", text("old")}}, 10));
    good(t.upsert({text("q"), number(0)}, {{"v", number(0)}}, 10));
    good(t.delete_partition({text("p")}, 20));
    EXPECT_EQ(show(t.rows({text("p")}, {"c"})), "");
    EXPECT_EQ(show(t.read({text("p"), number(1)}, {"v"})), "none");
    EXPECT_EQ(show(t.rows({text("q")}, {"c"})), "[0]");
    good(t.upsert({text("p"), number(1)}, {{"v", number(5)}}, 15));
    EXPECT_EQ(show(t.read({text("p"), number(1)}, {"v"})), "none");
    good(t.upsert({text("p"), number(1)}, {{"v", number(6)}}, 25));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "v", "s"})), "[1 6 null]");
}

TEST_P(StoreConformance, DeletesRangesUpToATimestamp) {
    TableDriver& t = open_wide();
    for (int64_t c = 0; c < 8; ++c)
        good(t.upsert({text("p"), number(c)}, {{"v", number(c)}, {"s", text("kept")}}, 10));
    good(t.delete_range({text("p")}, {{number(2)}}, {{number(4)}, false}, 20));
    EXPECT_EQ(show(t.rows({text("p")}, {"c"})), "[0][1][4][5][6][7]");
    EXPECT_EQ(show(t.read({text("p"), number(3)}, {"v"})), "none");
    EXPECT_EQ(show(t.read({text("p"), number(4)}, {"v", "s"})), "[4 \"kept\"]");
    good(t.upsert({text("p"), number(3)}, {{"v", number(0)}}, 15));
    EXPECT_EQ(show(t.read({text("p"), number(3)}, {"v"})), "none");
    good(t.upsert({text("p"), number(3)}, {{"v", number(33)}}, 25));
    EXPECT_EQ(show(t.read({text("p"), number(3)}, {"v"})), "[33]");
    // A later range over an earlier one, and an earlier one that comes later.
    good(t.delete_range({text("p")}, {{number(3)}}, {{number(6)}}, 30));
    good(t.delete_range({text("p")}, {{number(5)}}, {}, 12));
    EXPECT_EQ(show(t.rows({text("p")}, {"c"})), "[0][1]");
    good(t.upsert({text("p"), number(7)}, {}, 11));
    good(t.upsert({text("p"), number(6)}, {}, 29));
    EXPECT_EQ(show(t.rows({text("p")}, {"c"})), "[0][1]");
    good(t.upsert({text("p"), number(7)}, {}, 13));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[0 \"kept\"][1 \"kept\"][7 \"kept\"]");
    good(t.delete_range({text("p")}, {}, {}, 100));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[null \"kept\"]");
}

TEST_P(StoreConformance, DeletesNothingByAnEmptyRange) {
    TableDriver& t = open_wide();
    good(t.upsert({text("p"), number(2)}, {}, 10));
    good(t.delete_range({text("p")}, {{number(2)}, false}, {{number(2)}}, 20));
    good(t.delete_range({text("p")}, {{number(3)}}, {{number(1)}}, 20));
    EXPECT_EQ(show(t.rows({text("p")}, {"c"})), "[2]");
}

TEST_P(StoreConformance, SharesStaticColumnsInAPartition) {
    TableDriver& t = open_wide();
    good(t.upsert({text("p"), number(1)}, {{"v", number(1)}, {"s", text("one")}}, 10));
    good(t.upsert({text("p"), number(2)}, {{"v", number(2)}, {"s", text("two")}}, 20));
    good(t.upsert({text("q"), number(1)}, {{"v", number(1)}}, 20));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[1 \"two\"][2 \"two\"]");
    EXPECT_EQ(show(t.read({text("p"), number(1)}, {"s", "v"})), "[\"two\" 1]");
    EXPECT_EQ(show(t.read({text("q"), number(1)}, {"s"})), "[null]");
    good(t.delete_row({text("p"), number(2)}, 30));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[1 \"two\"]");
    good(t.delete_columns({text("p")}, {"s"}, 40));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[1 null]");
}

TEST_P(StoreConformance, ShowsStaticColumnsOfAPartitionWithoutRows) {
    TableDriver& t = open_wide();
    good(t.upsert({text("p")}, {{"s", text("alone")}}, 10));
    EXPECT_EQ(show(t.rows({text("p")}, {"p", "c", "s", "v"})), "[\"p\" null \"alone\" null]");
    EXPECT_EQ(show(t.read({text("p"), number(1)}, {"s"})), "none");
    EXPECT_EQ(show(t.rows({text("p")}, {"s"}, {.from = {{number(0)}}})), "");
    good(t.delete_partition({text("p")}, 20));
    EXPECT_EQ(show(t.rows({text("p")}, {"s"})), "");
}

TEST_P(StoreConformance, LetsStaticColumnsAndRowsExpireApart) {
    TableDriver& t = open_wide();
    good(t.upsert({text("p"), number(1)}, {{"v", number(1)}}, 10, 2));
    good(t.upsert({text("p")}, {{"s", text("longer")}}, 10, 4));
    harness_->advance(std::chrono::seconds(2));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "[null \"longer\"]");
    harness_->advance(std::chrono::seconds(2));
    EXPECT_EQ(show(t.rows({text("p")}, {"c", "s"})), "");
}

}  // namespace messina::table::testing
