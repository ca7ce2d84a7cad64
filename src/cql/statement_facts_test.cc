#include "cql/statement_facts.h"

#include <gtest/gtest.h>

namespace messina::cql {
namespace {

using Names = std::vector<std::string>;

StatementFacts facts_of(std::string_view text) {
    auto facts = read_statement(text);
    EXPECT_TRUE(facts) << text << ": " << facts.error().to_text();
    return facts.value_or(StatementFacts{});
}
std::string refusal_of(std::string_view text) {
    const auto facts = read_statement(text);
    return facts ? "accepted" : facts.error().message;
}
bool may_be_repeated(std::string_view text) {
    return facts_of(text).repeat_hazard.empty();
}

TEST(StatementFacts, NameTheBindsAsTheServerDoes) {
    EXPECT_EQ(facts_of("SELECT a FROM t WHERE k = :Id AND c > :\"Low\" LIMIT :n").binds,
              (Names{"id", "Low", "n"}));
    EXPECT_EQ(facts_of("UPDATE t SET a = :v, b = :v WHERE k = :k").binds, (Names{"v", "v", "k"}));
    EXPECT_EQ(facts_of("SELECT a FROM t").binds, Names{});
}

TEST(StatementFacts, TakeNoBindOutOfTextsNamesAndComments) {
    EXPECT_EQ(
        facts_of("SELECT \"a:b\" FROM t -- :no\nWHERE k = ':x''s :y' /* :z */ AND c = :k").binds,
        (Names{"k"}));
    EXPECT_EQ(facts_of("INSERT INTO t (k, m) VALUES ($$:no$$, {'a': now(), :k: :v})").binds,
              (Names{"k", "v"}));
}

TEST(StatementFacts, NameTheTable) {
    EXPECT_EQ(facts_of("select a from ks.users where k = :k").table, "ks.users");
    EXPECT_EQ(facts_of("INSERT INTO \"Ks\".t (k) VALUES (:k)").table, "Ks.t");
    EXPECT_EQ(facts_of("UPDATE t USING TTL 1 SET a = 1 WHERE k = 1").table, "t");
}

TEST(StatementFacts, TellWhetherTheTextHasAWriteTimestamp) {
    EXPECT_TRUE(facts_of("UPDATE t USING TIMESTAMP :ts SET a = 1 WHERE k = 1").has_timestamp);
    EXPECT_TRUE(facts_of("DELETE FROM t USING TIMESTAMP 5 WHERE k = 1").has_timestamp);
    EXPECT_TRUE(
        facts_of("INSERT INTO t (k) VALUES (1) USING TTL :ttl AND TIMESTAMP :ts").has_timestamp);
    EXPECT_FALSE(facts_of("INSERT INTO t (k) VALUES (1) USING TTL :ttl").has_timestamp);
    EXPECT_FALSE(
        facts_of("UPDATE t USING TTL 5 SET a = 1 WHERE k = 1 AND timestamp = :ts").has_timestamp);
}

TEST(StatementFacts, TellWhatMayBeSentTwice) {
    EXPECT_TRUE(may_be_repeated("UPDATE t SET a = :a, b = -5 WHERE k = :k"));
    EXPECT_TRUE(may_be_repeated(
        "UPDATE t SET u = 123e4567-e89b-12d3-a456-426614174000, m[:x] = :y WHERE k = :k"));
    EXPECT_TRUE(may_be_repeated("INSERT INTO t (k, v) VALUES (:k, 'a + b if now()')"));
    EXPECT_TRUE(may_be_repeated("DELETE a FROM t WHERE k = :k"));
    EXPECT_TRUE(may_be_repeated("SELECT now() FROM t WHERE k = :k"));
}

TEST(StatementFacts, TellWhatMayNotBeSentTwice) {
    EXPECT_FALSE(may_be_repeated("UPDATE t SET n = n + 1 WHERE k = :k"));
    EXPECT_FALSE(may_be_repeated("UPDATE t SET n += :by WHERE k = :k"));
    EXPECT_FALSE(may_be_repeated("UPDATE t SET l = [:x] + l WHERE k = :k"));
    EXPECT_FALSE(may_be_repeated("UPDATE t SET n = n - 1 WHERE k = :k"));
    EXPECT_FALSE(may_be_repeated("INSERT INTO t (k) VALUES (:k) IF NOT EXISTS"));
    EXPECT_FALSE(may_be_repeated("UPDATE t SET a = now() WHERE k = :k"));
    EXPECT_FALSE(may_be_repeated("DELETE l[0] FROM t WHERE k = :k"));
}

TEST(StatementFacts, RefuseWhatIsNoStatementForARecord) {
    EXPECT_NE(refusal_of("").find("is empty"), std::string::npos);
    EXPECT_NE(refusal_of("DROP TABLE t").find("begins with 'drop'"), std::string::npos);
    EXPECT_NE(refusal_of("BEGIN BATCH UPDATE t SET a = 1 WHERE k = 1").find("'begin'"),
              std::string::npos);
    EXPECT_NE(refusal_of("SELECT a FROM t; SELECT b FROM t").find("more than one"),
              std::string::npos);
    EXPECT_NE(refusal_of("SELECT a FROM t WHERE k = ?").find("has no name"), std::string::npos);
    EXPECT_NE(refusal_of("SELECT a FROM t WHERE k = :5").find("no name after it"),
              std::string::npos);
    EXPECT_NE(refusal_of("SELECT a FROM t WHERE k = 'x").find("not closed"), std::string::npos);
    EXPECT_EQ(refusal_of("SELECT a FROM t WHERE k = :k;"), "accepted");
}

}  // namespace
}  // namespace messina::cql
