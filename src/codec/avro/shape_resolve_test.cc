// Schema resolution, rule by rule.
#include "codec/avro/shape.h"
#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using namespace std::string_literals;
using testing::schema_of;

std::string resolved(std::string_view writer, std::string_view reader, std::string_view bytes) {
    const auto shapes = Shapes::resolved(schema_of(writer), schema_of(reader));
    if (!shapes) return shapes.error().message;
    Arena arena;
    const auto value = read_datum(**shapes, bytes, arena);
    return value ? to_debug_text(*value, 2000) : std::string(value.error().code);
}

std::string record(std::string_view fields, std::string_view more = "") {
    return R"({"type":"record","name":"R","fields":[)" + std::string(fields) + "]" +
           std::string(more) + "}";
}

constexpr std::string_view kRefused = "cannot be read as";

TEST(AvroResolution, PromotesPrimitives) {
    EXPECT_EQ(resolved("int", "long", "\x0e"), "7");
    EXPECT_EQ(resolved("int", "double", "\x0e"), "7");
    EXPECT_EQ(resolved("long", "float", "\x82\x80\x80\x10"), "16777216");
    EXPECT_EQ(resolved("float", "double", "\0\0\0\x3f"s), "0.5");
    EXPECT_EQ(resolved("string", "bytes", "\x02x"), "0x78");
    EXPECT_EQ(resolved("bytes", "string", "\x02x"), "\"x\"");
    EXPECT_EQ(resolved("bytes", "string", "\x02\xff"), "avro.utf8");
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"long", "int"},
                                                          {"double", "float"},
                                                          {"float", "long"},
                                                          {"string", "int"},
                                                          {"boolean", "int"},
                                                          {"null", "int"},
                                                          {"int", "boolean"}})
        EXPECT_NE(resolved(from, to, "").find(kRefused), std::string::npos) << from << to;
}

TEST(AvroResolution, ReadsFieldsByNameAndAlias) {
    const std::string writer = record(R"({"name":"a","type":"int"},{"name":"b","type":"string"},
        {"name":"c","type":["null","int"]})");
    EXPECT_EQ(resolved(writer, record(R"({"name":"B","type":"string","aliases":["x","b"]},
        {"name":"new","type":{"type":"array","items":"int"},"default":[1]},
        {"name":"a","type":"double"})"),
                       "\x02\x02z\x02\x0e"),
              R"({"B":"z","new":[1,],"a":1,})");
    EXPECT_EQ(resolved(writer, record(R"({"name":"new","type":"int"})"), ""),
              "the record: the writer's record R cannot be read as the reader's record R: the "
              "writer lacks field 'new' and the reader gives it no default");
    EXPECT_EQ(resolved(writer, record(R"({"name":"b","type":"int"})"), ""),
              "'b': the writer's string cannot be read as the reader's int");
}

TEST(AvroResolution, JoinsNamedTypesByShortNameOrAlias) {
    const std::string fixed = R"({"type":"fixed","name":"a.F","size":2})";
    EXPECT_EQ(resolved(fixed, R"({"type":"fixed","name":"b.F","size":2})", "xy"), "0x7879");
    EXPECT_EQ(resolved(fixed, R"({"type":"fixed","name":"G","aliases":["a.F"],"size":2})", "xy"),
              "0x7879");
    EXPECT_NE(resolved(fixed, R"({"type":"fixed","name":"G","size":2})", "xy").find("alias"),
              std::string::npos);
    EXPECT_NE(resolved(fixed, R"({"type":"fixed","name":"F","size":3})", "xy").find("2 bytes"),
              std::string::npos);
}

TEST(AvroResolution, MapsSymbolsAndTakesTheEnumsDefault) {
    const std::string writer = R"({"type":"enum","name":"E","symbols":["A","B","C"]})";
    const std::string reader = R"({"type":"enum","name":"E","symbols":["C","A"]})";
    EXPECT_EQ(resolved(writer, reader, "\x04"), "\"C\"");
    EXPECT_EQ(resolved(writer, reader, "\x02"), "avro.reader_symbol");
    EXPECT_EQ(
        resolved(writer, R"({"type":"enum","name":"E","symbols":["A","X"],"default":"X"})", "\x02"),
        "\"X\"");
}

TEST(AvroResolution, ResolvesUnionsOnEitherSide) {
    EXPECT_EQ(resolved(R"(["null","int"])", "int", "\x02\x0e"), "7");
    EXPECT_EQ(resolved(R"(["null","int"])", "int", "\x00"s), "avro.reader_branch");
    EXPECT_EQ(resolved(R"(["null","int"])", R"(["string","double","null"])", "\x02\x0e"), "7");
    EXPECT_EQ(resolved(R"(["null","int"])", R"(["string","double","null"])", "\x00"s), "null");
    EXPECT_EQ(resolved("int", R"(["null","double"])", "\x0e"), "7");
    EXPECT_EQ(
        resolved("long", R"(["double",{"type":"long","logicalType":"timestamp-millis"}])", "\x0e"),
        "timestamp(0.007000000s)");
    EXPECT_NE(resolved("int", R"(["null","string"])", "\x0e").find("no branch takes it"),
              std::string::npos);
    EXPECT_NE(resolved(R"(["boolean","string"])", "int", "").find(kRefused), std::string::npos);
}

TEST(AvroResolution, ResolvesContainersAndRecursion) {
    EXPECT_EQ(resolved(R"({"type":"array","items":"int"})", R"({"type":"array","items":"double"})",
                       "\x04\x02\x04\x00"s),
              "[1,2,]");
    EXPECT_EQ(resolved(R"({"type":"map","values":"string"})", R"({"type":"map","values":"bytes"})",
                       "\x02\x02k\x02v\x00"s),
              R"({"k":0x76,})");
    EXPECT_NE(resolved(R"({"type":"array","items":"int"})", R"({"type":"array","items":"string"})",
                       "\x00"s)
                  .find("'[]': the writer's int"),
              std::string::npos);
    EXPECT_EQ(resolved(record(R"({"name":"v","type":"int"},{"name":"next","type":["null","R"]})"),
                       record(R"({"name":"next","type":["null","R"]},
                                 {"name":"v","type":"long"},
                                 {"name":"w","type":"int","default":9})"),
                       "\x02\x02\x04\x00"s),
              R"({"next":{"next":null,"v":2,"w":9,},"v":1,"w":9,})");
}

TEST(AvroResolution, ARecordThatFailsWithinItselfIsRefused) {
    const std::string writer =
        record(R"({"name":"next","type":["null","R"]},{"name":"v","type":"string"})");
    const std::string reader = R"(["null",)" + record(R"({"name":"next","type":["null","R"]},
                                         {"name":"v","type":"int"})") +
                               "]";
    EXPECT_NE(resolved(writer, reader, "").find("no branch takes it"), std::string::npos);
}

TEST(AvroResolution, KeepsInstantsWhereUnitsDiffer) {
    const auto logical = [](std::string_view type, std::string_view name) {
        return R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(name) +
               "\"}";
    };
    EXPECT_EQ(resolved(logical("long", "timestamp-millis"), logical("long", "timestamp-micros"),
                       "\xd0\x0f"),
              "timestamp(1.000000000s)");
    EXPECT_EQ(resolved("long", logical("long", "timestamp-micros"), "\xd0\x0f"),
              "timestamp(0.001000000s)");
    EXPECT_EQ(resolved(logical("long", "timestamp-millis"), "long", "\xd0\x0f"), "1000");
    EXPECT_EQ(resolved(logical("int", "time-millis"), logical("long", "time-micros"), "\xd0\x0f"),
              "\"00:00:01\"");
    const auto decimal = [](int scale) {
        return R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":)" +
               std::to_string(scale) + "}";
    };
    EXPECT_EQ(resolved("bytes", decimal(1), "\x02\x07"), "0.7");
    EXPECT_NE(resolved(decimal(1), decimal(2), "").find("scale 1, not 2"), std::string::npos);
}

TEST(AvroResolution, ProjectsTheReadersFields) {
    AvroInput input;
    input.schema = schema_of(record(R"({"name":"a","type":"int"},{"name":"b","type":"string"})"));
    input.reader = schema_of(record(R"({"name":"new","type":{"type":"record","name":"N","fields":[
        {"name":"x","type":"int","default":5}]},"default":{}},
        {"name":"B","type":"string","aliases":["b"]})"));
    Projection projection;
    projection.fields = {{{"B"}, 0}, {{"new", "x"}, 1}, {{"a"}, 2}, {{"b"}, 3}, {{"new"}, 4}};
    auto decoder = make_avro_decoder(input, projection);
    ASSERT_TRUE(decoder) << decoder.error().to_text();
    Batch batch;
    const std::vector<std::string> raws = {"\x02\x02z"};
    testing::fill(batch, raws, 5, 0);
    (*decoder)->decode(batch);
    const Value* slots = batch.slots(0);
    EXPECT_EQ(to_debug_text(slots[0]), "\"z\"");
    EXPECT_EQ(to_debug_text(slots[1]), "5");
    EXPECT_TRUE(slots[2].is_absent());
    EXPECT_TRUE(slots[3].is_absent());
    EXPECT_EQ(to_debug_text(slots[4]), R"({"x":5,})");
}

}  // namespace
}  // namespace messina::codec::avro
