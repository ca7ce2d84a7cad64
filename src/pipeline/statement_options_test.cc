// What is told of `cql:` in steps and sinks without asking a cluster.
#include <gtest/gtest.h>

#include "pipeline/pipeline_file.h"

namespace messina::pipeline {
namespace {

constexpr std::string_view kCluster =
    "stores: { s: { cql: { contact_points: [a], keyspace: k, tables: { t: { key: [id] } } } } }\n";
constexpr std::string_view kEmbedded =
    "stores: { s: { embedded: { path: ':memory:', tables: { t: { key: [id] } } } } }\n";

/// Empty when the file is right.
Error error_of(std::string_view stores, const std::string& step, bool is_dry = false,
               std::string_view delivery = "at_least_once") {
    const std::string yaml = std::string(stores) + "pipeline: p\nsource: stdin\nsteps: [ " + step +
                             " ]\nsinks: [ stdout: {} ]\ndelivery: " + std::string(delivery) + "\n";
    const auto node = config::parse_yaml("test.yaml", yaml, {});
    EXPECT_TRUE(node) << node.error().to_text();
    LoadOptions options;
    options.is_dry = is_dry;
    const auto file = PipelineFile::parse(*node, options);
    return file ? Error{ErrorClass::Fatal, "accepted", {}} : file.error();
}
std::string_view code_of(const std::string& step) {
    return error_of(kCluster, step).code;
}

TEST(StatementOptions, TakeAStatementWithAValueForEachBind) {
    EXPECT_EQ(code_of("lookup: { into: u, cql: 'SELECT a FROM k.t WHERE id = :id', bind: { id: "
                      "event.id } }"),
              "accepted");
    EXPECT_EQ(code_of("upsert: { store: s, cql: 'UPDATE k.t USING TIMESTAMP :ts SET a = :a WHERE "
                      "id = :id', bind: { ts: 1, a: event.a, id: event.id } }"),
              "accepted");
}

TEST(StatementOptions, NameTheBindThatIsMissingOrUnknown) {
    const Error missing = error_of(
        kCluster,
        "lookup: { into: u, cql: 'SELECT a FROM k.t WHERE id = :id AND c = :c', bind: { id: 1 } }");
    EXPECT_EQ(missing.code, "cql.bind_missing");
    EXPECT_NE(missing.message.find("bind marker :c "), std::string::npos) << missing.message;
    EXPECT_NE(missing.message.find("test.yaml:4"), std::string::npos) << missing.message;
    const Error unknown = error_of(kCluster,
                                   "lookup: { into: u, cql: 'SELECT a FROM k.t WHERE id = :ident', "
                                   "bind: { idents: 1 } }");
    EXPECT_EQ(unknown.code, "cql.unknown_bind");
    EXPECT_NE(unknown.hint.find("did you mean 'ident'"), std::string::npos) << unknown.hint;
}

TEST(StatementOptions, WantATableOrAStatementWithItsOwnOptions) {
    EXPECT_EQ(code_of("lookup: { into: u }"), "table.or_cql");
    EXPECT_EQ(code_of("lookup: { into: u, table: t, cql: 'SELECT a FROM k.t' }"), "table.or_cql");
    EXPECT_EQ(code_of("lookup: { into: u, table: t }"), "table.or_cql");
    EXPECT_EQ(code_of("lookup: { into: u, table: t, key: { id: 1 }, bind: { id: 1 } }"),
              "table.or_cql");
    EXPECT_EQ(code_of("lookup: { into: u, cql: 'SELECT a FROM k.t', columns: [a] }"),
              "table.or_cql");
    EXPECT_EQ(code_of("upsert: { cql: 'DELETE FROM k.t WHERE id = 1', ttl: 5 }"), "table.or_cql");
}

TEST(StatementOptions, ReadWithLookupsAndWriteWithUpserts) {
    EXPECT_EQ(code_of("lookup: { into: u, cql: 'DELETE FROM k.t WHERE id = 1' }"), "cql.statement");
    EXPECT_EQ(code_of("upsert: { cql: 'SELECT a FROM k.t' }"), "cql.statement");
}

TEST(StatementOptions, RefuseWhatIsNotIdempotentUnlessToldSo) {
    const std::string counter = "cql: 'UPDATE k.t SET n = n + 1 WHERE id = 1'";
    EXPECT_EQ(code_of("upsert: { " + counter + " }"), "cql.not_idempotent");
    EXPECT_EQ(code_of("upsert: { " + counter + ", idempotent: false }"), "accepted");
    EXPECT_EQ(code_of("upsert: { " + counter + ", idempotent: false, timestamp: 1 }"),
              "cql.timestamp_twice");
}

TEST(StatementOptions, TakeOneTimestamp) {
    EXPECT_EQ(code_of("upsert: { cql: 'DELETE FROM k.t WHERE id = 1', timestamp: 1 }"), "accepted");
    EXPECT_EQ(code_of("upsert: { cql: 'DELETE FROM k.t USING TIMESTAMP 5 WHERE id = 1', "
                      "timestamp: 1 }"),
              "cql.timestamp_twice");
}

TEST(StatementOptions, RefuseAStoreThatRunsNoStatements) {
    const std::string step = "lookup: { into: u, cql: 'SELECT a FROM k.t' }";
    const Error embedded = error_of(kEmbedded, step);
    EXPECT_EQ(embedded.code, "table.no_statements");
    EXPECT_NE(embedded.message.find("embedded"), std::string::npos) << embedded.message;
    const Error test = error_of(kCluster, step, true);
    EXPECT_EQ(test.code, "table.no_statements");
    EXPECT_NE(test.message.find("in memory"), std::string::npos) << test.message;
}

}  // namespace
}  // namespace messina::pipeline
