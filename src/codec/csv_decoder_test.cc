#include <gtest/gtest.h>

#include "codec/csv.h"

namespace messina::codec {
namespace {

class CsvDecoding : public ::testing::Test {
  protected:
    void decode(std::vector<std::string_view> rows, std::vector<std::string> columns,
                CsvOptions options = {}) {
        auto decoder = make_csv_decoder(projection, options);
        const Result<void> header = decoder->set_header(columns);
        ASSERT_TRUE(header) << header.error().to_text();
        for (size_t i = 0; i < rows.size(); ++i) {
            Record record;
            record.raw = rows[i];
            record.position = {static_cast<int64_t>(i), 0};
            batch.records.push_back(record);
        }
        batch.make_rows(3, 0);
        decoder->decode(batch);
    }

    Projection projection{{{{}, 0, kNoSite}, {{"name"}, 1, kNoSite}, {{"age"}, 2, kNoSite}}, 0};
    Batch batch;
};

TEST_F(CsvDecoding, FillsWantedColumnsAndTheWholeRow) {
    CsvOptions options;
    options.types = {{"age", CsvType::Int}};
    decode({"1,Ann,42\r\n", "2,\"Smith, \"\"Bob\"\"\",\n", "3,Eve"}, {"id", "name", "age"}, options);
    ASSERT_EQ(batch.failures.size(), 1U);
    EXPECT_EQ(batch.failures[0].error.code, "csv.column_count");
    EXPECT_EQ(batch.failures[0].error.message, "row at 2: 2 fields, but the header has 3");
    EXPECT_EQ(batch.slots(0)[2].as_int(), 42);
    EXPECT_EQ(batch.slots(1)[1].as_text(), "Smith, \"Bob\"");
    EXPECT_TRUE(batch.slots(1)[2].is_null());
    EXPECT_EQ(to_debug_text(batch.slots(0)[0]), R"({"id":"1","name":"Ann","age":42,})");
}

}  // namespace
}  // namespace messina::codec
