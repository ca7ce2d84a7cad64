// Programs from outside: what they give, what they read, how they fail.
#include <gtest/gtest.h>

#include "cel/testing.h"

namespace messina::cel {
namespace {

TEST(Program, EvaluatesOnSlots) {
    Bench bench;
    bench.declare("event");
    bench.set("event.price", Value::floating(12.5));
    bench.set("event.kind", Value::string("click"));
    EXPECT_EQ(bench.text("event.kind == \"click\" && event.price > 10.0"), "true");
    EXPECT_EQ(bench.text("event.price + 1.0"), "13.5");
    EXPECT_EQ(bench.text("[1, 2, 3].map(x, x * 2)"), "[2,4,6,]");
    EXPECT_EQ(bench.text("event.missing"), "absent");
    EXPECT_EQ(bench.text("event.missing == 1 || true"), "true");
    EXPECT_EQ(bench.text("1 / 0"), "error(division by zero)");
}

}  // namespace
}  // namespace messina::cel
