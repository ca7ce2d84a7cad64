#include "data/batch.h"

#include <gtest/gtest.h>

#include "data/path.h"

namespace messina {
namespace {

std::unique_ptr<Batch> make_batch(size_t records, size_t slots = 2, size_t sites = 1) {
    auto batch = std::make_unique<Batch>();
    for (size_t i = 0; i < records; ++i)
        batch->records.emplace_back().position = {static_cast<int64_t>(i), 0};
    batch->make_rows(slots, sites);
    for (RowIndex row = 0; row < records; ++row) {
        batch->slots(row)[0] = Value::integer(row);
        if (sites > 0) batch->sites(row)[0].begin = row + 100;
    }
    return batch;
}

Error broken() {
    return {ErrorClass::Poison, "test.broken", "broken", ""};
}
using Rows = std::vector<RowIndex>;

TEST(Batch, MakesOneEmptyRowForEachRecord) {
    auto batch = std::make_unique<Batch>();
    batch->records.resize(3);
    batch->make_rows(2, 1);
    EXPECT_EQ(batch->live(), (Rows{0, 1, 2}));
    EXPECT_EQ(batch->slot_count(), 2u);
    for (RowIndex row = 0; row < 3; ++row) {
        EXPECT_TRUE(batch->slots(row)[1].is_absent());
        EXPECT_EQ(batch->record_index_of(row), row);
    }
}

TEST(Batch, TakesOffWhatTheSourceFailed) {
    auto batch = std::make_unique<Batch>();
    batch->records.resize(3);
    batch->fail_record(1, "source", broken());
    batch->make_rows(1, 0);
    EXPECT_EQ(batch->live(), (Rows{0, 2}));
    EXPECT_TRUE(batch->has_failed(1));
}

TEST(Batch, FailsARowOnceAndTakesItOff) {
    auto batch = make_batch(3);
    batch->fail_row(1, "a#1", broken());
    batch->fail_row(1, "b#2", broken());
    ASSERT_EQ(batch->failures.size(), 1u) << "the first cause is kept";
    EXPECT_EQ(batch->failures[0].step, "a#1");
    EXPECT_EQ(batch->live().size(), 3u);
    batch->remove_failed();
    EXPECT_EQ(batch->live(), (Rows{0, 2}));
}

TEST(Batch, RemakesRowsWithTheirValuesAndRecords) {
    auto batch = make_batch(3);
    batch->remake_rows({2, 0, 0});
    EXPECT_EQ(batch->live(), (Rows{0, 1, 2}));
    EXPECT_EQ(batch->record_index_of(0), 2u);
    EXPECT_EQ(batch->record_index_of(2), 0u);
    EXPECT_EQ(batch->slots(0)[0].as_int(), 2);
    EXPECT_EQ(batch->sites(0)[0].begin, 102u);
    batch->slots(1)[1] = Value::boolean(true);
    EXPECT_TRUE(batch->slots(2)[1].is_absent()) << "copies of one row are rows of their own";
}

TEST(Batch, RemembersTheFailedRecordWhenRowsAreRemade) {
    auto batch = make_batch(3);
    batch->fail_row(0, "a#1", broken());
    batch->remove_failed();
    batch->remake_rows({1, 2, 2});
    EXPECT_FALSE(batch->has_failed(0)) << "row 0 is another one now";
    batch->fail_row(2, "b#2", broken());
    batch->remove_failed();
    EXPECT_EQ(batch->live(), (Rows{0, 1}));
    ASSERT_EQ(batch->failures.size(), 2u);
    EXPECT_EQ(batch->failures[0].record, 0u);
    EXPECT_EQ(batch->failures[1].record, 2u);
}

TEST(Batch, TellsWhyARowFailedSinceACertainFailure) {
    auto batch = make_batch(3);
    batch->fail_row(1, "a#1", broken());
    batch->remove_failed();
    batch->remake_rows({0, 2, 2});
    batch->fail_row(2, "b#2", {ErrorClass::Poison, "second", "", ""});
    batch->fail_row(1, "b#2", {ErrorClass::Poison, "third", "", ""});
    EXPECT_EQ(batch->failure_of(0, 0), nullptr);
    ASSERT_NE(batch->failure_of(1, 1), nullptr);
    EXPECT_EQ(batch->failure_of(1, 1)->code, "third");
    EXPECT_EQ(batch->failure_of(2, 1)->code, "second");
    EXPECT_EQ(batch->failure_of(2, 2), nullptr) << "it failed before";
}

TEST(Batch, CanBeRemadeToNothing) {
    auto batch = make_batch(3);
    batch->remake_rows({});
    EXPECT_TRUE(batch->live().empty());
    EXPECT_EQ(batch->row_count(), 0u);
}

TEST(Batch, IsEmptyAfterReset) {
    auto batch = make_batch(3);
    batch->fail_row(0, "a#1", broken());
    batch->dropped = 2;
    batch->reset();
    EXPECT_TRUE(batch->records.empty());
    EXPECT_TRUE(batch->live().empty());
    EXPECT_TRUE(batch->failures.empty());
    EXPECT_EQ(batch->dropped, 0u);
    EXPECT_EQ(batch->row_count(), 0u);
}

TEST(Batch, CountsItsMemory) {
    auto batch = make_batch(1);
    const size_t before = batch->bytes();
    batch->records[0].raw = batch->arena.copy(std::string(1'000'000, 'x'));
    EXPECT_GE(batch->bytes(), before + 1'000'000);
}

class PathTest : public ::testing::Test {
  protected:
    /// { "a": { "b": 1, "c": 2 }, "d": 3 }
    Value root() {
        MapEntry* inner = arena_.make_array<MapEntry>(2);
        inner[0] = {Value::string("b"), Value::integer(1)};
        inner[1] = {Value::string("c"), Value::integer(2)};
        MapEntry* outer = arena_.make_array<MapEntry>(2);
        outer[0] = {Value::string("a"), Value::map({inner, 2})};
        outer[1] = {Value::string("d"), Value::integer(3)};
        return Value::map({outer, 2});
    }
    std::string replaced(const Path& path, Value value) {
        return to_debug_text(with_replaced(root(), path, 0, value, arena_));
    }
    Arena arena_;
};

TEST_F(PathTest, IsWrittenAsInAnExpression) {
    EXPECT_EQ(to_text(Path{"user", "id"}), "user.id");
    EXPECT_EQ(to_text(Path{"user", "first name"}), "user[\"first name\"]");
    EXPECT_EQ(to_text(Path{"0"}), "[\"0\"]");
    EXPECT_EQ(to_text(Path{}), "");
}

TEST_F(PathTest, LeadsToWhatIsBelowIt) {
    EXPECT_TRUE(is_prefix({}, {"a"}));
    EXPECT_TRUE(is_prefix({"a"}, {"a", "b"}));
    EXPECT_TRUE(is_prefix({"a"}, {"a"}));
    EXPECT_FALSE(is_prefix({"a", "b"}, {"a"}));
    EXPECT_FALSE(is_prefix({"b"}, {"a", "b"}));
}

TEST_F(PathTest, NavigatesToAValueOrToNothing) {
    EXPECT_EQ(navigate(root(), {"a", "c"}).as_int(), 2);
    EXPECT_EQ(navigate(root(), {"x", "a", "c"}, 1).as_int(), 2);
    EXPECT_TRUE(navigate(root(), {"a", "none"}).is_absent());
    EXPECT_TRUE(navigate(root(), {"d", "below"}).is_absent());
    EXPECT_TRUE(navigate(root(), {}).is(Kind::Map));
}

TEST_F(PathTest, ReplacesAddsAndRemoves) {
    const Value nine = Value::integer(9);
    EXPECT_EQ(replaced({"a", "b"}, nine), "{\"a\":{\"b\":9,\"c\":2,},\"d\":3,}");
    EXPECT_EQ(replaced({"a", "new"}, nine), "{\"a\":{\"b\":1,\"c\":2,\"new\":9,},\"d\":3,}");
    EXPECT_EQ(replaced({"x", "y"}, nine), "{\"a\":{\"b\":1,\"c\":2,},\"d\":3,\"x\":{\"y\":9,},}");
    EXPECT_EQ(replaced({"d", "below"}, nine), "{\"a\":{\"b\":1,\"c\":2,},\"d\":{\"below\":9,},}")
        << "what is no map gives way";
    EXPECT_EQ(replaced({"a", "b"}, Value()), "{\"a\":{\"c\":2,},\"d\":3,}");
    EXPECT_EQ(replaced({"a", "none"}, Value()), to_debug_text(root()));
    EXPECT_EQ(replaced({"d", "below"}, Value()), to_debug_text(root()))
        << "nothing is there to remove";
    EXPECT_EQ(replaced({}, nine), "9");
}

TEST_F(PathTest, LeavesTheOriginalAsItWas) {
    const Value before = root();
    (void)with_replaced(before, {"a", "b"}, 0, Value::integer(9), arena_);
    EXPECT_EQ(navigate(before, {"a", "b"}).as_int(), 1);
}

TEST_F(PathTest, CopiesDeeply) {
    Arena other;
    const Value copied = deep_copy(root(), other);
    EXPECT_TRUE(is_identical(copied, root()));
    arena_.reset();
    EXPECT_EQ(navigate(copied, {"a", "b"}).as_int(), 1);
}

}  // namespace
}  // namespace messina
