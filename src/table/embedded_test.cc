// What is particular to the embedded store; what all stores share is in testing/.
#include "table/embedded.h"

#include <gtest/gtest.h>

#include "base/failpoint.h"
#include "table/testing/table_driver.h"

namespace messina::table {
namespace {

using testing::make_schema;
using testing::TableDriver;
using Row = TableDriver::Row;

Value text(std::string_view s) {
    return Value::string(s);
}

TEST(Embedded, ReadsWhatWasWritten) {
    auto store =
        open_embedded({.path = ":memory:",
                       .tables = {make_schema("users", {.partition_key = {"id text"},
                                                        .columns = {"name text", "age int"}})}});
    ASSERT_TRUE(store) << store.error().message;
    auto table = (*store)->open_table("users");
    ASSERT_TRUE(table);
    TableDriver driver(**table);
    ASSERT_TRUE(driver.upsert({text("a")}, {{"name", text("Ann")}, {"age", Value::integer(7)}}, 1));
    const auto row = driver.read({text("a")}, {"age", "name", "id"});
    ASSERT_TRUE(row && *row);
    EXPECT_EQ(**row, (Row{"7", "\"Ann\"", "\"a\""}));
    EXPECT_EQ(*driver.read({text("b")}, {"age"}), std::nullopt);
    ASSERT_TRUE(driver.delete_row({text("a")}, 2));
    EXPECT_EQ(*driver.read({text("a")}, {"age"}), std::nullopt);
}

}  // namespace
}  // namespace messina::table
