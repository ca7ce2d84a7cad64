#include "cql/type.h"

#include <gtest/gtest.h>

namespace messina::cql {
namespace {

std::string refusal(std::string_view text, std::span<const Type> udts = {}) {
    const auto type = parse_type(text, udts);
    EXPECT_FALSE(type) << text;
    if (type) return {};
    EXPECT_EQ(type.error().error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(type.error().code, "cql.type_syntax");
    return type.error().to_text();
}

TEST(ParseType, ReadsEveryScalarAndPrintsItBack) {
    for (const std::string_view name :
         {"ascii",  "bigint", "blob",     "boolean", "counter",   "date",     "decimal",
          "double", "float",  "duration", "inet",    "int",       "smallint", "text",
          "time",   "uuid",   "timeuuid", "tinyint", "timestamp", "varint"}) {
        const auto type = parse_type(name);
        ASSERT_TRUE(type) << name;
        EXPECT_EQ(type->to_text(), name);
    }
    EXPECT_EQ(parse_type("VarChar")->to_text(), "text");
}

TEST(ParseType, ReadsNestedTypesWithAnySpacing) {
    EXPECT_EQ(parse_type(" frozen < map<text ,frozen<list< int>>> > ")->to_text(),
              "map<text, frozen<list<int>>>");
    EXPECT_EQ(parse_type("tuple<int, set<uuid>>")->to_text(), "tuple<int, frozen<set<uuid>>>");
    const auto vector = parse_type("vector<float, 3>");
    ASSERT_TRUE(vector);
    EXPECT_EQ(vector->dimension, 3U);
    EXPECT_EQ(vector->to_text(), "vector<float, 3>");
}

TEST(ParseType, KnowsUdtsThatItIsGiven) {
    Type udt;
    udt.kind = TypeKind::Udt;
    udt.name = "Address";
    udt.field_names = {"street", "zip"};
    udt.arguments = {*parse_type("text"), *parse_type("int")};
    const std::vector<Type> udts = {udt};
    const auto type = parse_type("list<frozen<\"Address\">>", udts);
    ASSERT_TRUE(type);
    EXPECT_EQ(type->arguments[0], udt);
    EXPECT_EQ(type->to_text(), "list<frozen<\"Address\">>");
    refusal("list<address>", udts);
}

TEST(ParseType, NamesThePlaceOfWhatIsWrong) {
    EXPECT_NE(refusal("map<text, integr>").find("at character 11"), std::string::npos);
    EXPECT_NE(refusal("timestmp").find("did you mean 'timestamp'?"), std::string::npos);
    EXPECT_NE(refusal("map<text>").find("map takes 2 types, 1 given"), std::string::npos);
    EXPECT_NE(refusal("list<int").find("expected ',' or '>'"), std::string::npos);
    EXPECT_NE(refusal("list").find("expected '<' after list"), std::string::npos);
    EXPECT_NE(refusal("int int").find("expected the end"), std::string::npos);
    EXPECT_NE(refusal("").find("expected a type"), std::string::npos);
    EXPECT_NE(refusal("\"unclosed").find("expected a type"), std::string::npos);
}

TEST(ParseType, RefusesWhatServersRefuse) {
    refusal("vector<float, 0>");
    refusal("vector<float, 16001>");
    refusal("vector<float, x>");
    refusal("vector<float>");
    refusal("vector<float, 3");
    refusal("vector<vector<int, 16000>, 16000>");
    refusal("set<duration>");
    refusal("map<duration, int>");
    refusal("list<counter>");
}

TEST(ParseType, BoundsDepthAndLength) {
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "list<";
    EXPECT_NE(refusal(deep + "int").find("too deeply"), std::string::npos);
    refusal(std::string(20'000, 'a'));
}

TEST(ToDataType, TellsTheCheckerWhatValuesAColumnGives) {
    EXPECT_EQ(to_data_type(*parse_type("smallint"))->to_text(), "int");
    EXPECT_EQ(to_data_type(*parse_type("boolean"))->to_text(), "bool");
    EXPECT_EQ(to_data_type(*parse_type("float"))->to_text(), "double");
    EXPECT_EQ(to_data_type(*parse_type("blob"))->to_text(), "bytes");
    EXPECT_EQ(to_data_type(*parse_type("timestamp"))->to_text(), "timestamp");
    EXPECT_EQ(to_data_type(*parse_type("uuid"))->to_text(), "string");
    EXPECT_EQ(to_data_type(*parse_type("varint"))->to_text(), "any");
    EXPECT_EQ(to_data_type(*parse_type("map<text, list<int>>"))->to_text(),
              "map(string, list(int))");
    EXPECT_EQ(to_data_type(*parse_type("tuple<int, text>"))->to_text(), "list(any)");
    Type udt;
    udt.kind = TypeKind::Udt;
    udt.name = "point";
    udt.field_names = {"x"};
    udt.arguments = {*parse_type("int")};
    EXPECT_EQ(to_data_type(udt)->to_text(), "{x: int?}");
}

}  // namespace
}  // namespace messina::cql
