// What every Store must do, whoever keeps its rows: CQL's rules for timestamps, TTLs, deletions and
// order. A store's test file includes conformance.h and instantiates the suite with a harness:
//
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreConformance, ::testing::Values([] { return …; }));
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/testing/table_driver.h"

namespace messina::table::testing {

/// Makes empty stores and lets their time pass.
class StoreHarness {
  public:
    virtual ~StoreHarness() = default;
    /// A store in which these tables are empty.
    virtual Result<std::unique_ptr<Store>> open(std::vector<TableSchema> tables) = 0;
    /// Lets TTLs run. A store of real time waits for its server's clock.
    virtual void advance(std::chrono::seconds by) = 0;
    /// Lets an asynchronous store work until the condition holds.
    virtual void run_until(const std::function<bool()>& /*is_done*/) {}
};
using MakeHarness = std::function<std::unique_ptr<StoreHarness>()>;

class StoreConformance : public ::testing::TestWithParam<MakeHarness> {
  protected:
    using Row = TableDriver::Row;
    using Rows = std::vector<Row>;
    using Values = TableDriver::Values;

    void SetUp() override { harness_ = GetParam()(); }
    void TearDown() override {
        driver_.reset();
        table_.reset();
        store_.reset();
    }

    /// Opens a store of one table.
    TableDriver& open(const TableSchema& schema) {
        auto store = harness_->open({schema});
        EXPECT_TRUE(store) << store.error().to_text();
        store_ = std::move(*store);
        auto table = store_->open_table(schema.name);
        EXPECT_TRUE(table) << table.error().to_text();
        table_ = std::move(*table);
        driver_ = std::make_unique<TableDriver>(
            *table_,
            [this](const std::function<bool()>& is_done) { harness_->run_until(is_done); });
        return *driver_;
    }
    /// id text → a int, b text
    TableDriver& open_simple(std::chrono::seconds default_ttl = std::chrono::seconds(0)) {
        TableSchema schema =
            make_schema("simple", {.partition_key = {"id text"}, .columns = {"a int", "b text"}});
        schema.default_ttl = default_ttl;
        return open(schema);
    }
    /// p text, c int → s static text, v int
    TableDriver& open_wide() {
        return open(make_schema("wide", {.partition_key = {"p text"},
                                         .clustering_key = {"c int"},
                                         .statics = {"s text"},
                                         .columns = {"v int"}}));
    }

    static Value text(std::string_view s) { return Value::string(s); }
    static Value number(int64_t i) { return Value::integer(i); }
    static Value null() { return Value::null(); }

    static void good(const Result<void>& result) {
        EXPECT_TRUE(result) << result.error().to_text();
    }
    /// The code of a refusal of class Poison.
    static std::string refusal(const Result<void>& result) {
        if (result) return "accepted";
        EXPECT_EQ(result.error().error_class, ErrorClass::Poison);
        return std::string(result.error().code);
    }
    /// The row's cells in brackets, or "none".
    static std::string show(const Result<std::optional<Row>>& row) {
        if (!row) return std::string(row.error().code);
        if (!*row) return "none";
        std::string all;
        for (const std::string& cell : **row) all += (all.empty() ? "" : " ") + cell;
        return "[" + all + "]";
    }
    static std::string show(const Result<Rows>& rows) {
        if (!rows) return std::string(rows.error().code);
        std::string all;
        for (const Row& row : *rows) all += show(Result<std::optional<Row>>(row));
        return all;
    }

    std::unique_ptr<StoreHarness> harness_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Table> table_;
    std::unique_ptr<TableDriver> driver_;
};

}  // namespace messina::table::testing
