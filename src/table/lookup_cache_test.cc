#include "table/lookup_cache.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace messina::table {
namespace {

using Found = LookupCache::Found;

class LookupCacheTest : public ::testing::Test {
  protected:
    void make(LookupCacheOptions options) {
        options_ = options;
        cache_ = make_lookup_cache(options);
    }
    Found probe(std::string_view key) {
        Found found = Found::Miss;
        values_.assign(options_.column_count, Value());
        cache_->probe({&key, 1}, now_, {&found, 1}, values_.data(), arena_);
        return found;
    }
    void put(std::string_view key, const std::vector<Value>& row) {
        cache_->put(key, row.data(), now_);
    }

    Instant now_ = Instant(std::chrono::seconds(1'000));
    LookupCacheOptions options_;
    std::unique_ptr<LookupCache> cache_;
    std::vector<Value> values_;
    Arena arena_;
};

TEST_F(LookupCacheTest, GivesRowsAndTheKnowledgeOfNoneUntilTheyExpire) {
    make({.ttl = Nanos(100), .negative_ttl = Nanos(50), .column_count = 2});
    put("a", {Value::integer(7), Value::string("text")});
    cache_->put("b", nullptr, now_);
    EXPECT_EQ(probe("a"), Found::Row);
    EXPECT_EQ(to_debug_text(values_[0]), "7");
    EXPECT_EQ(to_debug_text(values_[1]), "\"text\"");
    EXPECT_EQ(probe("b"), Found::NoRow);
    EXPECT_EQ(probe("c"), Found::Miss);
    now_ += Nanos(49);
    EXPECT_EQ(probe("b"), Found::NoRow);
    now_ += Nanos(1);
    EXPECT_EQ(probe("b"), Found::Miss);
    EXPECT_EQ(probe("a"), Found::Row);
    now_ += Nanos(50);
    EXPECT_EQ(probe("a"), Found::Miss);
    const LookupCacheStats stats = cache_->stats();
    EXPECT_EQ(stats.hits, 2U);
    EXPECT_EQ(stats.negative_hits, 2U);
    EXPECT_EQ(stats.misses, 3U);
    EXPECT_EQ(stats.entries, 2U);
    EXPECT_GT(stats.bytes, 0U);
}

TEST_F(LookupCacheTest, KeepsNothingWithoutTtl) {
    make({.ttl = Nanos(0), .negative_ttl = Nanos(0)});
    put("a", {Value::integer(7)});
    cache_->put("b", nullptr, now_);
    EXPECT_EQ(probe("a"), Found::Miss);
    EXPECT_EQ(probe("b"), Found::Miss);
}

TEST_F(LookupCacheTest, ForgetsWhatWasWrittenPastIt) {
    make({});
    put("a", {Value::integer(7)});
    cache_->forget("a");
    EXPECT_EQ(probe("a"), Found::Miss);
    put("a", {Value::integer(8)});
    cache_->put("a", nullptr, now_);
    EXPECT_EQ(probe("a"), Found::NoRow);
}

TEST_F(LookupCacheTest, ProbesWholeBatches) {
    make({.ttl = std::chrono::seconds(1)});
    std::vector<std::string> keys;
    for (int i = 0; i < 300; ++i) keys.push_back("key" + std::to_string(i));
    for (int i = 0; i < 300; i += 3) put(keys[static_cast<size_t>(i)], {Value::integer(i)});
    for (int i = 1; i < 300; i += 3) cache_->put(keys[static_cast<size_t>(i)], nullptr, now_);
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    std::vector<Found> found(300);
    std::vector<Value> values(300);
    cache_->probe(views, now_, found, values.data(), arena_);
    for (size_t i = 0; i < 300; ++i) {
        const Found expected = i % 3 == 0 ? Found::Row : i % 3 == 1 ? Found::NoRow : Found::Miss;
        ASSERT_EQ(found[i], expected) << i;
        if (expected == Found::Row) {
            EXPECT_EQ(values[i].as_int(), static_cast<int64_t>(i));
        }
    }
}

TEST_F(LookupCacheTest, KeepsValuesOfEveryKindOnTheirOwn) {
    const std::vector<Value> items = {Value::integer(1), Value::string("two"), Value::null()};
    const std::vector<MapEntry> entries = {{Value::string("k"), Value::list(items)}};
    const Value held = Value::string("held");
    const EvalError failed{"cel.code", "message"};
    const std::vector<Value> row = {
        Value(),
        Value::null(),
        Value::boolean(true),
        Value::integer(-5),
        Value::unsigned_integer(UINT64_MAX),
        Value::floating(0.5),
        Value::decimal("1.50"),
        Value::string("text"),
        Value::bytes("\x01"),
        Value::timestamp(-1, 999),
        Value::duration(-1, -999),
        Value::list(items),
        Value::map(entries),
        Value::type("int"),
        Value::optional_none(),
        Value::optional_of(&held),
        Value::error(&failed),
    };
    make({.column_count = row.size()});
    {
        // The cache must not keep views into what it was given.
        Arena short_lived;
        std::vector<Value> copies;
        for (const Value& value : row) copies.push_back(deep_copy(value, short_lived));
        put("k", copies);
    }
    ASSERT_EQ(probe("k"), Found::Row);
    cache_->forget("k");
    for (size_t i = 0; i < row.size(); ++i)
        EXPECT_TRUE(is_identical(values_[i], row[i])) << i << " " << to_debug_text(values_[i]);
}

TEST_F(LookupCacheTest, DoesNotKeepWhatIsNestedWithoutEnd) {
    make({});
    std::vector<Value> levels(200);
    levels[0] = Value::integer(1);
    for (size_t i = 1; i < levels.size(); ++i) levels[i] = Value::list({&levels[i - 1], 1});
    put("a", {Value::integer(7)});
    cache_->put("a", &levels.back(), now_);
    EXPECT_EQ(probe("a"), Found::Miss);
}

TEST_F(LookupCacheTest, StaysWithinItsBytes) {
    make({.bytes_max = 64 * 1024, .ttl = std::chrono::seconds(1)});
    const std::string text(100, 'v');
    for (int i = 0; i < 5'000; ++i) put("key" + std::to_string(i), {Value::string(text)});
    const LookupCacheStats stats = cache_->stats();
    EXPECT_LE(stats.bytes, 64U * 1024);
    EXPECT_GT(stats.evictions, 4'000U);
    EXPECT_EQ(stats.entries + stats.evictions, 5'000U);
}

}  // namespace
}  // namespace messina::table
