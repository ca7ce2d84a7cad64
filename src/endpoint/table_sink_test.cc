// The table sink: the conformance suite, whether its table answers at once or late, and what
// becomes of rows that cannot be written.
#include <gtest/gtest.h>

#include "endpoint/testing/endpoint_bench.h"
#include "engine/testing/conformance.h"
#include "table/embedded.h"
#include "table/testing/late_table.h"

namespace messina::endpoint {
namespace {

using engine::testing::CountingDelivery;
using engine::testing::ManualWorker;
using std::chrono::milliseconds;
using testing::SinkBench;

const std::string kYaml =
    "{ table: numbers, key: { id: event.n }, set: { name: string(event.n) } }";

table::TableSchema numbers_table() {
    table::TableSchema schema;
    schema.name = "numbers";
    schema.columns.push_back({.name = "id",
                              .type = *cql::parse_type("bigint"),
                              .role = table::ColumnRole::PartitionKey});
    schema.columns.push_back({.name = "name", .type = *cql::parse_type("text")});
    return schema;
}

std::unique_ptr<table::Store> make_store() {
    table::EmbeddedOptions options;
    options.path = ":memory:";
    options.tables = {numbers_table()};
    return std::move(*table::open_embedded(options));
}

std::shared_ptr<SinkBench> make_bench(std::unique_ptr<table::Store> store) {
    return std::make_shared<SinkBench>(kTableSink, kYaml, std::vector{numbers_table()},
                                       std::move(store));
}

TEST(TableSink, Conforms) {
    const auto bench = make_bench(make_store());
    engine::testing::check_sink(
        {[bench](ManualWorker& worker) { return std::move(*bench->make(worker)); },
         [bench](size_t first, size_t count) { return bench->decode(first, count); }});
}

TEST(TableSink, ConformsWhenItsTableAnswersLate) {
    table::testing::Lateness lateness;
    const auto bench =
        make_bench(std::make_unique<table::testing::LateStore>(make_store(), lateness));
    std::function<void()> answer;
    engine::testing::check_sink(
        {[&](ManualWorker& worker) {
             answer = [&] {
                 lateness.answer_one();
                 worker.schedule(milliseconds(1), answer);
             };
             worker.schedule(milliseconds(1), answer);
             return std::move(*bench->make(worker));
         },
         [&](size_t first, size_t count) { return bench->decode(first, count); }});
    EXPECT_TRUE(lateness.waiting.empty());
}

TEST(TableSink, RefusesRowsWithoutAKeyAndIsUnsureOfThoseTheTableDidNotAnswer) {
    table::testing::Lateness lateness;
    lateness.failures = 1;
    const auto bench =
        make_bench(std::make_unique<table::testing::LateStore>(make_store(), lateness));
    auto sink = bench->open();
    auto batch = bench->decode(0, 3);
    for (size_t slot = 0; slot < batch->slot_count(); ++slot) batch->slots(1)[slot] = Value();
    CountingDelivery delivery;
    sink->write(*batch, batch->live(), delivery);
    EXPECT_EQ(delivery.failed_rows, std::vector<RowIndex>{1}) << delivery.last_error.to_text();
    EXPECT_EQ(delivery.last_outcome, engine::Outcome::Refused);
    EXPECT_EQ(delivery.last_error.error_class, ErrorClass::Poison);
    while (lateness.answer_one()) {
    }
    EXPECT_EQ(delivery.failed_rows, (std::vector<RowIndex>{1, 0, 2}));
    EXPECT_EQ(delivery.last_outcome, engine::Outcome::Unknown);
    EXPECT_EQ(delivery.done_rows, 0u);
}

}  // namespace
}  // namespace messina::endpoint
