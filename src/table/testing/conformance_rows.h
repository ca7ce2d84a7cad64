// Conformance: rows by key.
#pragma once

#include "table/testing/store_conformance.h"

namespace messina::table::testing {

TEST_P(StoreConformance, FindsRowsByKeyAndNoOthers) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"b", "a", "id"})), "[\"one\" 1 \"x\"]");
    EXPECT_EQ(show(t.read({text("X")}, {"a"})), "none");
    EXPECT_EQ(show(t.read({text("xx")}, {"a"})), "none");
}

TEST_P(StoreConformance, KeepsColumnsThatAWriteDoesNotName) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
    good(t.upsert({text("x")}, {{"a", number(2)}}, 11));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[2 \"one\"]");
}

TEST_P(StoreConformance, KeepsTheLaterOfTwoWritesInAnyOrder) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(2)}}, 20));
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[2]");
    good(t.upsert({text("x")}, {{"a", number(3)}}, -5));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[2]");
}

TEST_P(StoreConformance, LetsTheGreaterValueWinATie) {
    TableDriver& t = open_simple();
    for (const std::string_view name : {"ann", "zebra", "bob"})
        good(t.upsert({text("x")}, {{"b", text(name)}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"b"})), "[\"zebra\"]");
    // Serialized bytes are compared, so -1 (0xffffffff) is greater than 1.
    for (const int64_t value : {1, -1, 2}) good(t.upsert({text("x")}, {{"a", number(value)}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[-1]");
}

TEST_P(StoreConformance, LetsDeletionWinATieInEitherOrder) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
    good(t.upsert({text("x")}, {{"a", null()}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[null \"one\"]");
    good(t.upsert({text("y")}, {{"a", null()}}, 10));
    good(t.upsert({text("y")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(show(t.read({text("y")}, {"a"})), "[null]");
    good(t.delete_row({text("z")}, 10));
    good(t.upsert({text("z")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(show(t.read({text("z")}, {"a"})), "none");
}

TEST_P(StoreConformance, WritesNullsThatShadowOlderValues) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", null()}}, 20));
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[null null]");
    good(t.upsert({text("x")}, {{"a", number(3)}}, 30));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[3]");
}

TEST_P(StoreConformance, HasARowWithoutAnyCells) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "id"})), "[null \"x\"]");
}

TEST_P(StoreConformance, DeletesRowsUpToATimestamp) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10));
    good(t.delete_row({text("x")}, 20));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "none");
    good(t.upsert({text("x")}, {{"a", number(2)}, {"b", text("late")}}, 15));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "none");
    good(t.upsert({text("x")}, {{"a", number(3)}}, 25));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[3 null]");
    good(t.delete_row({text("x")}, 5));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[3]");
    good(t.delete_partition({text("x")}, 30));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "none");
}

TEST_P(StoreConformance, DeletesColumnsButNotTheRow) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
    good(t.delete_columns({text("x")}, {"a", "b"}, 20));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[null null]");
    good(t.delete_columns({text("y")}, {"a"}, 20));
    EXPECT_EQ(show(t.read({text("y")}, {"a"})), "none");
}

TEST_P(StoreConformance, ForgetsWhatHasExpired) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10, 2));
    good(t.upsert({text("x")}, {{"b", text("longer")}}, 11, 3));
    harness_->advance(std::chrono::seconds(1));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[1 \"longer\"]");
    harness_->advance(std::chrono::seconds(1));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[null \"longer\"]");
    harness_->advance(std::chrono::seconds(1));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "none");
}

TEST_P(StoreConformance, DoesNotBringBackWhatAnExpiredValueHid) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10));
    good(t.upsert({text("x")}, {{"a", number(2)}}, 20, 1));
    harness_->advance(std::chrono::seconds(2));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "none");
    good(t.upsert({text("x")}, {{"b", text("new")}}, 30));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[null \"new\"]");
}

TEST_P(StoreConformance, GivesTheTablesTtlToWritesWithoutOne) {
    TableDriver& t = open_simple(std::chrono::seconds(2));
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10));
    good(t.upsert({text("y")}, {{"a", number(1)}}, 10, 60));
    harness_->advance(std::chrono::seconds(2));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "none");
    EXPECT_EQ(show(t.read({text("y")}, {"a"})), "[1]");
}

TEST_P(StoreConformance, PrefersExpiringThenLaterExpiryOnATie) {
    TableDriver& t = open_simple();
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10, 50));
    good(t.upsert({text("x")}, {{"a", number(9)}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[1]");
    good(t.upsert({text("x")}, {{"a", number(0)}}, 10, 500));
    EXPECT_EQ(show(t.read({text("x")}, {"a"})), "[0]");
}

TEST_P(StoreConformance, RefusesKeysThatCqlRefuses) {
    TableDriver& t = open_simple();
    EXPECT_EQ(refusal(t.upsert({text("")}, {{"a", number(1)}}, 10)), "table.key_empty");
    const std::string longest(65'531, 'k');
    good(t.upsert({text(longest)}, {{"a", number(1)}}, 10));
    EXPECT_EQ(show(t.read({text(longest)}, {"a"})), "[1]");
    EXPECT_EQ(refusal(t.upsert({text(longest + "kkkkk")}, {{"a", number(1)}}, 10)),
              "table.key_too_long");
    EXPECT_EQ(show(t.read({text("")}, {"a"})), "table.key_empty");
}

TEST_P(StoreConformance, RefusesTtlsThatCqlRefuses) {
    TableDriver& t = open_simple();
    EXPECT_EQ(refusal(t.upsert({text("x")}, {{"a", number(1)}}, 10, -1)), "table.ttl_range");
    EXPECT_EQ(refusal(t.upsert({text("x")}, {{"a", number(1)}}, 10, 630'720'001)),
              "table.ttl_range");
    // Far enough; Cassandra's dates may end in 2038.
    good(t.upsert({text("x")}, {{"a", number(1)}}, 10, 100'000'000));
}

TEST_P(StoreConformance, TakesTheSameWriteTwice) {
    TableDriver& t = open_simple();
    for (int i = 0; i < 2; ++i)
        good(t.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
    EXPECT_EQ(show(t.read({text("x")}, {"a", "b"})), "[1 \"one\"]");
}

TEST_P(StoreConformance, KeepsKeysOfSeveralColumnsApart) {
    TableDriver& t =
        open(make_schema("pairs", {.partition_key = {"k text", "l text"}, .columns = {"v int"}}));
    good(t.upsert({text("a"), text("bc")}, {{"v", number(1)}}, 10));
    good(t.upsert({text("ab"), text("c")}, {{"v", number(2)}}, 10));
    good(t.upsert({text(""), text("")}, {{"v", number(3)}}, 10));
    EXPECT_EQ(show(t.read({text("a"), text("bc")}, {"v", "k", "l"})), "[1 \"a\" \"bc\"]");
    EXPECT_EQ(show(t.read({text("ab"), text("c")}, {"v"})), "[2]");
    EXPECT_EQ(show(t.read({text(""), text("")}, {"v"})), "[3]");
    EXPECT_EQ(show(t.read({text("abc"), text("")}, {"v"})), "none");
}

TEST_P(StoreConformance, KeepsValuesOfEveryType) {
    TableDriver& t = open(
        make_schema("kinds", {.partition_key = {"k int"},
                              .columns = {"u uuid", "d decimal", "m map<text, int>", "l list<text>",
                                          "o double", "w timestamp", "x blob", "y boolean"}}));
    const std::vector<MapEntry> entries = {{text("one"), number(1)}};
    const std::vector<Value> items = {text("p"), text("q")};
    good(t.upsert({number(1)},
                  {{"u", text("123e4567-e89b-42d3-a456-426614174000")},
                   {"d", text("1.50")},
                   {"m", Value::map(entries)},
                   {"l", Value::list(items)},
                   {"o", Value::floating(0.5)},
                   {"w", Value::timestamp(5, 0)},
                   {"x", Value::bytes("")},
                   {"y", Value::boolean(false)}},
                  10));
    EXPECT_EQ(show(t.read({number(1)}, {"u", "d", "m", "l", "o", "w", "x", "y"})),
              "[\"123e4567-e89b-42d3-a456-426614174000\" 1.50 {\"one\":1,} [\"p\",\"q\",] 0.5 "
              "timestamp(5.000000000s) 0x false]");
}

TEST_P(StoreConformance, NamesTheNearestTableToAnUnknownOne) {
    open_simple();
    const auto table = store_->open_table("simpel");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().error_class, ErrorClass::Misconfigured);
    EXPECT_NE(table.error().hint.find("'simple'"), std::string::npos);
}

}  // namespace messina::table::testing
