#include "codec/avro/datum_writer.h"

#include <cmath>

#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using testing::encoded;
using testing::schema_of;

/// What comes back of a value that was written, as text.
std::string round_trip(std::string_view schema, const Value& value,
                       const WriteOptions& options = {}) {
    std::string bytes = encoded(schema_of(schema), value, options);
    if (bytes.starts_with("error")) return bytes;
    return testing::decoded_text(schema, bytes);
}

std::string logical(std::string_view type, std::string_view name) {
    return R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(name) + "\"}";
}

TEST(AvroWriter, GivesBackEveryPrimitive) {
    EXPECT_EQ(round_trip("null", Value::null()), "null");
    EXPECT_EQ(round_trip("boolean", Value::boolean(true)), "true");
    EXPECT_EQ(round_trip("int", Value::integer(INT32_MIN)), "-2147483648");
    EXPECT_EQ(round_trip("long", Value::integer(INT64_MIN)), "-9223372036854775808");
    EXPECT_EQ(round_trip("long", Value::integer(INT64_MAX)), "9223372036854775807");
    EXPECT_EQ(round_trip("double", Value::floating(-0.1)), "-0.1");
    EXPECT_EQ(round_trip("float", Value::floating(0.5)), "0.5");
    EXPECT_EQ(round_trip("string", Value::string("Zürich")), "\"Zürich\"");
    EXPECT_EQ(round_trip("bytes", Value::bytes("\xff")), "0xff");
}

TEST(AvroWriter, ChecksKindsAndRanges) {
    EXPECT_EQ(round_trip("int", Value::integer(int64_t{1} << 31)), "error avro.range");
    EXPECT_EQ(round_trip("long", Value::unsigned_integer(UINT64_MAX)), "error avro.range");
    EXPECT_EQ(round_trip("float", Value::floating(1e300)), "error avro.range");
    EXPECT_EQ(round_trip("float", Value::floating(INFINITY)), "inf");
    EXPECT_EQ(round_trip("double", Value::integer(7)), "7");
    EXPECT_EQ(round_trip("double", Value::integer((int64_t{1} << 53) + 1)), "error avro.inexact");
    EXPECT_EQ(round_trip("double", Value::string("7")), "error avro.wrong_kind");
    EXPECT_EQ(round_trip("string", Value::integer(7)), "error avro.wrong_kind");
    EXPECT_EQ(round_trip("string", Value::string("\xff")), "error avro.utf8");
    EXPECT_EQ(round_trip("null", Value::integer(7)), "error avro.wrong_kind");
    EXPECT_EQ(round_trip("boolean", Value::integer(1)), "error avro.wrong_kind");
    EXPECT_EQ(round_trip("bytes", Value::string("x")), "error avro.wrong_kind");
}

TEST(AvroWriter, GivesBackLogicalTypes) {
    EXPECT_EQ(round_trip(logical("int", "date"), Value::string("2024-02-29")), "\"2024-02-29\"");
    EXPECT_EQ(round_trip(logical("int", "date"), Value::string("-0044-03-15")), "\"-0044-03-15\"");
    EXPECT_EQ(round_trip(logical("int", "time-millis"), Value::string("23:59:59.999")),
              "\"23:59:59.999\"");
    EXPECT_EQ(round_trip(logical("long", "time-micros"), Value::string("00:00:00.000001")),
              "\"00:00:00.000001\"");
    EXPECT_EQ(round_trip(logical("long", "timestamp-millis"), Value::timestamp(-1, 1'000'000)),
              "timestamp(-1.001000000s)");
    EXPECT_EQ(round_trip(logical("long", "timestamp-nanos"), Value::timestamp(5, 7)),
              "timestamp(5.000000007s)");
    EXPECT_EQ(round_trip(logical("long", "local-timestamp-micros"),
                         Value::string("1969-12-31T23:59:59.999999")),
              "\"1969-12-31T23:59:59.999999\"");
    EXPECT_EQ(round_trip(logical("string", "uuid"),
                         Value::string("6b1e6d6c-0000-4000-8000-00000000abcd")),
              "\"6b1e6d6c-0000-4000-8000-00000000abcd\"");
    EXPECT_EQ(round_trip(R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
                         Value::string("6B1E6d6c-0000-4000-8000-00000000abcd")),
              "\"6b1e6d6c-0000-4000-8000-00000000abcd\"");
    const MapEntry parts[] = {{Value::string("months"), Value::integer(1)},
                              {Value::string("days"), Value::integer(2)},
                              {Value::string("milliseconds"), Value::integer(UINT32_MAX)}};
    EXPECT_EQ(round_trip(R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
                         Value::map(parts)),
              R"({"months":1,"days":2,"milliseconds":4294967295,})");
}

TEST(AvroWriter, RefusesTimesThatTheUnitCannotHold) {
    const std::string millis = logical("long", "timestamp-millis");
    EXPECT_EQ(round_trip(millis, Value::timestamp(1, 1)), "error avro.inexact");
    EXPECT_EQ(round_trip(millis, Value::timestamp(-1, 1), {.finer_time = FinerTime::RoundDown}),
              "timestamp(-1.000000000s)");
    EXPECT_EQ(round_trip(millis, Value::timestamp(INT64_MAX, 0)), "error avro.range");
    EXPECT_EQ(round_trip(millis, Value::integer(1)), "error avro.wrong_kind");
    EXPECT_EQ(round_trip(logical("int", "date"), Value::string("2023-02-29")),
              "error avro.bad_text");
    EXPECT_EQ(round_trip(logical("int", "date"), Value::string("+9999999-01-01")),
              "error avro.range");
    EXPECT_EQ(round_trip(logical("int", "time-millis"), Value::string("24:00:00")),
              "error avro.bad_text");
    EXPECT_EQ(round_trip(logical("string", "uuid"), Value::string("6b1e")), "error avro.bad_text");
}

TEST(AvroWriter, KeepsTheScaleOfDecimals) {
    const std::string money = R"({"type":"bytes","logicalType":"decimal","precision":6,"scale":2})";
    EXPECT_EQ(round_trip(money, Value::decimal("12.30")), "12.30");
    EXPECT_EQ(round_trip(money, Value::decimal("-0.05")), "-0.05");
    EXPECT_EQ(round_trip(money, Value::decimal("1.25e2")), "125.00");
    EXPECT_EQ(round_trip(money, Value::integer(-7)), "-7.00");
    EXPECT_EQ(round_trip(money, Value::floating(0.1)), "0.10");
    EXPECT_EQ(round_trip(money, Value::decimal("0.001")), "error avro.inexact");
    EXPECT_EQ(round_trip(money, Value::decimal("12345.00")), "error avro.inexact");
    EXPECT_EQ(round_trip(money, Value::string("12.30")), "error avro.wrong_kind");
    const std::string whole =
        R"({"type":"fixed","name":"N","size":12,"logicalType":"decimal","precision":28})";
    EXPECT_EQ(round_trip(whole, Value::decimal("9999999999999999999999999999")),
              "9999999999999999999999999999");
    EXPECT_EQ(round_trip(whole, Value::decimal("-9999999999999999999999999999")),
              "-9999999999999999999999999999");
    EXPECT_EQ(round_trip(whole, Value::integer(-1)), "-1");
    EXPECT_EQ(round_trip(whole, Value::unsigned_integer(UINT64_MAX)), "18446744073709551615");
}

TEST(AvroWriter, WritesContainersAndDefaults) {
    const std::string schema = R"({"type":"record","name":"R","fields":[
        {"name":"list","type":{"type":"array","items":"int"},"default":[1,2]},
        {"name":"map","type":{"type":"map","values":["null","string"]}},
        {"name":"maybe","type":["string","null"]},
        {"name":"inner","type":{"type":"record","name":"I","fields":[
            {"name":"x","type":"double","default":1.5}]},"default":{}}]})";
    const MapEntry map[] = {{Value::integer(5), Value::null()},
                            {Value::string("b"), Value::string("B")}};
    const MapEntry root[] = {{Value::string("map"), Value::map(map)}};
    EXPECT_EQ(round_trip(schema, Value::map(root)),
              R"({"list":[1,2,],"map":{"5":null,"b":"B",},"maybe":null,"inner":{"x":1.5,},})");
}

TEST(AvroWriter, NamesTheFieldThatDoesNotFit) {
    const SchemaRef schema = schema_of(R"({"type":"record","name":"R","fields":[
        {"name":"a","type":{"type":"array","items":{"type":"record","name":"I","fields":[
            {"name":"x","type":"int"}]}}}]})");
    const MapEntry inner[] = {{Value::string("x"), Value::string("seven")}};
    const Value items[] = {Value::map(inner)};
    const MapEntry root[] = {{Value::string("a"), Value::list(items)}};
    Buffer out;
    DatumWriter writer(WriteOptions{});
    ASSERT_FALSE(writer.write(*schema, schema->root(), Value::map(root), out));
    EXPECT_EQ(writer.take_error().message,
              "the schema wants another kind in field 'a[0].x': string value \"seven\" for int");
}

TEST(AvroWriter, RefusesMissingAndUnknownFieldsUnlessTold) {
    const std::string schema =
        R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})";
    const MapEntry unknown[] = {{Value::string("a"), Value::integer(1)},
                                {Value::string("b"), Value::integer(2)}};
    EXPECT_EQ(round_trip(schema, Value::map({})), "error avro.missing_field");
    EXPECT_EQ(round_trip(schema, Value::map(unknown)), "error avro.unknown_field");
    EXPECT_EQ(round_trip(schema, Value::map(unknown), {.unknown_fields = UnknownFields::Ignore}),
              R"({"a":1,})");
}

TEST(AvroWriter, ChoosesTheBranchThatFitsBest) {
    const SchemaRef schema = schema_of(R"(["null","int","long","float","double","string","bytes",
        {"type":"fixed","name":"F","size":2},{"type":"enum","name":"E","symbols":["A"]},
        {"type":"map","values":"int"},
        {"type":"record","name":"R","fields":[{"name":"x","type":"string"}]},
        {"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}])");
    const auto branch = [&](const Value& value) {
        const std::string bytes = encoded(schema, value);
        return bytes.starts_with("error") ? -1 : bytes[0] / 2;
    };
    EXPECT_EQ(branch(Value::null()), 0);
    EXPECT_EQ(branch(Value()), 0);
    EXPECT_EQ(branch(Value::integer(5)), 1);
    EXPECT_EQ(branch(Value::integer(int64_t{1} << 40)), 2);
    EXPECT_EQ(branch(Value::floating(0.5)), 4);
    EXPECT_EQ(branch(Value::string("A")), 5);
    EXPECT_EQ(branch(Value::bytes("abc")), 6);
    EXPECT_EQ(branch(Value::bytes("ab")), 7);
    const MapEntry text[] = {{Value::string("x"), Value::string("t")}};
    const MapEntry number[] = {{Value::string("x"), Value::integer(1)}};
    const MapEntry other[] = {{Value::string("y"), Value::integer(1)}};
    EXPECT_EQ(branch(Value::map(text)), 10);
    EXPECT_EQ(branch(Value::map(number)), 11);
    EXPECT_EQ(branch(Value::map(other)), 9);
    EXPECT_EQ(branch(Value::boolean(true)), -1);
}

TEST(AvroWriter, BoundsItsRecursion) {
    const SchemaRef schema = schema_of(R"({"type":"record","name":"N","fields":[
        {"name":"n","type":["null","N"],"default":null}]})");
    Arena arena;
    Value value = Value::map({});
    for (int i = 0; i < 1000; ++i) {
        MapEntry* entry = arena.make_array<MapEntry>(1);
        *entry = {Value::string("n"), value};
        value = Value::map({entry, 1});
    }
    EXPECT_EQ(encoded(schema, value), "error avro.depth");
}

}  // namespace
}  // namespace messina::codec::avro
