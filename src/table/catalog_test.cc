#include "table/catalog.h"

#include <gtest/gtest.h>

#include "table/testing/table_driver.h"

namespace messina::table {
namespace {

using testing::make_schema;
using testing::SchemaText;

std::string refusal(const TableSchema& schema) {
    const auto checked = check_schema(schema);
    EXPECT_FALSE(checked);
    if (checked) return {};
    EXPECT_EQ(checked.error().error_class, ErrorClass::Misconfigured);
    return checked.error().message;
}

TEST(Schema, PrintsItselfAsCql) {
    TableSchema schema = make_schema("Wide", {.partition_key = {"p text", "q int"},
                                              .clustering_key = {"c int", "d uuid desc"},
                                              .statics = {"s set<text>"},
                                              .columns = {"v tuple<int, text>"}});
    schema.default_ttl = std::chrono::seconds(60);
    EXPECT_EQ(schema.to_cql(),
              "CREATE TABLE \"Wide\" (\n"
              "    p text,\n"
              "    q int,\n"
              "    c int,\n"
              "    d uuid,\n"
              "    s frozen<set<text>> static,\n"
              "    v tuple<int, text>,\n"
              "    PRIMARY KEY ((p, q), c, d)\n"
              ") WITH CLUSTERING ORDER BY (c ASC, d DESC) AND default_time_to_live = 60;");
    EXPECT_EQ(make_schema("t", {.partition_key = {"p text"}}).to_cql(),
              "CREATE TABLE t (\n    p text,\n    PRIMARY KEY ((p))\n);");
    EXPECT_EQ(schema.find("v"), std::optional<size_t>(5));
    EXPECT_EQ(schema.find("w"), std::nullopt);
}

TEST(Schema, RefusesWhatCqlRefuses) {
    EXPECT_NE(refusal(make_schema("", {.partition_key = {"p int"}})).find("no name"),
              std::string::npos);
    EXPECT_NE(refusal(make_schema("t", {.columns = {"v int"}})).find("no partition key"),
              std::string::npos);
    EXPECT_NE(refusal(make_schema("t", {.partition_key = {"p duration"}})).find("part of a key"),
              std::string::npos);
    EXPECT_NE(refusal(make_schema("t", {.partition_key = {"p int"}, .columns = {"v counter"}}))
                  .find("counter"),
              std::string::npos);
    EXPECT_NE(
        refusal(make_schema("t", {.partition_key = {"p int"}, .columns = {"p int"}})).find("twice"),
        std::string::npos);
    EXPECT_NE(refusal(make_schema("t", {.partition_key = {"p int"}, .statics = {"s int"}}))
                  .find("no clustering columns"),
              std::string::npos);
    EXPECT_NE(refusal(make_schema("t", {.partition_key = {"p int desc"}})).find("an order"),
              std::string::npos);
    TableSchema schema = make_schema("t", {.partition_key = {"p int"}, .columns = {"v int"}});
    schema.columns.push_back(schema.columns.front());
    schema.columns.back().name = "late";
    EXPECT_NE(refusal(schema).find("comes after others"), std::string::npos);
    schema.columns.back().name = "";
    EXPECT_NE(refusal(schema).find("has no name"), std::string::npos);
    schema = make_schema("t", {.partition_key = {"p int"}});
    schema.default_ttl = std::chrono::hours(24 * 365 * 21);
    EXPECT_NE(refusal(schema).find("TTL"), std::string::npos);
}

TEST(Catalog, ComesBackFromItsBytes) {
    const auto table = reconcile(make_schema("t", {.partition_key = {"p int"},
                                                   .clustering_key = {"c text desc"},
                                                   .columns = {"v list<int>", "w int"}}),
                                 CatalogTable{7, 0, {}});
    ASSERT_TRUE(table);
    const std::string bytes = table->encode();
    EXPECT_EQ(CatalogTable::decode(bytes), *table);
    for (size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(CatalogTable::decode(std::string_view(bytes).substr(0, size))) << size;
}

class CatalogTest : public ::testing::Test {
  protected:
    Result<CatalogTable> change_to(const SchemaText& text) {
        return reconcile(make_schema("t", text), stored_);
    }
    std::string refusal_of(const SchemaText& text) {
        const auto table = change_to(text);
        EXPECT_FALSE(table);
        if (table) return {};
        EXPECT_EQ(table.error().code, "table.schema_changed");
        return table.error().message;
    }
    const SchemaText text_ = {.partition_key = {"p int"},
                              .clustering_key = {"c int"},
                              .statics = {"s int"},
                              .columns = {"v int", "w text"}};
    const CatalogTable stored_ = *reconcile(make_schema("t", text_), CatalogTable{1, 0, {}});
};

TEST_F(CatalogTest, KeepsNumbersWhenColumnsComeAndGo) {
    SchemaText text = text_;
    text.columns = {"x int", "w text"};
    const auto changed = change_to(text);
    ASSERT_TRUE(changed);
    const TableSchema schema = make_schema("t", text);
    // p, c, s, x, w: s, v and w had 0, 1 and 2.
    EXPECT_EQ(changed->column_numbers(schema), (std::vector<uint32_t>{0, 0, 0, 3, 2}));
    const auto back = reconcile(make_schema("t", text_), *changed);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, *changed) << "v is remembered";
}

TEST_F(CatalogTest, RefusesChangedKeysAndTypes) {
    SchemaText text = text_;
    text.partition_key = {"p text"};
    EXPECT_NE(refusal_of(text).find("key column 1 is now p text; it was p int"), std::string::npos);
    text = text_;
    text.clustering_key = {"c int desc"};
    refusal_of(text);
    text.clustering_key = {};
    text.statics = {};
    EXPECT_NE(refusal_of(text).find("key column 2 is gone; it was c int"), std::string::npos);
    text.statics = text_.statics;
    text.clustering_key = {"c int", "d int"};
    EXPECT_NE(refusal_of(text).find("there was none"), std::string::npos);
    text = text_;
    text.columns = {"v bigint"};
    EXPECT_NE(refusal_of(text).find("column v is now bigint; it was int"), std::string::npos);
    text = text_;
    text.statics = {};
    text.columns = {"s int"};
    EXPECT_NE(refusal_of(text).find("it was static int"), std::string::npos);
}

TEST(KeyEncoder, TakesWholePartitionKeysAndLeadingClusteringColumns) {
    const TableSchema schema = make_schema(
        "t", {.partition_key = {"p text", "q int"}, .clustering_key = {"c int", "d int"}});
    EXPECT_FALSE(KeyEncoder::make(schema, 1));
    EXPECT_FALSE(KeyEncoder::make(schema, 5));
    const auto encoder = KeyEncoder::make(schema, 3);
    ASSERT_TRUE(encoder);
    Buffer key;
    const std::vector<Value> values = {Value::string("ab"), Value::integer(1), Value::integer(2)};
    ASSERT_TRUE(encoder->encode(values, key));
    EXPECT_EQ(key.view(), std::string_view("\0\0\0\2ab\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\2", 22));
    const std::vector<Value> null = {Value::string("ab"), Value::null(), Value::integer(2)};
    const auto refused = encoder->encode(null, key);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error_class, ErrorClass::Poison);
    EXPECT_NE(refused.error().message.find("key column 2"), std::string::npos);
    EXPECT_EQ(key.size(), 22U) << "a refused key leaves nothing behind";
    EXPECT_FALSE(encoder->encode({values.data(), 2}, key));
}

}  // namespace
}  // namespace messina::table
