#include "codec/avro/datum_reader.h"

#include <limits>

#include "codec/avro/calendar.h"
#include "codec/avro/testing.h"
#include "codec/avro/testing_random.h"

namespace messina::codec::avro {
namespace {

using namespace std::string_literals;
using testing::decoded_text;
using testing::schema_of;

std::string logical(std::string_view type, std::string_view name) {
    return R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(name) + "\"}";
}

std::string varint(int64_t number) {
    Buffer out;
    append_long(out, number);
    return std::string(out.view());
}

TEST(AvroReader, ReadsNumbersOfEveryLength) {
    for (int bits = 0; bits < 64; ++bits) {
        const uint64_t power = uint64_t{1} << bits;  // as an int64_t: INT64_MIN at the end
        for (const auto number : {static_cast<int64_t>(power), -(int64_t{1} << (bits % 63)),
                                  static_cast<int64_t>(power - 1)}) {
            const std::string bytes = varint(number);
            EXPECT_EQ(decoded_text("long", bytes), std::to_string(number));
            // The same with room behind it, where whole words are read.
            EXPECT_EQ(
                decoded_text(R"({"type":"record","name":"R","fields":[
                {"name":"n","type":"long"},{"name":"rest","type":{"type":"fixed","name":"F",
                "size":12}}]})",
                             bytes + std::string(12, '\xff')),
                R"({"n":)" + std::to_string(number) + R"(,"rest":0xffffffffffffffffffffffff,})");
        }
    }
}

TEST(AvroReader, RefusesNumbersThatAreTooLong) {
    EXPECT_EQ(decoded_text("int", varint(INT32_MAX)), "2147483647");
    EXPECT_EQ(decoded_text("int", varint(int64_t{INT32_MAX} + 1)), "avro.int_range");
    EXPECT_EQ(decoded_text("int", varint(int64_t{INT32_MIN} - 1)), "avro.int_range");
    EXPECT_EQ(decoded_text("long", std::string(9, '\xff') + "\x02"), "avro.varint");
    EXPECT_EQ(decoded_text("long", std::string(20, '\xff')), "avro.varint");
    EXPECT_EQ(decoded_text("long", std::string(3, '\xff')), "avro.truncated");
}

TEST(AvroReader, RefusesWhatTheGrammarDoesNotAllow) {
    EXPECT_EQ(decoded_text("boolean", "\x02"), "avro.boolean");
    EXPECT_EQ(decoded_text("string", "\x01"), "avro.length");
    EXPECT_EQ(decoded_text("string", "\x04\xc3\x28"), "avro.utf8");
    EXPECT_EQ(decoded_text(R"({"type":"map","values":"int"})", "\x02\x02\xff\x02\x00"s),
              "avro.utf8");
    EXPECT_EQ(decoded_text("bytes", "\x04\xc3\x28"), "0xc328");
    EXPECT_EQ(decoded_text(R"(["null","int"])", "\x04"), "avro.branch");
    EXPECT_EQ(decoded_text(R"(["null","int"])", "\x01"), "avro.branch");
    EXPECT_EQ(decoded_text(R"({"type":"enum","name":"E","symbols":["A"]})", "\x02"), "avro.symbol");
    EXPECT_EQ(decoded_text("null", "\x00"s), "avro.trailing");
}

TEST(AvroReader, ReadsBlocksOfEveryForm) {
    const std::string ints = R"({"type":"array","items":"int"})";
    EXPECT_EQ(decoded_text(ints, "\x00"s), "[]");
    EXPECT_EQ(decoded_text(ints, "\x04\x02\x04\x00"s), "[1,2,]");
    EXPECT_EQ(decoded_text(ints, "\x02\x02\x04\x04\x06\x00"s), "[1,2,3,]");
    EXPECT_EQ(decoded_text(ints, "\x03\x04\x02\x04\x00"s), "[1,2,]");
    EXPECT_EQ(decoded_text(ints, "\x03\x06\x02\x04\x00"s), "avro.block_bytes");
    EXPECT_EQ(decoded_text(ints, "\x03\x7e\x02\x04\x00"s), "avro.truncated");
    EXPECT_EQ(decoded_text(R"({"type":"map","values":"int"})", "\x01\x08\x02x\x02\x02\x02y\x04\0"s),
              "avro.block_bytes");
    EXPECT_EQ(decoded_text(R"({"type":"map","values":"int"})", "\x01\x06\x02x\x02\x02\x02y\x04\0"s),
              R"({"x":1,"y":2,})");
}

TEST(AvroReader, ManySmallBlocksCostNoMoreThanOne) {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) bytes += "\x02\x0e";
    bytes += '\0';
    Arena arena;
    const ShapesRef shapes = testing::shapes_of(R"({"type":"array","items":"int"})");
    const auto value = read_datum(*shapes, bytes, arena);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->as_list().size(), 100'000U);
    EXPECT_LT(arena.bytes_reserved(), size_t{32} * 1024 * 1024);
}

TEST(AvroReader, RefusesCountsThatNoBytesStandBehind) {
    const std::string many = varint(int64_t{1} << 60);
    EXPECT_EQ(decoded_text(R"({"type":"array","items":"null"})", many + "\0"s), "avro.items");
    EXPECT_EQ(decoded_text(R"({"type":"array","items":{"type":"fixed","name":"F","size":0}})",
                           many + "\0"s),
              "avro.items");
    EXPECT_EQ(decoded_text(R"({"type":"array","items":"long"})", many + "\0"s), "avro.truncated");
    EXPECT_EQ(decoded_text(R"({"type":"map","values":"null"})", many + "\0"s), "avro.truncated");
    EXPECT_EQ(decoded_text(R"({"type":"array","items":"null"})", varint(INT64_MIN) + "\0\0"s),
              "avro.items");
    EXPECT_EQ(decoded_text("string", many), "avro.truncated");
}

TEST(AvroReader, CountsAllValuesOfADatumAgainstTheLimit) {
    Arena arena;
    const ReadLimits limits{.items_max = 10};
    const ShapesRef shapes =
        testing::shapes_of(R"({"type":"array","items":{"type":"array","items":"null"}})");
    EXPECT_TRUE(read_datum(*shapes, "\x04\x08\x00\x08\x00\x00"s, arena, limits));
    EXPECT_EQ(testing::code_of(read_datum(*shapes, "\x04\x0a\x00\x08\x00\x00"s, arena, limits)),
              "avro.items");
}

TEST(AvroReader, SkipsCountedNothingsAtOnce) {
    DatumReader reader(ReadLimits{});
    Arena arena;
    const ShapesRef shapes = testing::shapes_of(R"({"type":"array","items":"null"})");
    const std::string bytes = varint(int64_t{1} << 60) + "\0"s;
    reader.start(*shapes, arena, bytes);
    EXPECT_TRUE(reader.skip(shapes->root()));
    EXPECT_TRUE(reader.is_at_end());
}

TEST(AvroReader, BoundsRecursion) {
    const std::string list = R"({"type":"record","name":"L","fields":[
        {"name":"next","type":["null","L"]}]})";
    EXPECT_EQ(decoded_text(list, std::string(100, '\x02') + "\0"s).substr(0, 9), R"({"next":{)");
    EXPECT_EQ(decoded_text(list, std::string(100'000, '\x02') + "\0"s), "avro.depth");
    const std::string endless = R"({"type":"record","name":"E","fields":[
        {"name":"self","type":"E"}]})";
    EXPECT_EQ(decoded_text(endless, ""), "avro.depth");
    for (const std::string& schema : {list, endless}) {
        DatumReader reader(ReadLimits{});
        Arena arena;
        const ShapesRef shapes = testing::shapes_of(schema);
        const std::string bytes(100'000, '\x02');
        reader.start(*shapes, arena, bytes);
        EXPECT_FALSE(reader.skip(shapes->root()));
        EXPECT_EQ(reader.take_error("").code, "avro.depth");
    }
}

TEST(AvroReader, NamesTheFieldAndByteOfAFault) {
    Arena arena;
    const ShapesRef shapes = testing::shapes_of(R"({"type":"record","name":"R","fields":[
        {"name":"a","type":{"type":"array","items":{"type":"record","name":"I","fields":[
            {"name":"x","type":"boolean"}]}}}]})");
    const auto value = read_datum(*shapes, "\x04\x01\x07\x00"s, arena);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message, "a boolean is neither 0 nor 1 in field 'a[1].x' at byte 3");
}

TEST(AvroReader, RefusesADatumCutShortAtAnyByte) {
    const SchemaRef schema = schema_of(testing::kRichSchema);
    const ShapesRef shapes = *Shapes::plain(schema);
    for (uint64_t seed = 1; seed <= 30; ++seed) {
        Arena arena;
        const Value value = testing::RandomValues(*schema, seed, arena)();
        const std::string bytes = testing::encoded(schema, value);
        const auto back = read_datum(*shapes, bytes, arena);
        ASSERT_TRUE(back) << back.error().to_text();
        ASSERT_TRUE(is_identical(value, *back)) << seed;
        for (size_t size = 0; size < bytes.size(); ++size) {
            // Copied, so that a sanitizer sees any byte read beyond the end.
            const std::unique_ptr<char[]> cut(new char[size]);
            std::copy_n(bytes.data(), size, cut.get());
            const auto part = read_datum(*shapes, {cut.get(), size}, arena);
            ASSERT_FALSE(part) << seed << " " << size;
            DatumReader reader(ReadLimits{});
            reader.start(*shapes, arena, {cut.get(), size});
            ASSERT_FALSE(reader.skip(shapes->root())) << seed << " " << size;
            ASSERT_EQ(reader.take_error("").code, "avro.truncated");
        }
    }
}

TEST(AvroReader, ReadsTimesOfAllYears) {
    EXPECT_EQ(decoded_text(logical("int", "date"), varint(0)), "\"1970-01-01\"");
    EXPECT_EQ(decoded_text(logical("int", "date"), varint(-719'528)), "\"0000-01-01\"");
    EXPECT_EQ(decoded_text(logical("int", "date"), varint(-719'529)), "\"-0001-12-31\"");
    EXPECT_EQ(decoded_text(logical("int", "date"), varint(INT32_MAX)), "\"+5881580-07-11\"");
    EXPECT_EQ(decoded_text(logical("int", "date"), varint(INT32_MIN)), "\"-5877641-06-23\"");
    EXPECT_EQ(decoded_text(logical("int", "time-millis"), varint(86'399'999)), "\"23:59:59.999\"");
    EXPECT_EQ(decoded_text(logical("int", "time-millis"), varint(86'400'000)), "avro.time_range");
    EXPECT_EQ(decoded_text(logical("int", "time-millis"), varint(-1)), "avro.time_range");
    EXPECT_EQ(decoded_text(logical("long", "time-micros"), varint(1'000'000)), "\"00:00:01\"");
    EXPECT_EQ(decoded_text(logical("long", "local-timestamp-millis"), varint(-1)),
              "\"1969-12-31T23:59:59.999\"");
    EXPECT_EQ(decoded_text(logical("long", "local-timestamp-nanos"), varint(1)),
              "\"1970-01-01T00:00:00.000000001\"");
    EXPECT_EQ(decoded_text(logical("long", "local-timestamp-millis"), varint(INT64_MIN)),
              "\"-292275055-05-16T16:47:04.192\"");
    EXPECT_EQ(decoded_text(logical("long", "timestamp-nanos"), varint(INT64_MIN)),
              "timestamp(-9223372037.145224192s)");
}

TEST(AvroReader, DatesGoBothWays) {
    char text[kTimeTextBytes];
    Random random(7);
    for (int i = 0; i < 20'000; ++i) {
        const int64_t days = static_cast<int32_t>(random.next() >> random.below(60));
        int64_t back = 0;
        ASSERT_TRUE(parse_date({text, print_date(days, text)}, back)) << days;
        ASSERT_EQ(back, days);
    }
    int64_t ignored = 0;
    for (const std::string_view wrong :
         {"", "2024", "2024-1-01", "2024-13-01", "2024-00-10", "2024-04-31", "2023-02-29",
          "2024-02-30", "20240-01-01", "+024-01-01", "2024-01-01x", "2024/01/01", "x024-01-01"})
        EXPECT_FALSE(parse_date(wrong, ignored)) << wrong;
    int64_t nanos = 0;
    for (const std::string_view wrong : {"", "12:00", "24:00:00", "12:60:00", "12:00:60",
                                         "12:00:00.", "12:00:00.1234567890", "12:00:00.x"})
        EXPECT_FALSE(parse_time(wrong, ignored, nanos)) << wrong;
    EXPECT_FALSE(parse_local("2024-01-01 12:00:00", ignored, nanos));
    EXPECT_FALSE(parse_local("2024-01-01T12:00:00Z", ignored, nanos));
}

TEST(AvroReader, ReadsDecimals) {
    const std::string money =
        R"({"type":"bytes","logicalType":"decimal","precision":30,"scale":2})";
    EXPECT_EQ(decoded_text(money, "\x04\x04\xce"), "12.30");
    EXPECT_EQ(decoded_text(money, "\x02\xfb"), "-0.05");
    EXPECT_EQ(decoded_text(money, "\x00"s), "0.00");
    EXPECT_EQ(decoded_text(money, "\x10\x80" + std::string(7, '\0')), "-92233720368547758.08");
    EXPECT_EQ(decoded_text(money, "\x12\x00\x80"s + std::string(7, '\0')), "92233720368547758.08");
    const std::string whole = R"({"type":"bytes","logicalType":"decimal","precision":30})";
    EXPECT_EQ(decoded_text(whole, "\x14\xff\xff" + std::string(8, '\0')), "-18446744073709551616");
    EXPECT_EQ(decoded_text(whole, "\x14" + std::string(9, '\xff') + "\x01"), "-255");
    EXPECT_EQ(decoded_text(whole, varint(1025) + std::string(1025, '\0')), "avro.decimal");
}

}  // namespace
}  // namespace messina::codec::avro
