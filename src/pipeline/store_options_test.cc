#include "pipeline/store_options.h"

#include <gtest/gtest.h>

#include "config/node.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/store_sections.h"

namespace messina::pipeline {
namespace {

/// The options, or the code of what is wrong with them. Options view into their section only.
Result<table::CqlOptions> read(const std::string& yaml) {
    MESSINA_TRY(const config::Node node, config::parse_yaml("test.yaml", yaml, {}));
    MESSINA_TRY(const config::Options options, config::Options::parse(cql_section(), node));
    return read_cql(options);
}
std::string code_of(const std::string& yaml) {
    const auto options = read(yaml);
    return options ? "accepted" : std::string(options.error().code);
}
/// Of a whole file with this under `stores:`.
std::string code_of_file(const std::string& stores) {
    const auto node = config::parse_yaml(
        "test.yaml",
        "stores: { s: " + stores + " }\npipeline: p\nsource: stdin\nsinks: [ stdout: {} ]\n", {});
    EXPECT_TRUE(node) << node.error().to_text();
    const auto file = PipelineFile::parse(*node, {});
    return file ? "accepted" : std::string(file.error().code);
}

TEST(CqlOptions, GiveContactPointsTheUsualPort) {
    const auto options =
        read("{ contact_points: [a, 'b:1', '::1', '[::2]', '[::3]:2'], keyspace: k }");
    ASSERT_TRUE(options) << options.error().to_text();
    const std::vector<std::string> expected = {"a:9042", "b:1", "[::1]:9042", "[::2]:9042",
                                               "[::3]:2"};
    EXPECT_EQ(options->connection.contact_points, expected);
}

TEST(CqlOptions, WriteAtLocalQuorumAndReadAlikeUnlessTold) {
    const auto usual = read("{ contact_points: [a], keyspace: k }");
    ASSERT_TRUE(usual);
    EXPECT_EQ(usual->connection.consistency, cql::Consistency::LocalQuorum);
    EXPECT_FALSE(usual->read_consistency);
    EXPECT_FALSE(usual->connection.tls);
    const auto other = read(
        "{ contact_points: [a], keyspace: k, consistency: each_quorum, read_consistency: "
        "local_one, tls: {} }");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->connection.consistency, cql::Consistency::EachQuorum);
    EXPECT_EQ(other->read_consistency, cql::Consistency::LocalOne);
    EXPECT_TRUE(other->connection.tls);
}

TEST(CqlOptions, RefuseWhatMakesNoSense) {
    EXPECT_EQ(code_of("{ contact_points: [], keyspace: k }"), "stores.contact_points");
    EXPECT_EQ(code_of("{ contact_points: [a], keyspace: k, user: u }"), "stores.user_and_password");
    EXPECT_EQ(code_of("{ contact_points: [a], keyspace: k, local_rack: r }"),
              "stores.rack_without_dc");
    EXPECT_EQ(code_of("{ contact_points: [a], keyspace: k, create: if_missing }"),
              "stores.create_what");
}

TEST(CqlOptions, WantOneKindOfStore) {
    EXPECT_EQ(code_of_file("{}"), "stores.kind");
    EXPECT_EQ(code_of_file("{ embedded: { path: x, tables: {} }, cql: { contact_points: [a], "
                           "keyspace: k } }"),
              "stores.kind");
}

TEST(CqlOptions, NeedDeclaredTablesWhereNoClusterIsAsked) {
    EXPECT_EQ(code_of_file("{ cql: { contact_points: [a], keyspace: k } }"),
              "stores.tables_unknown");
    EXPECT_EQ(code_of_file("{ cql: { contact_points: [a], keyspace: k, tables: { t: { key: [id] } "
                           "} } }"),
              "accepted");
}

}  // namespace
}  // namespace messina::pipeline
