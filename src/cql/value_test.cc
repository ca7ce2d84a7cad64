// serialize() and deserialize(): forms, conversions, refusals.
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cql/type.h"
#include "cql/utf8.h"

namespace messina::cql {
namespace {

Type type_of(std::string_view text) {
    return *parse_type(text);
}

/// The serialized form in hexadecimal digits, or the code of the refusal.
std::string hex(std::string_view type, const Value& value) {
    Buffer out;
    const auto done = serialize(type_of(type), value, out);
    if (!done) {
        EXPECT_EQ(done.error().error_class, ErrorClass::Poison);
        EXPECT_TRUE(out.empty()) << "a refused value must leave nothing behind";
        return std::string(done.error().code);
    }
    return to_hex(out.view());
}

class Reader {
  public:
    /// The value of serialized bytes given as hexadecimal digits, as debug text.
    std::string operator()(std::string_view type, std::string_view digits) {
        bytes_ = *parse_hex(digits);
        const auto value = deserialize(type_of(type), bytes_, arena_);
        return value ? to_debug_text(*value) : std::string(value.error().code);
    }

  private:
    std::string bytes_;
    Arena arena_;
};

Value text(std::string_view s) {
    return Value::string(s);
}

TEST(Serialize, WritesIntegersAndChecksTheirRange) {
    EXPECT_EQ(hex("int", Value::integer(-2)), "0xfffffffe");
    EXPECT_EQ(hex("bigint", Value::integer(1)), "0x0000000000000001");
    EXPECT_EQ(hex("smallint", Value::integer(32'767)), "0x7fff");
    EXPECT_EQ(hex("smallint", Value::integer(32'768)), "cql.range");
    EXPECT_EQ(hex("tinyint", Value::integer(-128)), "0x80");
    EXPECT_EQ(hex("tinyint", Value::integer(-129)), "cql.range");
    EXPECT_EQ(hex("int", Value::integer(int64_t{1} << 31)), "cql.range");
    EXPECT_EQ(hex("counter", Value::integer(5)), "0x0000000000000005");
    EXPECT_EQ(hex("bigint", Value::unsigned_integer(uint64_t{1} << 63)), "cql.range");
    EXPECT_EQ(hex("int", text("5")), "cql.type_mismatch");
    EXPECT_EQ(hex("int", Value::boolean(true)), "cql.type_mismatch");
}

TEST(Serialize, TakesOtherNumbersForIntegersOnlyWhenExact) {
    EXPECT_EQ(hex("int", Value::floating(3.0)), "0x00000003");
    EXPECT_EQ(hex("int", Value::floating(3.5)), "cql.range");
    EXPECT_EQ(hex("bigint", Value::floating(9.3e18)), "cql.range");
    EXPECT_EQ(hex("bigint", Value::floating(std::numeric_limits<double>::quiet_NaN())),
              "cql.range");
    EXPECT_EQ(hex("int", Value::decimal("1e3")), "0x000003e8");
    EXPECT_EQ(hex("int", Value::decimal("1.5")), "cql.range");
    EXPECT_EQ(hex("int", Value::decimal("12.00")), "0x0000000c");
    EXPECT_EQ(hex("bigint", Value::decimal("1e400")), "cql.range");
}

TEST(Serialize, RoundsToFloatsButRefusesInfinityAndInexactIntegers) {
    EXPECT_EQ(hex("double", Value::floating(1.5)), "0x3ff8000000000000");
    EXPECT_EQ(hex("float", Value::floating(1.5)), "0x3fc00000");
    EXPECT_EQ(hex("float", Value::floating(1e300)), "cql.range");
    EXPECT_EQ(hex("float", Value::floating(std::numeric_limits<double>::infinity())), "0x7f800000");
    EXPECT_EQ(hex("double", Value::integer(7)), "0x401c000000000000");
    EXPECT_EQ(hex("double", Value::integer((int64_t{1} << 53) + 1)), "cql.range");
    EXPECT_EQ(hex("float", Value::integer((1 << 24) + 1)), "cql.range");
    EXPECT_EQ(hex("double", Value::decimal("0.50000000000000000000")), "0x3fe0000000000000");
    EXPECT_EQ(hex("double", Value::decimal("1e999")), "cql.range");
    EXPECT_EQ(hex("double", text("1")), "cql.type_mismatch");
    EXPECT_EQ(hex("double", Value::unsigned_integer(uint64_t{1} << 63)), "0x43e0000000000000");
}

TEST(Serialize, WritesTextBlobAndBoolean) {
    EXPECT_EQ(hex("text", text("aé")), "0x61c3a9");
    EXPECT_EQ(hex("text", text("\xff")), "cql.syntax");
    EXPECT_EQ(hex("ascii", text("a")), "0x61");
    EXPECT_EQ(hex("ascii", text("é")), "cql.syntax");
    EXPECT_EQ(hex("text", Value::integer(1)), "cql.type_mismatch");
    EXPECT_EQ(hex("blob", Value::bytes(std::string_view("\0\x01", 2))), "0x0001");
    EXPECT_EQ(hex("blob", text("0x00")), "cql.type_mismatch");
    EXPECT_EQ(hex("boolean", Value::boolean(true)), "0x01");
    EXPECT_EQ(hex("boolean", Value::integer(1)), "cql.type_mismatch");
}

TEST(Serialize, WritesDatesAndTimes) {
    EXPECT_EQ(hex("date", text("1970-01-01")), "0x80000000");
    EXPECT_EQ(hex("date", text("1969-12-31")), "0x7fffffff");
    EXPECT_EQ(hex("date", text("2024-02-30")), "cql.syntax");
    EXPECT_EQ(hex("date", text("9999999-01-01")), "cql.range");
    EXPECT_EQ(hex("date", Value::timestamp(86'400, 0)), "0x80000001");
    EXPECT_EQ(hex("date", Value::timestamp(86'401, 0)), "cql.range");
    EXPECT_EQ(hex("date", Value::integer(0)), "cql.type_mismatch");
    EXPECT_EQ(hex("time", text("00:00:01.000000002")), "0x000000003b9aca02");
    EXPECT_EQ(hex("time", text("24:00:00")), "cql.syntax");
    EXPECT_EQ(hex("time", Value::duration(1, 2)), "0x000000003b9aca02");
    EXPECT_EQ(hex("time", Value::duration(86'400, 0)), "cql.range");
    EXPECT_EQ(hex("time", Value::integer(0)), "cql.type_mismatch");
}

TEST(Serialize, WritesTimestampsInMilliseconds) {
    EXPECT_EQ(hex("timestamp", Value::timestamp(1, 999'999'999)), "0x00000000000007cf");
    EXPECT_EQ(hex("timestamp", Value::timestamp(-1, 500'000'000)), "0xfffffffffffffe0c");
    EXPECT_EQ(hex("timestamp", text("1970-01-01T00:00:01.5Z")), "0x00000000000005dc");
    EXPECT_EQ(hex("timestamp", text("1970-01-01 01:00+01:00")), "0x0000000000000000");
    EXPECT_EQ(hex("timestamp", text("1970-01-01 01:00-0100")), "0x00000000006ddd00");
    EXPECT_EQ(hex("timestamp", Value::integer(5)), "0x0000000000000005");
    EXPECT_EQ(hex("timestamp", text("yesterday")), "cql.syntax");
    EXPECT_EQ(hex("timestamp", Value::timestamp(INT64_MAX, 0)), "cql.range");
    EXPECT_EQ(hex("timestamp", Value::boolean(true)), "cql.type_mismatch");
}

TEST(Serialize, WritesDurationsAsThreeVariableLengthNumbers) {
    EXPECT_EQ(hex("duration", text("1mo2d3ns")), "0x020406");
    EXPECT_EQ(hex("duration", text("-1mo2d3ns")), "0x010305");
    EXPECT_EQ(hex("duration", text("P1M2D")), "0x020400");
    EXPECT_EQ(hex("duration", text("1h")), "0x0000fc068c61714000");
    EXPECT_EQ(hex("duration", Value::duration(0, 200)), "0x00008190");
    EXPECT_EQ(hex("duration", text("3d2mo")), "cql.syntax");
    EXPECT_EQ(hex("duration", Value::duration(INT64_MAX, 0)), "cql.range");
    EXPECT_EQ(hex("duration", Value::integer(1)), "cql.type_mismatch");
}

TEST(Serialize, WritesAddressesAndUuids) {
    EXPECT_EQ(hex("inet", text("192.0.2.1")), "0xc0000201");
    EXPECT_EQ(hex("inet", text("::1")), "0x00000000000000000000000000000001");
    EXPECT_EQ(hex("inet", text("192.0.2")), "cql.syntax");
    EXPECT_EQ(hex("inet", Value::bytes("abcd")), "0x61626364");
    EXPECT_EQ(hex("inet", Value::bytes("abc")), "cql.syntax");
    EXPECT_EQ(hex("inet", Value::integer(1)), "cql.type_mismatch");
    EXPECT_EQ(hex("uuid", text("123e4567-e89b-42d3-A456-426614174000")),
              "0x123e4567e89b42d3a456426614174000");
    EXPECT_EQ(hex("uuid", text("123e4567e89b42d3a456426614174000")), "cql.syntax");
    EXPECT_EQ(hex("uuid", text("123e4567-e89b-42d3-a456-42661417400x")), "cql.syntax");
    EXPECT_EQ(hex("timeuuid", text("123e4567-e89b-42d3-a456-426614174000")), "cql.range");
    EXPECT_EQ(hex("timeuuid", text("123e4567-e89b-12d3-a456-426614174000")),
              "0x123e4567e89b12d3a456426614174000");
    EXPECT_EQ(hex("uuid", Value::integer(1)), "cql.type_mismatch");
}

TEST(Serialize, WritesVarintAsShortestTwosComplement) {
    EXPECT_EQ(hex("varint", Value::integer(0)), "0x00");
    EXPECT_EQ(hex("varint", Value::integer(127)), "0x7f");
    EXPECT_EQ(hex("varint", Value::integer(128)), "0x0080");
    EXPECT_EQ(hex("varint", Value::integer(-128)), "0x80");
    EXPECT_EQ(hex("varint", Value::integer(-129)), "0xff7f");
    EXPECT_EQ(hex("varint", Value::integer(-256)), "0xff00");
    EXPECT_EQ(hex("varint", Value::unsigned_integer(UINT64_MAX)), "0x00ffffffffffffffff");
    EXPECT_EQ(hex("varint", text("-18446744073709551616")), "0xff0000000000000000");
    EXPECT_EQ(hex("varint", text("340282366920938463463374607431768211456")),
              "0x0100000000000000000000000000000000");
    EXPECT_EQ(hex("varint", Value::decimal("1.5")), "cql.range");
    EXPECT_EQ(hex("varint", text("12x")), "cql.syntax");
    EXPECT_EQ(hex("varint", text(std::string(10'001, '1'))), "cql.syntax");
    EXPECT_EQ(hex("varint", Value::boolean(true)), "cql.type_mismatch");
}

TEST(Serialize, WritesDecimalWithItsScale) {
    EXPECT_EQ(hex("decimal", text("1.50")), "0x000000020096");
    EXPECT_EQ(hex("decimal", text("-0.01")), "0x00000002ff");
    EXPECT_EQ(hex("decimal", Value::decimal("1e3")), "0xfffffffd01");
    EXPECT_EQ(hex("decimal", Value::floating(0.1)), "0x0000000101");
    EXPECT_EQ(hex("decimal", Value::integer(7)), "0x0000000007");
    EXPECT_EQ(hex("decimal", Value::floating(std::numeric_limits<double>::infinity())),
              "cql.syntax");
    EXPECT_EQ(hex("decimal", text("1e")), "cql.syntax");
    EXPECT_EQ(hex("decimal", text(".")), "cql.syntax");
    EXPECT_EQ(hex("decimal", text("1e99999999999")), "cql.syntax");
}

TEST(Serialize, WritesCollections) {
    const std::vector<Value> items = {Value::integer(2), Value::integer(1), Value::integer(2)};
    const Value list = Value::list(items);
    EXPECT_EQ(hex("list<tinyint>", list), "0x00000003000000010200000001010000000102");
    EXPECT_EQ(hex("set<tinyint>", list), "0x0000000200000001010000000102");
    EXPECT_EQ(hex("vector<tinyint, 3>", list), "0x010201010102");
    EXPECT_EQ(hex("vector<int, 3>", list), "0x000000020000000100000002");
    EXPECT_EQ(hex("vector<int, 2>", list), "cql.type_mismatch");
    EXPECT_EQ(hex("tuple<tinyint, tinyint, tinyint>", list), "0x000000010200000001010000000102");
    EXPECT_EQ(hex("tuple<tinyint>", list), "cql.type_mismatch");
    EXPECT_EQ(hex("list<tinyint>", Value::integer(1)), "cql.type_mismatch");
    EXPECT_EQ(hex("set<tinyint>", Value::integer(1)), "cql.type_mismatch");
    EXPECT_EQ(hex("map<text, int>", list), "cql.type_mismatch");
}

TEST(Serialize, SortsMapsAndReadsTheirKeysFromText) {
    const std::vector<MapEntry> entries = {{text("10"), Value::integer(1)},
                                           {text("9"), Value::integer(2)},
                                           {text("10"), Value::integer(3)}};
    EXPECT_EQ(hex("map<tinyint, tinyint>", Value::map(entries)),
              "0x0000000200000001090000000102000000010a0000000103");
    const std::vector<MapEntry> bad = {{text("x"), Value::integer(1)}};
    EXPECT_EQ(hex("map<tinyint, tinyint>", Value::map(bad)), "cql.syntax");
    EXPECT_EQ(hex("map<double, tinyint>", Value::map(bad)), "cql.syntax");
    EXPECT_EQ(hex("map<boolean, tinyint>", Value::map(bad)), "cql.syntax");
    EXPECT_EQ(hex("map<blob, tinyint>", Value::map(bad)), "cql.syntax");
    const std::vector<MapEntry> blob = {{text("0xff"), Value::integer(1)}};
    EXPECT_EQ(hex("map<blob, tinyint>", Value::map(blob)), "0x0000000100000001ff0000000101");
    const std::vector<MapEntry> truth = {{text("true"), Value::integer(1)}};
    EXPECT_EQ(hex("map<boolean, tinyint>", Value::map(truth)), "0x0000000100000001010000000101");
}

TEST(Serialize, NamesThePlaceInsideOfACollection) {
    const std::vector<Value> items = {Value::integer(1), text("x")};
    Buffer out;
    const auto done = serialize(type_of("list<int>"), Value::list(items), out);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("list<int> element 1: "), std::string::npos);
    const std::vector<Value> nulls = {Value::null()};
    EXPECT_EQ(hex("list<int>", Value::list(nulls)), "cql.null");
    EXPECT_EQ(hex("set<int>", Value::list(nulls)), "cql.null");
    EXPECT_EQ(hex("vector<int, 1>", Value::list(nulls)), "cql.null");
    const std::vector<MapEntry> entries = {{text("k"), Value::null()}};
    EXPECT_EQ(hex("map<text, int>", Value::map(entries)), "cql.null");
}

TEST(Serialize, RefusesNullAndAbsent) {
    EXPECT_EQ(hex("int", Value::null()), "cql.null");
    EXPECT_EQ(hex("int", Value()), "cql.null");
}

TEST(Udt, WritesFieldsByNameAndNullsWhereAbsent) {
    Type udt;
    udt.kind = TypeKind::Udt;
    udt.name = "point";
    udt.field_names = {"x", "y"};
    udt.arguments = {type_of("tinyint"), type_of("tinyint")};
    Buffer out;
    const std::vector<MapEntry> entries = {{text("y"), Value::integer(7)}};
    ASSERT_TRUE(serialize(udt, Value::map(entries), out));
    EXPECT_EQ(to_hex(out.view()), "0xffffffff0000000107");
    Arena arena;
    EXPECT_EQ(to_debug_text(*deserialize(udt, out.view(), arena)), "{\"x\":null,\"y\":7,}");
    // Written before y was added to the type.
    EXPECT_EQ(to_debug_text(*deserialize(udt, *parse_hex("0x0000000105"), arena)),
              "{\"x\":5,\"y\":null,}");
    const std::vector<MapEntry> unknown = {{text("z"), Value::integer(7)}};
    const auto refused = serialize(udt, Value::map(unknown), out);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "cql.unknown_field");
    EXPECT_FALSE(serialize(udt, Value::integer(1), out));
    const std::vector<MapEntry> wrong = {{text("x"), text("a")}};
    EXPECT_NE(serialize(udt, Value::map(wrong), out).error().message.find("point field x: "),
              std::string::npos);
}

TEST(Deserialize, GivesTextForWhatHasNoKindOfItsOwn) {
    Reader read;
    EXPECT_EQ(read("date", "0x80000000"), "\"1970-01-01\"");
    EXPECT_EQ(read("date", "0x00000000"), "\"-5877641-06-23\"");
    EXPECT_EQ(read("time", "0x000000003b9aca02"), "\"00:00:01.000000002\"");
    EXPECT_EQ(read("time", "0x000000003b9aca00"), "\"00:00:01\"");
    EXPECT_EQ(read("uuid", "0x123e4567e89b42d3a456426614174000"),
              "\"123e4567-e89b-42d3-a456-426614174000\"");
    EXPECT_EQ(read("inet", "0xc0000201"), "\"192.0.2.1\"");
    EXPECT_EQ(read("duration", "0x020406"), "\"1mo2d3ns\"");
    EXPECT_EQ(read("duration", "0x000000"), "\"0s\"");
    EXPECT_EQ(read("timestamp", "0xfffffffffffffe0c"), "timestamp(-1.500000000s)");
}

TEST(Deserialize, GivesIntForBigNumbersThatFit) {
    Reader read;
    EXPECT_EQ(read("varint", "0xff7f"), "-129");
    EXPECT_EQ(read("varint", "0x00ffffffffffffffff"), "18446744073709551615");
    EXPECT_EQ(read("decimal", "0x0000000296"), "-1.06");
    EXPECT_EQ(read("decimal", "0xfffffffd01"), "1000");
    EXPECT_EQ(read("decimal", "0x0000000007"), "7");
    EXPECT_EQ(read("decimal", "0x7fffffff01"), "1e-2147483647");
    EXPECT_EQ(read("decimal", "0x000000040f"), "0.0015");
    EXPECT_EQ(read("decimal", "0xffffff007b"), "1.23e258");
}

TEST(Deserialize, GivesNullForEmptyValuesOfOtherTypesThanText) {
    Reader read;
    EXPECT_EQ(read("int", "0x"), "null");
    EXPECT_EQ(read("list<int>", "0x"), "null");
    EXPECT_EQ(read("text", "0x"), "\"\"");
    EXPECT_EQ(read("blob", "0x"), "0x");
}

TEST(Deserialize, RefusesMalformedBytes) {
    Reader read;
    const std::string malformed = "cql.malformed";
    EXPECT_EQ(read("int", "0x000000"), malformed);
    EXPECT_EQ(read("boolean", "0x0000"), malformed);
    EXPECT_EQ(read("text", "0xff"), malformed);
    EXPECT_EQ(read("text", "0xc0af"), malformed);
    EXPECT_EQ(read("text", "0xeda080"), malformed);
    EXPECT_EQ(read("text", "0xf4908080"), malformed);
    EXPECT_EQ(read("text", "0xf09f9880"), "\"😀\"");
    EXPECT_EQ(read("ascii", "0xc3a9"), malformed);
    EXPECT_EQ(read("inet", "0x0000000000"), malformed);
    EXPECT_EQ(read("time", "0xffffffffffffffff"), malformed);
    EXPECT_EQ(read("decimal", "0x00000001"), malformed);
    EXPECT_EQ(read("duration", "0x0204"), malformed);
    EXPECT_EQ(read("duration", "0x020306"), malformed);
    EXPECT_EQ(read("duration", "0x02040600"), malformed);
    EXPECT_EQ(read("varint", to_hex(std::string(5'000, '\x01'))), malformed);
}

TEST(Deserialize, RefusesTruncatedCollections) {
    Reader read;
    const std::string malformed = "cql.malformed";
    EXPECT_EQ(read("list<int>", "0x00"), malformed);
    EXPECT_EQ(read("list<int>", "0xffffffff"), malformed);
    EXPECT_EQ(read("list<int>", "0x7fffffff"), malformed);
    EXPECT_EQ(read("list<int>", "0x0000000100000004000000"), malformed);
    EXPECT_EQ(read("list<int>", "0x000000010000000400000001ff"), malformed);
    EXPECT_EQ(read("list<int>", "0x00000001ffffffff"), "[null,]");
    EXPECT_EQ(read("map<int, int>", "0x000000010000000400000001"), malformed);
    EXPECT_EQ(read("map<int, int>", "0x00000001ffffffffffffffff"), malformed);
    EXPECT_EQ(read("tuple<int, int>", "0x0000000400000001"), "[1,null,]");
    EXPECT_EQ(read("tuple<int>", "0x000000040000000100000000"), malformed);
    EXPECT_EQ(read("vector<int, 2>", "0x00000001"), malformed);
    EXPECT_EQ(read("vector<text, 2>", "0x016101"), malformed);
    EXPECT_EQ(read("vector<text, 2>", "0x01610162"), "[\"a\",\"b\",]");
}

TEST(Deserialize, GivesTextForMapKeysThatNoMapCanHave) {
    Reader read;
    EXPECT_EQ(read("map<double, int>", "0x00000001000000083ff8000000000000ffffffff"),
              "{\"1.5\":null,}");
    EXPECT_EQ(read("map<blob, int>", "0x0000000100000001ffffffffff"), "{\"0xff\":null,}");
    EXPECT_EQ(read("map<timestamp, int>", "0x000000010000000800000000000005dcffffffff"),
              "{\"1970-01-01T00:00:01.500000000Z\":null,}");
    EXPECT_EQ(read("map<decimal, int>", "0x00000001000000050000000296ffffffff"),
              "{\"-1.06\":null,}");
    EXPECT_EQ(read("map<boolean, int>", "0x000000010000000101ffffffff"), "{true:null,}");
    EXPECT_EQ(read("map<frozen<list<int>>, int>", "0x000000010000000400000000ffffffff"),
              "{\"[]\":null,}");
}

}  // namespace
}  // namespace messina::cql
