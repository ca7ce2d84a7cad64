#include "codec/avro/schema.h"

#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using testing::schema_of;

std::string error_of(std::string_view json, const SchemaOptions& options = {}) {
    const auto schema = Schema::parse(json, options);
    if (schema) return "ok";
    EXPECT_EQ(schema.error().error_class, ErrorClass::Misconfigured);
    return schema.error().message;
}

std::string record(std::string_view fields) {
    return R"({"type":"record","name":"R","fields":[)" + std::string(fields) + "]}";
}

TEST(AvroSchema, ReadsEveryType) {
    const SchemaRef schema = schema_of(R"({"type":"record","name":"R","namespace":"a.b","doc":"d",
        "aliases":["Old","x.Older"],"fields":[
        {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}},
        {"name":"f","type":{"type":"fixed","name":"c.F","size":3}},
        {"name":"u","type":["null","E",{"type":"array","items":"c.F"}],"order":"ignore"},
        {"name":"m","type":{"type":"map","values":{"type":"string","logicalType":"uuid"}}}]})");
    const Node& root = schema->node(schema->root());
    EXPECT_EQ(root.name, "a.b.R");
    EXPECT_EQ(root.aliases, (std::vector<std::string>{"a.b.Old", "x.Older"}));
    EXPECT_EQ(schema->node(root.fields[0].node).name, "a.b.E");
    EXPECT_EQ(schema->node(root.fields[0].node).enum_default, 1);
    EXPECT_EQ(schema->node(root.fields[1].node).fixed_size, 3U);
    EXPECT_EQ(schema->node(root.fields[2].node).branches[1], root.fields[0].node);
    EXPECT_EQ(schema->node(schema->node(root.fields[3].node).item).logical, Logical::Uuid);
    EXPECT_EQ(schema->describe(schema->root()), "record a.b.R");
    EXPECT_EQ(schema->describe(schema->node(root.fields[3].node).item), "string (uuid)");
}

TEST(AvroSchema, TakesBareNamesAndNestedTypeObjects) {
    EXPECT_EQ(schema_of("string")->canonical(), "\"string\"");
    EXPECT_EQ(schema_of("null")->canonical(), "\"null\"");
    EXPECT_EQ(schema_of(R"({"type":{"type":"int"}})")->canonical(), "\"int\"");
}

TEST(AvroSchema, NamesTypesOfOtherTexts) {
    SchemaOptions options;
    options.definitions = {R"({"type":"enum","name":"a.Colour","symbols":["RED"]})",
                           R"({"type":"record","name":"a.Car","fields":[
            {"name":"colour","type":"Colour","default":"RED"}]})"};
    const auto schema = Schema::parse(R"({"type":"array","items":"a.Car"})", options);
    ASSERT_TRUE(schema) << schema.error().to_text();
    EXPECT_EQ((*schema)->canonical(),
              R"({"type":"array","items":{"name":"a.Car","type":"record","fields":[)"
              R"({"name":"colour","type":{"name":"a.Colour","type":"enum","symbols":["RED"]}}]}})");
    const auto alone = Schema::parse((*schema)->to_json());
    ASSERT_TRUE(alone) << alone.error().to_text();
    EXPECT_TRUE((*alone)->reads_like(**schema)) << "the schema stands for itself when printed";

    const auto clash = Schema::parse(R"({"type":"fixed","name":"a.Car","size":1})", options);
    ASSERT_FALSE(clash);
    EXPECT_EQ(clash.error().message, "schema: type 'a.Car' is defined twice");
}

TEST(AvroSchema, MakesTheCanonicalForm) {
    EXPECT_EQ(schema_of(R"( {"namespace":"x.y", "doc":"no", "fields":[
                  {"default":1,"type":{"type":"int"},"name":"a","aliases":["b"]},
                  {"name":"self","type":["null","R"]}], "name":"R","type":"record"} )")
                  ->canonical(),
              R"({"name":"x.y.R","type":"record","fields":[{"name":"a","type":"int"},)"
              R"({"name":"self","type":["null","x.y.R"]}]})");
    EXPECT_EQ(
        schema_of(R"({"type":"fixed","size":16,"name":"U","logicalType":"uuid"})")->canonical(),
        R"({"name":"U","type":"fixed","size":16})");
    EXPECT_EQ(
        schema_of(R"({"type":"enum","symbols":["A"],"name":"n.E","default":"A"})")->canonical(),
        R"({"name":"n.E","type":"enum","symbols":["A"]})");
    EXPECT_EQ(schema_of(R"({"type":"map","values":{"type":"array","items":"long"}})")->canonical(),
              R"({"type":"map","values":{"type":"array","items":"long"}})");
}

TEST(AvroSchema, ComputesTheFingerprintsOfTheSpecification) {
    // Known values of CRC-64-AVRO for the primitive types.
    EXPECT_EQ(schema_of("int")->fingerprint(), 0x7275d51a3f395c8fU);
    EXPECT_EQ(schema_of("string")->fingerprint(), 0x8f014872634503c7U);
    EXPECT_EQ(schema_of(R"({"type":"long","x":1})")->fingerprint(), 0xd054e14493f41db7U);
}

TEST(AvroSchema, PrintsWhatItRead) {
    const std::string json =
        R"({"type":"record","name":"R","namespace":"a","doc":"say \"hi\"","aliases":["a.Q"],)"
        R"("fields":[{"name":"x","type":["null",{"type":"bytes","logicalType":"decimal",)"
        R"("precision":4,"scale":2}],"default":null,"doc":"d\u000a","aliases":["y"],)"
        R"("order":"descending"},{"name":"e","type":{"type":"enum","name":"E","namespace":"",)"
        R"("symbols":["A"],"default":"A"}},{"name":"f","type":{"type":"fixed","name":"F",)"
        R"("size":2},"default":"\u00ff\u0001"},{"name":"e2","type":"E"},)"
        R"({"name":"m","type":{"type":"map","values":"a.F"}},)"
        R"({"name":"s","type":{"type":"string","avro.java.string":"String"}}],"connect.name":"c"})";
    const std::string printed = schema_of(json)->to_json();
    EXPECT_EQ(schema_of(printed)->to_json(), printed);
    EXPECT_TRUE(schema_of(printed)->reads_like(*schema_of(json)));
    for (const std::string_view part :
         {R"("connect.name":"c")", R"("avro.java.string":"String")", R"("order":"descending")",
          R"("doc":"say \"hi\"")", R"("doc":"d\u000a")", R"("namespace":"")"})
        EXPECT_NE(printed.find(part), std::string::npos) << part << "\n" << printed;
}

TEST(AvroSchema, KeepsDefaultsAsBytes) {
    const SchemaRef schema = schema_of(record(R"(
        {"name":"n","type":["null","int"],"default":null},
        {"name":"second","type":["null","int"],"default":5},
        {"name":"b","type":"bytes","default":"\u00ff\u0001é"},
        {"name":"d","type":"double","default":1},
        {"name":"f","type":"float","default":0.5},
        {"name":"t","type":"boolean","default":true},
        {"name":"a","type":{"type":"array","items":"long"},"default":[1,-1]},
        {"name":"m","type":{"type":"map","values":"string"},"default":{"k":"v"}},
        {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]},"default":"B"},
        {"name":"r","type":{"type":"record","name":"I","fields":[
            {"name":"x","type":"int","default":3},{"name":"y","type":"int"}]},"default":{"y":4}}
        )"));
    const auto bytes = [&](size_t i) {
        return *schema->node(schema->root()).fields[i].default_bytes;
    };
    using namespace std::string_literals;
    EXPECT_EQ(bytes(0), "\0"s);
    EXPECT_EQ(bytes(1), "\x02\x0a"s);
    EXPECT_EQ(bytes(2), "\x06\xff\x01\xe9"s);
    EXPECT_EQ(bytes(3), "\0\0\0\0\0\0\xf0\x3f"s);
    EXPECT_EQ(bytes(4), "\0\0\0\x3f"s);
    EXPECT_EQ(bytes(5), "\x01"s);
    EXPECT_EQ(bytes(6), "\x04\x02\x01\0"s);
    EXPECT_EQ(bytes(7), "\x02\x02k\x02v\0"s);
    EXPECT_EQ(bytes(8), "\x02"s);
    EXPECT_EQ(bytes(9), "\x06\x08"s);
}

TEST(AvroSchema, RefusesDefaultsThatDoNotFitOrDropsThem) {
    const std::vector<std::pair<std::string, std::string>> bad = {
        {R"("int")", "null"},
        {R"("int")", "2147483648"},
        {R"("long")", "1.5"},
        {R"("string")", "1"},
        {R"("boolean")", "0"},
        {R"("double")", R"("1")"},
        {R"("bytes")", R"("→")"},
        {R"("null")", "0"},
        {R"(["null","int"])", R"("x")"},
        {R"({"type":"array","items":"int"})", "{}"},
        {R"({"type":"map","values":"int"})", R"({"k":"v"})"},
        {R"({"type":"fixed","name":"F","size":2})", R"("x")"},
        {R"({"type":"enum","name":"E","symbols":["A"]})", R"("B")"},
        {R"({"type":"record","name":"I","fields":[{"name":"x","type":"int"}]})", "{}"},
    };
    for (const auto& [type, value] : bad) {
        const std::string json =
            record(R"({"name":"x","type":)" + type + R"(,"default":)" + value + "}");
        EXPECT_NE(error_of(json).find("schema at /fields/0/default: default of field 'x'"),
                  std::string::npos)
            << error_of(json);
        SchemaOptions options;
        options.bad_default = SchemaOptions::BadDefault::Drop;
        const auto dropped = Schema::parse(json, options);
        ASSERT_TRUE(dropped) << json;
        EXPECT_FALSE((*dropped)->node((*dropped)->root()).fields[0].default_bytes);
    }
}

TEST(AvroSchema, IgnoresLogicalTypesThatDoNotFit) {
    for (const std::string_view json :
         {R"({"type":"int","logicalType":"timestamp-millis"})",
          R"({"type":"long","logicalType":"date"})", R"({"type":"string","logicalType":"made-up"})",
          R"({"type":"bytes","logicalType":"decimal"})",
          R"({"type":"bytes","logicalType":"decimal","precision":2,"scale":3})",
          R"({"type":"bytes","logicalType":"decimal","precision":2,"scale":"x"})",
          R"({"type":"bytes","logicalType":"decimal","precision":999999})",
          R"({"type":"string","logicalType":"decimal","precision":2})",
          R"({"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":5})",
          R"({"type":"fixed","name":"F","size":2,"logicalType":"uuid"})",
          R"({"type":"fixed","name":"F","size":13,"logicalType":"duration"})",
          R"({"type":"int","logicalType":7})"}) {
        const SchemaRef schema = schema_of(json);
        EXPECT_EQ(schema->node(schema->root()).logical, Logical::None) << json;
        EXPECT_NE(schema->to_json().find("logicalType"), std::string::npos) << json;
    }
    const SchemaRef fits = schema_of(
        R"({"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4,"scale":1})");
    EXPECT_EQ(fits->node(fits->root()).logical, Logical::Decimal);
}

TEST(AvroSchema, SaysWhereItIsWrong) {
    EXPECT_TRUE(error_of("{").starts_with("schema is not JSON: "));
    EXPECT_EQ(error_of("5"), "schema: a type is a name, an object or an array of types");
    EXPECT_EQ(error_of("{}"), "schema: an object that describes a type needs a member 'type'");
    EXPECT_EQ(error_of(R"({"type":"array"})"), "schema: an array needs a member 'items'");
    EXPECT_EQ(error_of(record(R"({"name":"a","type":"int"},{"name":"b","type":{"type":"map",
              "values":"strin"}})")),
              "schema at /fields/1/type/values: unknown type 'strin'");
    EXPECT_EQ(error_of(record(R"({"name":"a","type":["int","int"]})")),
              "schema at /fields/0/type: a union holds 'int' twice");
    EXPECT_EQ(error_of(record(R"({"name":"a","type":["int",["null"]]})")),
              "schema at /fields/0/type: a union cannot hold a union directly");
    EXPECT_EQ(error_of(record(R"({"name":"a b","type":"int"})")),
              "schema at /fields/0: field name 'a b': letters, digits and _ only");
    EXPECT_EQ(error_of(record(R"({"name":"a"})")), "schema at /fields/0: field 'a' needs a type");
    EXPECT_EQ(error_of(record("7")),
              "schema at /fields/0: a field is an object with 'name' and 'type'");
    EXPECT_EQ(error_of(record(R"({"name":"a","type":"int"},{"name":"a","type":"int"})")),
              "schema at /fields/1: record 'R' has field 'a' twice");
    EXPECT_EQ(error_of(record(R"({"name":"a","type":{"type":"fixed","name":"R","size":1}})")),
              "schema at /fields/0/type: type 'R' is defined twice");
    EXPECT_EQ(error_of(R"({"type":"record","fields":[]})"), "schema: a type record needs a name");
    EXPECT_EQ(error_of(R"({"type":"record","name":"1x","fields":[]})"),
              "schema: '1x' is not a name: letters, digits and _ only");
    EXPECT_EQ(error_of(R"({"type":"record","name":"int","fields":[]})"),
              "schema: 'int' is the name of a primitive type");
    EXPECT_EQ(error_of(R"({"type":"record","name":"R"})"),
              "schema: record 'R' needs an array 'fields'");
    EXPECT_EQ(error_of(R"({"type":"enum","name":"E"})"),
              "schema: enum 'E' needs an array 'symbols'");
    EXPECT_EQ(error_of(R"({"type":"enum","name":"E","symbols":["a-b"]})"),
              "schema: enum 'E': a symbol is a name");
    EXPECT_EQ(error_of(R"({"type":"enum","name":"E","symbols":["a","a"]})"),
              "schema: enum 'E' has symbol 'a' twice");
    EXPECT_EQ(error_of(R"({"type":"enum","name":"E","symbols":["a"],"default":"b"})"),
              "schema: enum 'E': default 'b' is none of its symbols");
    EXPECT_EQ(error_of(R"({"type":"fixed","name":"F","size":-1})"),
              "schema: fixed 'F' needs a size of 0 to 2147483647");
    EXPECT_EQ(error_of(R"({"type":"fixed","name":"F","size":1,"aliases":[1]})"),
              "schema: an alias is a string");
    EXPECT_EQ(error_of("[]"), "schema: a union needs at least one type");
    EXPECT_EQ(Schema::parse(R"(["strng"])").error().hint, "did you mean 'string'?");
}

TEST(AvroSchema, BoundsSizeDepthAndNodeCount) {
    SchemaOptions options;
    options.text_bytes_max = 10;
    EXPECT_EQ(testing::code_of(Schema::parse(R"({"type":"int"})", options)), "avro.schema_limit");
    std::string deep = "\"int\"";
    for (int i = 0; i < 500; ++i) deep = R"({"type":"array","items":)" + deep + "}";
    EXPECT_EQ(testing::code_of(Schema::parse(deep)), "avro.schema_limit");
    std::string wide;
    for (int i = 0; i < 200; ++i)
        wide += (i == 0 ? "" : ",") + std::string(R"({"name":"f)") + std::to_string(i) +
                R"(","type":{"type":"array","items":"int"}})";
    options = {};
    options.node_count_max = 100;
    EXPECT_EQ(testing::code_of(Schema::parse(record(wide), options)), "avro.schema_limit");
}

TEST(AvroSchema, BoundsDefaultsThatGrowOnEachOther) {
    std::string type = R"({"type":"record","name":"R0","fields":[
        {"name":"a","type":"long","default":0}]})";
    for (int i = 1; i < 40; ++i) {
        const std::string name = "R" + std::to_string(i);
        const std::string inner = "R" + std::to_string(i - 1);
        type = R"({"type":"record","name":")" + name + R"(","fields":[{"name":"a","type":)" + type +
               R"(,"default":{}},{"name":"b","type":")" + inner + R"(","default":{}}]})";
    }
    EXPECT_NE(error_of(type).find("too large"), std::string::npos);
}

TEST(AvroSchema, TellsTheCheckerItsTypes) {
    EXPECT_EQ(schema_of(record(R"(
        {"name":"n","type":["null","int"]},
        {"name":"s","type":["string",{"type":"enum","name":"E","symbols":["A"]}]},
        {"name":"mixed","type":["int","string"]},
        {"name":"l","type":{"type":"array","items":["double","null"]}},
        {"name":"m","type":{"type":"map","values":"bytes"}},
        {"name":"self","type":["null","R"]},
        {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"day","type":{"type":"int","logicalType":"date"}},
        {"name":"money","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"whole","type":{"type":"bytes","logicalType":"decimal","precision":9}},
        {"name":"huge","type":{"type":"bytes","logicalType":"decimal","precision":90}},
        {"name":"d","type":{"type":"fixed","name":"D","size":12,"logicalType":"duration"}},
        {"name":"id","type":{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}},
        {"name":"b","type":"boolean"},{"name":"nothing","type":"null"}
        )"))
                  ->type()
                  ->to_text(),
              "{n: int?, s: string, mixed: any, l: list(double?), m: map(string, bytes), "
              "self: any, at: timestamp, day: string, money: decimal, whole: int, huge: any, "
              "d: {months: int, days: int, milliseconds: int}, id: string, b: bool, "
              "nothing: null}");
}

TEST(AvroSchema, KnowsWhenTwoSchemasReadAlike) {
    const SchemaRef one = schema_of(record(R"({"name":"x","type":"long","default":5})"));
    EXPECT_TRUE(one->reads_like(*schema_of(record(R"({"name":"x","type":"long","doc":"d"})"))));
    EXPECT_FALSE(one->reads_like(*schema_of(
        record(R"({"name":"x","type":{"type":"long","logicalType":"timestamp-millis"}})"))));
    EXPECT_FALSE(one->reads_like(*schema_of(record(R"({"name":"y","type":"long"})"))));
}

}  // namespace
}  // namespace messina::codec::avro
