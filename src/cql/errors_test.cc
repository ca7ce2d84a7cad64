#include "cql/errors.h"

#include <gtest/gtest.h>

namespace messina::cql {
namespace {

std::string show(const Error& error) {
    return std::string(to_string(error.error_class)) + " " + std::string(error.code);
}
std::string show(uint32_t code, Use use, std::string message = "") {
    return show(to_error({Outcome::Database, code, std::move(message)}, use));
}

TEST(CqlErrors, NeverTakesAnUnknownWriteForASuccess) {
    EXPECT_EQ(show(0x1100, Use::Execute), "transient cql.write_timeout");
    EXPECT_EQ(show(0x1500, Use::Execute), "transient cql.write_failure");
    EXPECT_EQ(show(0x1600, Use::Execute), "transient cql.cdc_write_failure");
    EXPECT_EQ(show(0x0000, Use::Execute), "transient cql.server_error");
    EXPECT_EQ(show(to_error({Outcome::ConnectionLost, 0, ""}, Use::Execute)),
              "transient cql.connection_lost");
    EXPECT_EQ(show(to_error({Outcome::TimedOut, 0, ""}, Use::Execute)), "transient cql.timed_out");
}

TEST(CqlErrors, TriesAgainWhatTheClusterCannotDoNow) {
    EXPECT_EQ(show(0x1000, Use::Execute), "transient cql.unavailable");
    EXPECT_EQ(show(0x1001, Use::Execute), "throttled cql.overloaded");
    EXPECT_EQ(show(0x1002, Use::Execute), "transient cql.bootstrapping");
    EXPECT_EQ(show(0x1200, Use::Execute), "transient cql.read_timeout");
    EXPECT_EQ(show(0xf000, Use::Execute), "throttled cql.rate_limit");
    EXPECT_EQ(show(to_error({Outcome::NotSent, 0, ""}, Use::Execute)),
              "transient cql.no_connection");
}

TEST(CqlErrors, CallsForAPersonWhereNoRecordCanSucceed) {
    EXPECT_EQ(show(0x2000, Use::Prepare), "misconfigured cql.syntax");
    EXPECT_EQ(show(0x2100, Use::Execute), "misconfigured cql.unauthorized");
    EXPECT_EQ(show(0x2200, Use::Prepare), "misconfigured cql.invalid");
    EXPECT_EQ(show(0x2200, Use::Execute, "unconfigured table t"), "misconfigured cql.invalid");
    EXPECT_EQ(show(to_error({Outcome::Tls, 0, ""}, Use::Open)), "misconfigured cql.tls");
}

TEST(CqlErrors, GivesUpOneRecordWhenTheServerRefusesItsValues) {
    EXPECT_EQ(show(0x2200, Use::Execute, "Expected 4 byte long for a (5)"), "poison cql.invalid");
}

TEST(CqlErrors, StopsAtCodesThatItDoesNotKnow) {
    EXPECT_EQ(show(0x7777, Use::Execute), "fatal cql.unknown_error");
}

}  // namespace
}  // namespace messina::cql
