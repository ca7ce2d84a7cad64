// What compaction and garbage collection leave of deleted and expired data.
#include "table/database.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "table/embedded_table.h"
#include "table/testing/table_driver.h"

namespace messina::table {
namespace {

using testing::make_schema;
using testing::TableDriver;
using Rows = std::vector<TableDriver::Row>;

Value number(int64_t i) {
    return Value::integer(i);
}

class DatabaseTest : public ::testing::Test {
  protected:
    static constexpr std::chrono::seconds kGrace{1'000};

    DatabaseTest() {
        EmbeddedOptions options;
        options.path = ":memory:";
        options.tables = {
            make_schema("simple", {.partition_key = {"id int"}, .columns = {"v int", "w text"}}),
            make_schema("wide", {.partition_key = {"p int"},
                                 .clustering_key = {"c int"},
                                 .statics = {"s int"},
                                 .columns = {"v int"}})};
        options.clock = &clock_;
        options.grace = kGrace;
        database_ = *Database::open(options);
        simple_ = std::make_unique<EmbeddedTable>(database_, *database_->find("simple"));
        wide_ = std::make_unique<EmbeddedTable>(database_, *database_->find("wide"));
    }

    /// RocksDB filters what it merged only at the next compaction.
    void compact(std::string_view table) {
        for (int i = 0; i < 2; ++i) {
            rocksdb::CompactRangeOptions options;
            options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
            ASSERT_TRUE(database_->rocks()
                            .CompactRange(options, database_->find(table)->family, nullptr, nullptr)
                            .ok());
        }
    }
    size_t stored_keys(std::string_view table) {
        const std::unique_ptr<rocksdb::Iterator> keys(
            database_->rocks().NewIterator({}, database_->find(table)->family));
        size_t count = 0;
        for (keys->SeekToFirst(); keys->Valid(); keys->Next()) ++count;
        return count;
    }
    std::string stored_value(std::string_view table) {
        const std::unique_ptr<rocksdb::Iterator> keys(
            database_->rocks().NewIterator({}, database_->find(table)->family));
        keys->SeekToFirst();
        return keys->Valid() ? keys->value().ToString() : "none";
    }
    size_t queued_deletions() {
        const std::unique_ptr<rocksdb::Iterator> keys(database_->rocks().NewIterator({}));
        size_t count = 0;
        for (keys->Seek("g"); keys->Valid() && keys->key().starts_with("g"); keys->Next()) ++count;
        return count;
    }

    VirtualClock clock_{WallTime(std::chrono::seconds(1'700'000'000))};
    std::shared_ptr<Database> database_;
    std::unique_ptr<EmbeddedTable> simple_;
    std::unique_ptr<EmbeddedTable> wide_;
};

TEST_F(DatabaseTest, DropsExpiredValuesAtOnceAndTheirRowsAfterTheGrace) {
    TableDriver t(*simple_);
    const std::string text(100, 'w');
    ASSERT_TRUE(t.upsert({number(1)}, {{"w", Value::string(text)}}, 10, 50));
    compact("simple");
    EXPECT_GT(stored_value("simple").size(), 100U);
    clock_.advance(std::chrono::seconds(50));
    compact("simple");
    EXPECT_LT(stored_value("simple").size(), 40U);
    // An older write that comes late stays hidden.
    ASSERT_TRUE(t.upsert({number(1)}, {{"v", number(1)}, {"w", Value::string("old")}}, 5));
    EXPECT_EQ((*t.read({number(1)}, {"v", "w"}))->at(1), "null");
    ASSERT_TRUE(t.upsert({number(2)}, {{"v", number(1)}}, 10, 50));
    clock_.advance(std::chrono::seconds(50) + kGrace);
    compact("simple");
    EXPECT_EQ(stored_keys("simple"), 1U) << "of row 1 the lasting column is left";
}

TEST_F(DatabaseTest, DropsDeletedRowsAfterTheGrace) {
    TableDriver t(*simple_);
    ASSERT_TRUE(t.upsert({number(1)}, {{"v", number(1)}}, 10));
    ASSERT_TRUE(t.delete_row({number(1)}, 20));
    ASSERT_TRUE(t.delete_columns({number(2)}, {"v"}, 20));
    compact("simple");
    EXPECT_EQ(stored_keys("simple"), 2U);
    clock_.advance(kGrace);
    compact("simple");
    EXPECT_EQ(stored_keys("simple"), 0U);
}

TEST_F(DatabaseTest, FoldsWritesOfOneRowIntoOneValue) {
    TableDriver t(*simple_);
    for (int64_t i = 0; i < 500; ++i) ASSERT_TRUE(t.upsert({number(1)}, {{"v", number(i)}}, i));
    EXPECT_EQ((*t.read({number(1)}, {"v"}))->at(0), "499");
    compact("simple");
    EXPECT_EQ(stored_keys("simple"), 1U);
    EXPECT_LT(stored_value("simple").size(), 30U);
    EXPECT_EQ((*t.read({number(1)}, {"v"}))->at(0), "499");
}

TEST_F(DatabaseTest, CollectsDeletedPartitionsAndRangesAfterTheGrace) {
    TableDriver t(*wide_);
    for (int64_t c = 0; c < 10; ++c) {
        ASSERT_TRUE(t.upsert({number(1), number(c)}, {{"v", number(c)}}, 10));
        ASSERT_TRUE(t.upsert({number(2), number(c)}, {{"v", number(c)}, {"s", number(7)}}, 10));
    }
    ASSERT_TRUE(t.delete_partition({number(1)}, 20));
    ASSERT_TRUE(t.delete_range({number(2)}, {{number(3)}}, {}, 20));
    EXPECT_EQ(queued_deletions(), 2U);
    clock_.advance(kGrace - std::chrono::seconds(1));
    ASSERT_TRUE(t.upsert({number(1), number(5)}, {{"v", number(55)}}, 30));
    EXPECT_EQ(queued_deletions(), 2U) << "not yet";
    // Rows in the cache must not come back to life when the deletion leaves the head.
    EXPECT_EQ(*t.read({number(1), number(4)}, {"v"}), std::nullopt);
    clock_.advance(std::chrono::seconds(120));
    ASSERT_TRUE(t.upsert({number(3), number(0)}, {}, 30));
    EXPECT_EQ(queued_deletions(), 0U);
    EXPECT_EQ(*t.read({number(1), number(4)}, {"v"}), std::nullopt);
    EXPECT_EQ(*t.rows({number(1)}, {"c", "v"}), (Rows{{"5", "55"}}));
    EXPECT_EQ(*t.rows({number(2)}, {"c", "s"}), (Rows{{"0", "7"}, {"1", "7"}, {"2", "7"}}));
    compact("wide");
    compact("wide");
    // Row 5 of the first; head and 3 rows of the second; the row that was written last.
    EXPECT_EQ(stored_keys("wide"), 6U);
    EXPECT_EQ(*t.rows({number(1)}, {"c", "v"}), (Rows{{"5", "55"}}));
    EXPECT_EQ(*t.rows({number(2)}, {"c", "s"}), (Rows{{"0", "7"}, {"1", "7"}, {"2", "7"}}));
}

TEST_F(DatabaseTest, KeepsALaterDeletionOfTheSamePartition) {
    TableDriver t(*wide_);
    ASSERT_TRUE(t.delete_partition({number(1)}, 20));
    clock_.advance(kGrace / 2);
    ASSERT_TRUE(t.delete_partition({number(1)}, 30));
    clock_.advance(kGrace / 2 + std::chrono::seconds(120));
    ASSERT_TRUE(t.upsert({number(1), number(1)}, {}, 25));
    EXPECT_EQ(queued_deletions(), 1U);
    EXPECT_EQ(*t.rows({number(1)}, {"c"}), Rows{});
}

TEST_F(DatabaseTest, ReportsCorruptRows) {
    TableDriver t(*simple_);
    const StoredTable& table = *database_->find("simple");
    const rocksdb::Slice key("\0\0\0\1", 4);
    ASSERT_TRUE(database_->rocks().Put({}, table.family, key, "\x01 too short").ok());
    const auto row = t.read({number(1)}, {"v"});
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().code, "table.corrupt");
    EXPECT_EQ(row.error().error_class, ErrorClass::Fatal);
    ASSERT_TRUE(t.upsert({number(1)}, {{"v", number(1)}}, 10));
    EXPECT_FALSE(t.read({number(1)}, {"v"})) << "what cannot be merged is not made up";
}

TEST(ToError, ClassesWhatRocksDbSays) {
    const Error full = to_error(rocksdb::Status::NoSpace("/data/000001.log"), "write");
    EXPECT_EQ(full.error_class, ErrorClass::Transient);
    EXPECT_EQ(full.code, "table.io");
    EXPECT_NE(full.message.find("/data/000001.log"), std::string::npos);
    EXPECT_FALSE(full.hint.empty());
    EXPECT_EQ(to_error(rocksdb::Status::IOError("x"), "write").code, "table.io");
    EXPECT_EQ(to_error(rocksdb::Status::Corruption("x"), "read").error_class, ErrorClass::Fatal);
    EXPECT_EQ(to_error(rocksdb::Status::InvalidArgument("x"), "read").code, "table.rocksdb");
}

}  // namespace
}  // namespace messina::table
