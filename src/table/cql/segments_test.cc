#include "table/cql/segments.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "base/random.h"
#include "cql/bytes.h"
#include "table/testing/table_driver.h"

namespace messina::table {
namespace {

using Numbers = std::vector<int32_t>;

TableSchema schema_of_three() {
    return testing::make_schema(
        "t", {.partition_key = {"p int"}, .clustering_key = {"x int", "y int desc", "z int"}});
}
constexpr std::array<bool, 3> kIsDescending = {false, true, false};

std::string serialized(int32_t number) {
    Buffer bytes;
    cql::append_big_endian(bytes, number);
    return std::string(bytes.view());
}
std::string encoded(const Numbers& prefix) {
    Buffer bytes;
    for (const int32_t number : prefix) {
        cql::append_big_endian(bytes, uint32_t{4});
        cql::append_big_endian(bytes, number);
    }
    return std::string(bytes.view());
}

/// Negative, 0 or positive: where `row` stands to a prefix, in clustering order; 0 is under it.
int order(const Numbers& row, const Numbers& prefix) {
    for (size_t i = 0; i < prefix.size(); ++i) {
        if (row[i] == prefix[i]) continue;
        return (row[i] < prefix[i]) != kIsDescending[i] ? -1 : 1;
    }
    return 0;
}

struct ModelBound {
    Numbers prefix;
    bool is_inclusive = true;
};
bool is_between(const Numbers& row, const ModelBound& from, const ModelBound& to) {
    const int a = order(row, from.prefix);
    const int b = order(row, to.prefix);
    const bool is_after = from.prefix.empty() || a > 0 || (a == 0 && from.is_inclusive);
    const bool is_before = to.prefix.empty() || b < 0 || (b == 0 && to.is_inclusive);
    return is_after && is_before;
}

bool is_in(const Numbers& row, const Segment& segment) {
    for (size_t i = 0; i < segment.equal.size(); ++i)
        if (serialized(row[i]) != segment.equal[i]) return false;
    const size_t at = segment.equal.size();
    const auto stands = [&](const Segment::Limit& limit) {
        const auto value = cql::load_big_endian<int32_t>(limit.value.data());
        if (row[at] == value) return 0;
        return (row[at] < value) != kIsDescending[at] ? -1 : 1;
    };
    if (segment.from) {
        const int side = stands(*segment.from);
        if (side < 0 || (side == 0 && !segment.from->is_inclusive)) return false;
    }
    if (!segment.to) return true;
    const int side = stands(*segment.to);
    return side < 0 || (side == 0 && segment.to->is_inclusive);
}

std::vector<Numbers> all_rows() {
    std::vector<Numbers> rows;
    for (int32_t x = 0; x < 3; ++x)
        for (int32_t y = 2; y >= 0; --y)
            for (int32_t z = 0; z < 3; ++z) rows.push_back({x, y, z});
    return rows;
}

ModelBound random_bound(Random& random) {
    ModelBound bound;
    for (uint64_t left = random.below(4); left > 0; --left)
        bound.prefix.push_back(static_cast<int32_t>(random.below(3)));
    bound.is_inclusive = random.chance(0.5);
    return bound;
}

TEST(Segments, HoldEveryRowOfTheRangeOnceAndInOrder) {
    const TableSchema schema = schema_of_three();
    Random random(7);
    for (int round = 0; round < 5000; ++round) {
        const ModelBound from = random_bound(random);
        const ModelBound to = random_bound(random);
        const std::string from_bytes = encoded(from.prefix);
        const std::string to_bytes = encoded(to.prefix);
        const auto segments =
            split_range(schema, {from_bytes, from.is_inclusive}, {to_bytes, to.is_inclusive});
        ASSERT_TRUE(segments) << segments.error().to_text();
        std::vector<Numbers> expected;
        for (const Numbers& row : all_rows())
            if (is_between(row, from, to)) expected.push_back(row);
        std::vector<Numbers> found;
        for (const Segment& segment : *segments)
            for (const Numbers& row : all_rows())
                if (is_in(row, segment)) found.push_back(row);
        ASSERT_EQ(found, expected) << "round " << round;
    }
}

TEST(Segments, TakeOneStatementForCommonRanges) {
    const TableSchema schema = schema_of_three();
    const auto count = [&](const Numbers& from, const Numbers& to) {
        const std::string from_bytes = encoded(from);
        const std::string to_bytes = encoded(to);
        return split_range(schema, {from_bytes, true}, {to_bytes, true})->size();
    };
    EXPECT_EQ(count({}, {}), 1U);
    EXPECT_EQ(count({1}, {}), 1U);
    EXPECT_EQ(count({0}, {2}), 1U);
    EXPECT_EQ(count({1, 2}, {1}), 1U);
    EXPECT_EQ(count({1, 2, 0}, {1, 2, 2}), 1U);
    EXPECT_EQ(count({2}, {1}), 0U);
}

TEST(Segments, CutEverythingInTwo) {
    std::string pivot;
    const auto segments = split_everything(schema_of_three(), pivot);
    for (const Numbers& row : all_rows())
        EXPECT_EQ(std::ranges::count_if(
                      segments, [&](const Segment& segment) { return is_in(row, segment); }),
                  1);
    for (const Segment& segment : segments) EXPECT_FALSE(segment.is_everything());
}

TEST(Segments, RefuseBoundsThatAreCutOff) {
    const TableSchema schema = schema_of_three();
    std::string bound = encoded({1, 2});
    bound.pop_back();
    const auto segments = split_range(schema, {bound, true}, {});
    ASSERT_FALSE(segments);
    EXPECT_EQ(segments.error().code, "table.key_malformed");
    const std::string too_many = encoded({1, 2, 3, 4});
    EXPECT_FALSE(split_range(schema, {}, {too_many, true}));
}

}  // namespace
}  // namespace messina::table
