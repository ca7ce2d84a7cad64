#include "table/record.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"

namespace messina::table {
namespace {

Cell live(uint32_t column, int64_t timestamp, std::string_view value, uint32_t expiry = 0,
          uint32_t ttl = 0) {
    return {column, false, {timestamp, expiry, ttl}, value};
}
Cell dead(uint32_t column, int64_t timestamp, uint32_t at) {
    return {column, true, {timestamp, at, 0}, {}};
}

std::string stored(const Record& record) {
    std::string bytes;
    encode(record, bytes);
    return bytes;
}

std::string merged(std::string_view a, std::string_view b) {
    Record left;
    Record right;
    std::vector<Cell> scratch;
    EXPECT_TRUE(decode(a, left) && decode(b, right));
    merge(left, right, scratch);
    return stored(left);
}

TEST(Record, DecidesTiesAsScyllaDbDoes) {
    EXPECT_TRUE(beats(live(0, 2, "a"), live(0, 1, "b")));
    EXPECT_TRUE(beats(dead(0, 1, 5), live(0, 1, "b")));
    EXPECT_FALSE(beats(live(0, 1, "b"), dead(0, 1, 5)));
    EXPECT_TRUE(beats(live(0, 1, "a", 100, 10), live(0, 1, "b")));
    EXPECT_TRUE(beats(live(0, 1, "a", 101, 10), live(0, 1, "b", 100, 10)));
    EXPECT_TRUE(beats(live(0, 1, "a", 100, 9), live(0, 1, "b", 100, 10)));
    EXPECT_TRUE(beats(live(0, 1, "\xff"), live(0, 1, "a")));
    EXPECT_TRUE(beats(live(0, 1, "aa"), live(0, 1, "a")));
    EXPECT_FALSE(beats(live(0, 1, "a"), live(0, 1, "a")));
    EXPECT_TRUE(beats(dead(0, 1, 6), dead(0, 1, 5)));
}

TEST(Record, ComesBackFromItsStoredForm) {
    Record record;
    record.is_head = true;
    record.deletion = {-3, 77};
    record.marker = {5, 100, 10};
    record.cells = {live(0, 5, "shares the marker's", 100, 10), live(1, 6, ""), dead(2, 7, 50),
                    live(300, 8, std::string_view("\0x", 2), 200, 20)};
    record.ranges = {{"a", "b", false, {9, 60}}, {"c", "", true, {10, 61}}};
    const std::string bytes = stored(record);
    Record back;
    ASSERT_TRUE(decode(bytes, back));
    EXPECT_EQ(stored(back), bytes);
    EXPECT_TRUE(back.is_head);
    EXPECT_EQ(back.deletion, record.deletion);
    EXPECT_EQ(back.marker, record.marker);
    EXPECT_EQ(back.ranges, record.ranges);
    ASSERT_EQ(back.cells.size(), 4U);
    EXPECT_EQ(back.cells[3].value, record.cells[3].value);
    EXPECT_EQ(back.cells[3].column, 300U);
    EXPECT_TRUE(back.cells[2].is_dead);

    for (size_t size = 1; size < bytes.size(); ++size) {
        Record part;
        decode(std::string_view(bytes).substr(0, size), part);  // must only not crash
    }
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, 5), back));
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, bytes.size() - 1), back));
    EXPECT_FALSE(decode("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", back));
}

TEST(Record, TakesFewBytesForARowWrittenAtOnce) {
    Record record;
    record.marker = {1'700'000'000'000'000, 0, 0};
    record.cells = {live(0, 1'700'000'000'000'000, std::string_view("0123456789", 10))};
    EXPECT_EQ(stored(record).size(), 9U + 2U + 10U);
}

TEST(Record, PurgesWhatIsOldAndOnlyThat) {
    Record record;
    record.deletion = {1, 100};
    record.marker = {5, 100, 10};
    record.cells = {live(0, 5, "expired", 100, 10), live(1, 6, "lasting"), dead(2, 7, 100),
                    live(3, 5, "expired later", 150, 10)};
    purge(record, 149, 50);
    EXPECT_EQ(record.cells.size(), 4U);
    EXPECT_EQ(record.cells[0].value, "") << "nobody can read an expired value";
    EXPECT_EQ(record.cells[3].value, "expired later");
    EXPECT_TRUE(record.deletion.exists());
    purge(record, 150, 50);
    EXPECT_FALSE(record.deletion.exists());
    EXPECT_FALSE(record.marker.exists());
    ASSERT_EQ(record.cells.size(), 2U);
    EXPECT_EQ(record.cells[0].value, "lasting");

    Record head;
    head.is_head = true;
    head.deletion = {1, 100};
    purge(head, 1'000, 50);
    EXPECT_TRUE(head.deletion.exists()) << "rows under other keys still need it";
}

TEST(Record, AddsRangesLikePaint) {
    // Against an array of one deletion per letter.
    Random random(3);
    for (int round = 0; round < 300; ++round) {
        std::vector<DeletedRange> ranges;
        std::vector<Deletion> letters(27);
        for (int i = 0; i < 12; ++i) {
            const auto begin = random.below(26);
            const auto end = random.below(28);
            DeletedRange range;
            range.begin = std::string(1, static_cast<char>('a' + begin));
            range.is_endless = end > 26;
            if (!range.is_endless) range.end = std::string(1, static_cast<char>('a' + end));
            range.deletion = {static_cast<int64_t>(random.below(6)),
                              static_cast<uint32_t>(random.below(3))};
            for (uint64_t letter = begin; letter < std::min<uint64_t>(end, 27); ++letter)
                letters[letter] = later(letters[letter], range.deletion);
            add_range(ranges, range);
        }
        for (size_t letter = 0; letter < letters.size(); ++letter) {
            const std::string at(1, static_cast<char>('a' + letter));
            ASSERT_EQ(deletion_at(ranges, at), letters[letter]) << round << " " << at;
        }
        for (size_t i = 1; i < ranges.size(); ++i) {
            ASSERT_FALSE(ranges[i - 1].is_endless);
            ASSERT_LE(ranges[i - 1].end, ranges[i].begin);
        }
    }
}

Record random_record(Random& random, std::vector<std::string>& values) {
    const auto timestamp = [&] { return static_cast<int64_t>(random.below(4)); };
    Record record;
    if (random.chance(0.2)) record.deletion = {timestamp(), static_cast<uint32_t>(random.below(3))};
    if (random.chance(0.5))
        record.marker = {timestamp(), static_cast<uint32_t>(random.below(3)), 1};
    for (uint32_t column = 0; column < 3; ++column) {
        if (random.chance(0.4)) continue;
        const auto expiry = static_cast<uint32_t>(random.below(3));
        const uint32_t ttl = expiry == 0 ? 0 : static_cast<uint32_t>(random.below(2) + 1);
        values.push_back(std::string(random.below(3), static_cast<char>('a' + random.below(2))));
        if (random.chance(0.2))
            record.cells.push_back(dead(column, timestamp(), expiry));
        else
            record.cells.push_back(live(column, timestamp(), values.back(), expiry, ttl));
    }
    apply(record.deletion, record);
    return record;
}

TEST(Record, MergesToTheSameInAnyOrderAndGrouping) {
    Random random(9);
    for (int round = 0; round < 3'000; ++round) {
        std::vector<std::string> values;
        values.reserve(16);
        const std::string a = stored(random_record(random, values));
        const std::string b = stored(random_record(random, values));
        const std::string c = stored(random_record(random, values));
        const std::string all = merged(merged(a, b), c);
        ASSERT_EQ(merged(a, merged(b, c)), all);
        ASSERT_EQ(merged(merged(c, a), b), all);
        ASSERT_EQ(merged(b, all), all) << "a write that comes twice changes nothing";
    }
}

}  // namespace
}  // namespace messina::table
