// Sortable forms: memcmp order is CQL's order, and the value comes back.
#include "cql/order.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "cql/utf8.h"

namespace messina::cql {
namespace {

std::string ordered(const Type& type, std::string_view bytes) {
    Buffer out;
    const auto done = append_ordered(type, bytes, out);
    EXPECT_TRUE(done) << done.error().message;
    return std::string(out.view());
}

std::string serialized(const Type& type, const Value& value) {
    Buffer out;
    const auto done = serialize(type, value, out);
    EXPECT_TRUE(done) << done.error().message;
    return std::string(out.view());
}

/// `values` in CQL's order, as texts that serialize() reads.
void expect_order(std::string_view type_text, const std::vector<Value>& values) {
    const Type type = *parse_type(type_text);
    std::vector<std::string> ascending;
    std::vector<std::string> descending;
    for (const Value& value : values) {
        const std::string bytes = serialized(type, value);
        ascending.push_back(ordered(type, bytes));
        std::string_view rest = ascending.back();
        Buffer back;
        ASSERT_TRUE(append_serialized(type, rest, back)) << type_text;
        EXPECT_TRUE(rest.empty());
        EXPECT_EQ(ordered(type, back.view()), ascending.back());

        Buffer inverted;
        ASSERT_TRUE(append_descending(type, bytes, inverted));
        descending.emplace_back(inverted.view());
        std::string_view inverted_rest = descending.back();
        Buffer again;
        ASSERT_TRUE(append_serialized_descending(type, inverted_rest, again));
        EXPECT_TRUE(inverted_rest.empty());
        EXPECT_EQ(to_hex(again.view()), to_hex(back.view()));
    }
    for (size_t i = 1; i < values.size(); ++i) {
        EXPECT_LT(ascending[i - 1], ascending[i]) << type_text << " " << i;
        EXPECT_GT(descending[i - 1], descending[i]) << type_text << " " << i;
    }
}

std::vector<Value> texts(const std::vector<std::string_view>& all) {
    std::vector<Value> values;
    for (const std::string_view text : all) values.push_back(Value::string(text));
    return values;
}
std::vector<Value> integers(const std::vector<int64_t>& all) {
    std::vector<Value> values;
    for (const int64_t number : all) values.push_back(Value::integer(number));
    return values;
}

TEST(Order, SortsIntegersBySign) {
    expect_order("tinyint", integers({-128, -1, 0, 1, 127}));
    expect_order("smallint", integers({-32'768, -1, 0, 255, 256}));
    expect_order("int", integers({INT32_MIN, -1, 0, 65'536, INT32_MAX}));
    expect_order("bigint", integers({INT64_MIN, -1, 0, 1, INT64_MAX}));
    expect_order("timestamp", integers({-5, 0, 5}));
}

TEST(Order, SortsFloatsWithNanLast) {
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<Value> values;
    for (const double number : {-infinity, -1e9, -1.5, -0.0, 0.0, 1e-9, 1.0, infinity,
                                std::numeric_limits<double>::quiet_NaN()})
        values.push_back(Value::floating(number));
    expect_order("double", values);
    expect_order("float", values);
    // Whatever its payload and sign, NaN is one value.
    const Type type = *parse_type("float");
    EXPECT_EQ(ordered(type, *parse_hex("0xffc00001")), ordered(type, *parse_hex("0x7fc00000")));
}

TEST(Order, SortsTextByBytesAndPrefixesFirst) {
    using namespace std::string_view_literals;
    expect_order("text",
                 texts({"", "\0"sv, "\0\0"sv, "\0a"sv, "a", "a\0"sv, "a\0b"sv, "ab", "b", "é"}));
    expect_order("boolean", {Value::boolean(false), Value::boolean(true)});
    expect_order("blob", {Value::bytes(""), Value::bytes("\xff"), Value::bytes("\xff\xff")});
    expect_order("inet", texts({"10.0.0.1", "10.0.0.2", "2001:db8::", "192.0.2.1"}));
}

TEST(Order, SortsDatesAndTimes) {
    expect_order("date", texts({"-2000-01-01", "1969-12-31", "1970-01-01", "2024-02-29"}));
    expect_order("time", texts({"00:00", "00:00:00.000000001", "23:59:59"}));
}

TEST(Order, SortsUuidsByVersionThenTimeThenUnsignedBytes) {
    expect_order(
        "uuid",
        texts({"ffffffff-0000-1000-0000-000000000000", "00000000-0001-1000-0000-000000000000",
               "00000000-0000-1001-7f00-000000000000", "00000000-0000-1001-8000-000000000000",
               "00000000-0000-4000-8000-000000000000", "00000001-0000-4000-8000-000000000000"}));
}

TEST(Order, SortsTimeuuidsByTimeThenSignedBytes) {
    expect_order(
        "timeuuid",
        texts({"ffffffff-0000-1000-0000-000000000000", "00000000-0001-1000-0000-000000000000",
               "00000000-0000-1001-8000-000000000000", "00000000-0000-1001-ff00-000000000000",
               "00000000-0000-1001-0000-000000000000", "00000000-0000-1001-7f00-000000000000"}));
}

TEST(Order, SortsBigNumbersByValue) {
    expect_order("varint", texts({"-18446744073709551616", "-32769", "-32768", "-256", "-255",
                                  "-129", "-128", "-2", "-1", "0", "1", "127", "128", "255", "256",
                                  "32768", "18446744073709551616"}));
    expect_order("decimal", texts({"-1e100", "-100", "-12.5", "-12", "-1.25", "-1.2", "-0.5",
                                   "-1e-100", "0", "1e-100", "0.05", "0.5", "1.2", "1.25", "12",
                                   "12.5", "100", "101", "1e100"}));
}

TEST(Order, TreatsEqualDecimalsAsOne) {
    const Type type = *parse_type("decimal");
    const auto form = [&](std::string_view text) {
        return ordered(type, serialized(type, Value::string(text)));
    };
    EXPECT_EQ(form("1.0"), form("1.00"));
    EXPECT_EQ(form("100"), form("1e2"));
    EXPECT_EQ(form("0"), form("0.000"));
    EXPECT_EQ(form("1e2147483647"), form("1e2147483647"));
    // Padded two's complement is the same number.
    EXPECT_EQ(ordered(*parse_type("varint"), *parse_hex("0x000001")),
              ordered(*parse_type("varint"), *parse_hex("0x01")));
}

TEST(Order, SortsCollectionsElementByElement) {
    const std::vector<Value> empty;
    const std::vector<Value> one = integers({1});
    const std::vector<Value> one_one = integers({1, 1});
    const std::vector<Value> two = integers({2});
    for (const std::string_view type : {"list<int>", "set<varint>"})
        expect_order(type, {Value::list(empty), Value::list(one), Value::list(two)});
    expect_order("list<int>", {Value::list(one), Value::list(one_one), Value::list(two)});
    const std::vector<Value> null_one = {Value::null(), Value::integer(1)};
    const std::vector<Value> one_null = {Value::integer(1), Value::null()};
    expect_order("tuple<int, int>",
                 {Value::list(null_one), Value::list(one_null), Value::list(one_one)});
    expect_order("vector<int, 2>", {Value::list(one_one), Value::list(integers({1, 2}))});
    const std::vector<MapEntry> low = {{Value::string("a"), Value::integer(2)}};
    const std::vector<MapEntry> high = {{Value::string("b"), Value::integer(1)}};
    expect_order("map<text, int>", {Value::map(low), Value::map(high)});
    expect_order("vector<text, 2>",
                 {Value::list(texts({"a", "z"})), Value::list(texts({"b", ""}))});
}

TEST(Order, RefusesMalformedValues) {
    Buffer out;
    EXPECT_FALSE(append_ordered(*parse_type("int"), "abc", out));
    EXPECT_FALSE(append_ordered(*parse_type("inet"), "abc", out));
    EXPECT_FALSE(append_ordered(*parse_type("varint"), "", out));
    EXPECT_FALSE(append_ordered(*parse_type("varint"), std::string(5'000, '\1'), out));
    EXPECT_FALSE(append_ordered(*parse_type("decimal"), "abcd", out));
    EXPECT_FALSE(append_ordered(*parse_type("decimal"), std::string(5'000, '\1'), out));
    EXPECT_FALSE(append_ordered(*parse_type("timeuuid"), std::string(16, '\0'), out));
    EXPECT_FALSE(append_ordered(*parse_type("duration"), "abc", out));
    EXPECT_FALSE(append_ordered(*parse_type("list<int>"), "abc", out));
    EXPECT_FALSE(append_ordered(*parse_type("list<int>"), *parse_hex("0x00000001ffffffff"), out));
    EXPECT_FALSE(is_ordered(*parse_type("list<duration>")));
    EXPECT_FALSE(is_ordered(*parse_type("counter")));
    EXPECT_TRUE(is_ordered(*parse_type("list<text>")));
}

TEST(Order, RefusesTruncatedSortableForms) {
    for (const std::string_view text :
         {"int", "text", "uuid", "timeuuid", "varint", "decimal", "list<int>", "map<text, int>",
          "tuple<int, int>", "vector<text, 2>", "boolean", "duration"}) {
        std::string_view nothing;
        Buffer out;
        EXPECT_FALSE(append_serialized(*parse_type(text), nothing, out)) << text;
        std::string_view half("\x02", 1);
        if (text != "boolean") {
            EXPECT_FALSE(append_serialized(*parse_type(text), half, out)) << text;
        }
    }
    std::string_view bad_escape("\0\x01", 2);
    Buffer out;
    EXPECT_FALSE(append_serialized(*parse_type("text"), bad_escape, out));
    std::string_view bad_digit("\x02\x80\0\0\0\0\0\0\x01!\0", 11);
    EXPECT_FALSE(append_serialized(*parse_type("decimal"), bad_digit, out));
    std::string_view no_digits("\x02\x80\0\0\0\0\0\0\x01\0", 10);
    EXPECT_FALSE(append_serialized(*parse_type("decimal"), no_digits, out));
    // Exponents at both ends of 64 bits.
    for (const std::string_view form :
         {std::string_view("\x02\0\0\0\0\0\0\0\0001\0", 11),
          std::string_view("\x02\xff\xff\xff\xff\xff\xff\xff\xff\x31\0", 11)}) {
        std::string_view exponent_out_of_range = form;
        EXPECT_FALSE(append_serialized(*parse_type("decimal"), exponent_out_of_range, out));
    }
}

TEST(Order, RandomTextsSortAsTheirBytesDo) {
    Random random(11);
    const Type type = *parse_type("blob");
    std::vector<std::string> all;
    for (int i = 0; i < 500; ++i) {
        std::string bytes;
        for (uint64_t n = random.below(6); n > 0; --n)
            bytes.push_back(static_cast<char>(random.below(3) * 127));
        all.push_back(bytes);
    }
    std::ranges::sort(all);
    for (size_t i = 1; i < all.size(); ++i)
        EXPECT_EQ(all[i - 1] == all[i], ordered(type, all[i - 1]) == ordered(type, all[i]));
    EXPECT_TRUE(std::ranges::is_sorted(
        all, {}, [&](const std::string& bytes) { return ordered(type, bytes); }));
}

}  // namespace
}  // namespace messina::cql
