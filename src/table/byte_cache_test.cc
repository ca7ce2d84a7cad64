#include "table/byte_cache.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"

namespace messina::table {
namespace {

class Cache {
  public:
    explicit Cache(size_t bytes_max) : cache_(bytes_max) {}
    void put(std::string_view key, std::string_view value, uint16_t space = 0) {
        cache_.put(hash_key(key, space), space, key, value);
    }
    void forget(std::string_view key, uint16_t space = 0) {
        cache_.forget(hash_key(key, space), space, key);
    }
    std::string find(std::string_view key, uint16_t space = 0) {
        const uint64_t hash = hash_key(key, space);
        cache_.prefetch_slot(hash);
        cache_.prefetch_entry(hash);
        const auto value = cache_.find(hash, space, key);
        return value ? std::string(*value) : "none";
    }
    ByteCache& operator*() { return cache_; }

  private:
    ByteCache cache_;
};

TEST(ByteCache, FindsReplacesAndForgets) {
    Cache cache(64 * 1024);
    cache.put("a", "one");
    cache.put("b", "");
    EXPECT_EQ(cache.find("a"), "one");
    EXPECT_EQ(cache.find("b"), "");
    EXPECT_EQ(cache.find("c"), "none");
    cache.put("a", "a longer value than before");
    EXPECT_EQ(cache.find("a"), "a longer value than before");
    cache.forget("a");
    cache.forget("a");
    EXPECT_EQ(cache.find("a"), "none");
    EXPECT_EQ((*cache).entries(), 1U);
    (*cache).clear();
    EXPECT_EQ(cache.find("b"), "none");
    EXPECT_EQ((*cache).entries(), 0U);
}

TEST(ByteCache, KeepsSpacesApart) {
    Cache cache(64 * 1024);
    cache.put("k", "of 1", 1);
    cache.put("k", "of 2", 2);
    EXPECT_EQ(cache.find("k", 1), "of 1");
    EXPECT_EQ(cache.find("k", 2), "of 2");
    EXPECT_EQ(cache.find("k", 3), "none");
}

TEST(ByteCache, StaysWithinItsBytes) {
    constexpr size_t bytes_max = 64 * 1024;
    Cache cache(bytes_max);
    for (int i = 0; i < 10'000; ++i) {
        cache.put("key" + std::to_string(i), std::string(static_cast<size_t>(i % 90), 'v'));
        ASSERT_LE((*cache).bytes(), bytes_max);
    }
    EXPECT_GT((*cache).evictions(), 8'000U);
    EXPECT_EQ(cache.find("key9999"), std::string(9, 'v'));
}

TEST(ByteCache, KeepsWhatIsUsedWhenItEvicts) {
    Cache cache(64 * 1024);
    cache.put("used", "again and again");
    for (int i = 0; i < 20'000; ++i) {
        cache.put("key" + std::to_string(i), "passing by");
        ASSERT_EQ(cache.find("used"), "again and again") << i;
    }
}

TEST(ByteCache, EvictsUsedEntriesTooWhenAllAreUsed) {
    Cache cache(16 * 1024);
    for (int i = 0; i < 5'000; ++i) {
        cache.put("key" + std::to_string(i), "value");
        ASSERT_EQ(cache.find("key" + std::to_string(i)), "value");
    }
    EXPECT_GT((*cache).evictions(), 4'000U);
}

TEST(ByteCache, BoundsTheNumberOfTinyEntries) {
    Cache cache(64 * 1024);
    for (int i = 0; i < 100'000; ++i) cache.put(std::to_string(i), "");
    EXPECT_LE((*cache).entries(), 64 * 1024 / 64);
    EXPECT_EQ(cache.find("99999"), "");
}

TEST(ByteCache, DoesNotKeepWhatIsTooLarge) {
    Cache cache(64 * 1024);
    cache.put("k", "small");
    cache.put("k", std::string(20'000, 'v'));
    EXPECT_EQ(cache.find("k"), "none");
    cache.put(std::string(70'000, 'k'), "v");
    EXPECT_EQ((*cache).entries(), 0U);
}

TEST(ByteCache, NeverGivesAValueOfTheWrongKeyOrTime) {
    Random random(5);
    Cache cache(32 * 1024);
    std::map<std::string, std::string> model;
    size_t found = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::string key = std::to_string(random.below(900));
        const uint64_t dice = random.below(10);
        if (dice < 4) {
            model[key] = std::string(random.below(60), static_cast<char>('a' + i % 26)) + key;
            cache.put(key, model[key]);
        } else if (dice < 5) {
            model.erase(key);
            cache.forget(key);
        } else if (const std::string value = cache.find(key); value != "none") {
            ++found;
            ASSERT_EQ(value, model[key]);
        }
    }
    EXPECT_GT(found, 20'000U);
}

}  // namespace
}  // namespace messina::table
