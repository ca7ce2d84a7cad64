#include "codec/avro/derive.h"

#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using testing::path_of;
using testing::schema_of;

struct NamedEdit {
    std::string path;
    TypeRef type;
};

Result<Derived> derived(std::string_view schema, const std::vector<NamedEdit>& named) {
    std::vector<SchemaEdit> edits;
    for (const NamedEdit& edit : named) edits.push_back({path_of(edit.path), edit.type});
    return derive(*schema_of(schema), edits);
}

std::string json_of(std::string_view schema, const std::vector<NamedEdit>& edits) {
    const auto made = derived(schema, edits);
    return made ? made->schema->to_json() : made.error().message;
}

std::string record(std::string_view fields) {
    return R"({"type":"record","name":"R","namespace":"n","fields":[)" + std::string(fields) + "]}";
}

const TypeRef kInt = Type::scalar(TypeKind::Int);
const TypeRef kString = Type::scalar(TypeKind::String);

TEST(AvroDerive, AppendsNullableFieldsOfTheTypesKnown) {
    const std::string base = record(R"({"name":"a","type":"int"})");
    const auto appended = [&](const TypeRef& type) {
        std::string json = json_of(base, {{"x", type}});
        const std::string head = R"({"name":"x","type":["null",)";
        const size_t at = json.find(head);
        if (at == std::string::npos) return json;
        const size_t end = json.rfind(R"(],"default":null}]})");
        return json.substr(at + head.size(), end - at - head.size());
    };
    EXPECT_EQ(appended(kInt), R"("long")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Bool)), R"("boolean")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Double)), R"("double")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Decimal)), R"("string")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Duration)), R"("string")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Bytes)), R"("bytes")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Null)), R"("string")");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Timestamp)),
              R"({"type":"long","logicalType":"timestamp-micros"})");
    EXPECT_EQ(appended(Type::scalar(TypeKind::Uint)),
              R"({"type":"bytes","logicalType":"decimal","precision":20,"scale":0})");
    EXPECT_EQ(appended(Type::list(Type::scalar(TypeKind::Int, true))),
              R"({"type":"array","items":["null","long"]})");
    EXPECT_EQ(appended(Type::map(kString, kInt)), R"({"type":"map","values":"long"})");
    EXPECT_EQ(appended(Type::record({{"p", kInt}})),
              R"({"type":"record","name":"x","fields":[{"name":"p","type":["null","long"],)"
              R"("default":null}]})");
    EXPECT_EQ(appended(Type::dynamic()),
              R"("boolean","long","double","string","bytes",{"type":"array","items":)"
              R"(["null","boolean","long","double","string","bytes"]},{"type":"map","values":)"
              R"(["null","boolean","long","double","string","bytes"]})");
}

TEST(AvroDerive, KeepsTheTypeOfAReplacedFieldWhereItFits) {
    const std::string base = record(R"({"name":"a","type":"int","default":3},
        {"name":"s","type":["null","string"],"default":null},
        {"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}})");
    EXPECT_EQ(json_of(base, {{"a", kInt}, {"s", kString}, {"e", Type::dynamic()}}),
              schema_of(base)->to_json());
    EXPECT_EQ(json_of(base, {{"a", Type::scalar(TypeKind::Int, true)}, {"s", kInt}, {"e", kInt}}),
              R"({"type":"record","name":"R","namespace":"n","fields":[)"
              R"({"name":"a","type":["null","int"],"default":null},)"
              R"({"name":"s","type":"long"},{"name":"e","type":"long"}]})");
}

TEST(AvroDerive, DropsRemovedFields) {
    const std::string base = record(R"({"name":"a","type":"int"},{"name":"b","type":"int"})");
    EXPECT_EQ(json_of(base, {{"a", nullptr}, {"nothing", nullptr}, {"no.thing", nullptr}}),
              schema_of(record(R"({"name":"b","type":"int"})"))->to_json());
}

TEST(AvroDerive, OrdersPlacesAsTheBytesLie) {
    const auto made = derived(record(R"({"name":"a","type":"int"},
        {"name":"in","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}},
        {"name":"z","type":"int"})"),
                              {{"new", kInt}, {"z", nullptr}, {"in.y", kInt}, {"a", kString}});
    ASSERT_TRUE(made) << made.error().to_text();
    std::vector<size_t> order;
    for (const Placement& placement : made->placements) order.push_back(placement.edits[0]);
    EXPECT_EQ(order, (std::vector<size_t>{3, 2, 1, 0}));
    EXPECT_TRUE(made->placements[2].is_removal);
    const Placement& inner = made->placements[1];
    EXPECT_EQ(made->schema->node(inner.record).name, "n.I");
    EXPECT_EQ(made->schema->node(inner.record).fields[inner.field].name, "y");
}

TEST(AvroDerive, SplitsATypeThatIsEditedInOnePlaceOnly) {
    const std::string json =
        json_of(record(R"({"name":"one","type":{"type":"record","name":"P","fields":[
                      {"name":"x","type":"int"},{"name":"more","type":["null","P"]}]}},
                  {"name":"two","type":"P"})"),
                {{"one.y", kInt}});
    const SchemaRef schema = schema_of(json);
    const auto& fields = schema->node(schema->root()).fields;
    EXPECT_EQ(schema->node(fields[0].node).name, "n.P");
    EXPECT_EQ(schema->node(fields[0].node).fields.size(), 3U);
    EXPECT_EQ(schema->node(fields[1].node).name, "n.P_2");
    EXPECT_EQ(schema->node(fields[1].node).fields.size(), 2U);
}

TEST(AvroDerive, NamesTwoNewRecordsApart) {
    const TypeRef pair = Type::record({{"p", Type::record({{"q", kInt}})}});
    const SchemaRef schema = schema_of(json_of(record(""), {{"x", pair}, {"x_p", pair}}));
    EXPECT_EQ(schema->node(schema->root()).fields.size(), 2U);
}

TEST(AvroDerive, EditsMapsOnlyByEncodingAnew) {
    const auto made =
        derived(record(R"({"name":"m","type":{"type":"map","values":"int"}})"), {{"m.key", kInt}});
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->can_splice);
    EXPECT_TRUE(made->placements.empty());
    const auto whole = derived(record(""), {{"", Type::record({{"a", kInt}})}});
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->can_splice);
    EXPECT_EQ(whole->schema->node(whole->schema->root()).name, "n.value");
}

TEST(AvroDerive, RefusesEditsThatHaveNoPlace) {
    const std::string base = record(R"({"name":"s","type":"string"},
        {"name":"u","type":[{"type":"record","name":"A","fields":[]},
                            {"type":"record","name":"B","fields":[]}]})");
    EXPECT_EQ(json_of(base, {{"s.x", kInt}}),
              "'s.x' cannot be set in the output: a string on the way has no fields");
    EXPECT_EQ(json_of(base, {{"u.x", kInt}}),
              "'u.x' cannot be set in the output: the union on the way holds 2 records");
    EXPECT_EQ(json_of(base, {{"a-b", kInt}}),
              "'[\"a-b\"]' cannot be set in the output: 'a-b' is no name that Avro allows");
    EXPECT_EQ(json_of(base, {{"x", Type::record({{"a-b", kInt}})}}),
              "'a-b' cannot be a field of an Avro record");
    EXPECT_EQ(json_of(base, {{"", nullptr}}),
              "'' cannot be set in the output: the whole record is removed");
    EXPECT_EQ(json_of("string", {{"x", kInt}}),
              "'x' cannot be set in the output: a string on the way has no fields");
}

TEST(AvroDerive, MakesASchemaOfATypeAlone) {
    const auto schema = schema_of_type(Type::record({{"a", kInt}}), "x.Row");
    ASSERT_TRUE(schema);
    EXPECT_EQ((*schema)->to_json(), R"({"type":"record","name":"Row","namespace":"x","fields":[)"
                                    R"({"name":"a","type":["null","long"],"default":null}]})");
}

}  // namespace
}  // namespace messina::codec::avro
