#include "table/key_index.h"

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"

namespace messina::table {
namespace {

TEST(KeyIndex, FindsWhatIsInsertedUntilItIsErased) {
    KeyIndex<int> index;
    const std::string key = "a key";
    const uint64_t hash = KeyIndex<int>::hash(key);
    EXPECT_EQ(index.find(hash, key), nullptr);
    index.insert(hash, key, 7);
    ASSERT_NE(index.find(hash, "a key"), nullptr);
    EXPECT_EQ(*index.find(hash, "a key"), 7);
    EXPECT_EQ(index.find(hash, "another"), nullptr) << "the same hash, another key";
    index.erase(hash, key);
    EXPECT_EQ(index.find(hash, key), nullptr);
    index.erase(hash, key);
    EXPECT_EQ(index.size(), 0u);
}

/// Few different hashes, so that runs of taken slots grow, wrap around and are cut up.
TEST(KeyIndex, HoldsWhatAMapHolds) {
    for (const uint64_t hashes : {1u, 3u, 100u, 1'000'000u}) {
        KeyIndex<uint64_t> index;
        std::map<std::string, std::unique_ptr<std::string>> held;  // bytes that stay
        const auto hash_of = [&](const std::string& key) {
            return KeyIndex<uint64_t>::hash(key) % hashes << 8 | 0xff00'0000'0000'0000U;
        };
        Random random(hashes);
        for (int turn = 0; turn < 20'000; ++turn) {
            const std::string key = std::to_string(random.below(hashes == 1 ? 40 : 400));
            const uint64_t hash = hash_of(key);
            uint64_t* found = index.find(hash, key);
            if (const auto known = held.find(key); known != held.end()) {
                ASSERT_NE(found, nullptr) << key;
                ASSERT_EQ(std::to_string(*found), key);
                index.erase(hash, *known->second);
                held.erase(known);
            } else {
                ASSERT_EQ(found, nullptr) << key;
                const auto& bytes =
                    *held.emplace(key, std::make_unique<std::string>(key)).first->second;
                index.insert(hash, bytes, std::stoull(key));
            }
            ASSERT_EQ(index.size(), held.size());
        }
        for (const auto& [key, bytes] : held)
            EXPECT_NE(index.find(hash_of(key), key), nullptr) << key;
    }
}

}  // namespace
}  // namespace messina::table
