#include <gtest/gtest.h>

#include "codec/csv.h"
#include "codec/csv_record_end.h"
#include "codec/json.h"

namespace messina::codec {
namespace {

class CsvEncoding : public ::testing::Test {
  protected:
    /// Encodes records given as JSON.
    std::string encode(const std::vector<std::string_view>& records, CsvOutputOptions options = {},
                       std::string_view terminator = "\n") {
        batch_.reset();
        batch_.records.resize(records.size());
        batch_.make_rows(1, 0);
        for (RowIndex row = 0; row < records.size(); ++row)
            batch_.slots(row)[0] = parse_json(records[row], batch_.arena).value();
        const auto encoder = make_csv_encoder(
            {.can_splice = false, .root_slot = 0, .edits = {}, .terminator = terminator},
            std::move(options));
        Buffer out;
        ends_.clear();
        encoder->encode(batch_, batch_.live(), out, ends_);
        return std::string(out.view());
    }

    Batch batch_;
    std::vector<size_t> ends_;
};

TEST_F(CsvEncoding, TakesTheColumnsOfTheFirstRecord) {
    EXPECT_EQ(encode({R"({"a":1,"b":"x"})", R"({"b":"y","a":2.5})", R"({"a":true})"}),
              "a,b\n1,x\n2.5,y\ntrue,\n");
    EXPECT_EQ(ends_, (std::vector<size_t>{8, 14, 20}));
}

TEST_F(CsvEncoding, WritesConfiguredColumnsInTheirOrder) {
    EXPECT_EQ(encode({R"({"a":1,"b":2,"c":3})"}, {.columns = {"c", "a", "d"}}), "c,a,d\n3,1,\n");
    EXPECT_EQ(encode({R"({"a":1})"}, {.columns = {"a"}, .has_header = false}, ""), "1");
    EXPECT_EQ(encode({R"({"a":1})"}, {.columns = {"a"}}, ""), "a\n1");
}

TEST_F(CsvEncoding, QuotesWhatWouldBeMisread) {
    EXPECT_EQ(encode({R"({"a":"x,y","b":"q\"q","c":"l\nm","d":" s","e":"","f":null,"g":"p;p"})"},
                     {.has_header = false}),
              "\"x,y\",\"q\"\"q\",\"l\nm\",\" s\",\"\",,p;p\n");
    EXPECT_EQ(encode({R"({"a":"NA","b":null})"}, {.has_header = false, .null_text = "NA"}),
              "\"NA\",NA\n");
    EXPECT_EQ(encode({R"({"a,b":1})"}), "\"a,b\"\n1\n");
    EXPECT_EQ(encode({R"({"a":"x\ty","b":1})"}, {.delimiter = '\t', .has_header = false}),
              "\"x\ty\"\t1\n");
}

TEST_F(CsvEncoding, WritesNestedValuesAsJson) {
    EXPECT_EQ(encode({R"({"a":[1,"x"],"b":{"c":null}})"}, {.has_header = false}),
              "\"[1,\"\"x\"\"]\",\"{\"\"c\"\":null}\"\n");
}

TEST_F(CsvEncoding, WritesTimesAndBytesWithoutQuotes) {
    Batch batch;
    batch.records.resize(1);
    batch.make_rows(1, 0);
    const MapEntry entries[] = {{Value::string("t"), Value::timestamp(0, 0)},
                                {Value::string("d"), Value::duration(2, 0)},
                                {Value::string("b"), Value::bytes("abc")}};
    batch.slots(0)[0] = Value::map(entries);
    Buffer out;
    std::vector<size_t> ends;
    make_csv_encoder({.can_splice = false, .root_slot = 0, .edits = {}, .terminator = "\n"})
        ->encode(batch, batch.live(), out, ends);
    EXPECT_EQ(out.view(), "t,d,b\n1970-01-01T00:00:00Z,2s,YWJj\n");
}

TEST_F(CsvEncoding, FailsRecordsThatHaveNoPlaceInTheTable) {
    EXPECT_EQ(encode({"[1]", "{}", R"({"a":1})", R"({"b":2})", R"({"a":3})"}), "a\n1\n3\n");
    ASSERT_EQ(batch_.failures.size(), 3U);
    EXPECT_EQ(batch_.failures[0].error.code, "csv.not_a_map");
    EXPECT_EQ(batch_.failures[1].error.code, "csv.no_columns");
    EXPECT_EQ(batch_.failures[2].error.code, "csv.unknown_column");
    EXPECT_EQ(ends_, (std::vector<size_t>{0, 0, 4, 4, 6}));
}

TEST_F(CsvEncoding, IsReadBackAsItWas) {
    const std::string text =
        encode({R"({"a":"x,\"y\"\n","b":"","c":null})", R"({"a":" ","b":"'","c":"ü"})"});
    size_t begin = CsvRecordEnd().find(text);
    const auto decoder = make_csv_decoder({{{{}, 0, kNoSite}}, 0});
    ASSERT_TRUE(decoder->set_header(*parse_csv_header(text.substr(0, begin), {})));
    Batch read;
    while (begin < text.size()) {
        const size_t size = CsvRecordEnd().find(std::string_view(text).substr(begin));
        Record record;
        record.raw = std::string_view(text).substr(begin, size);
        read.records.push_back(record);
        begin += size;
    }
    read.make_rows(1, 0);
    decoder->decode(read);
    ASSERT_EQ(read.row_count(), 2U);
    for (RowIndex row = 0; row < 2; ++row)
        EXPECT_TRUE(is_identical(read.slots(row)[0], batch_.slots(row)[0]))
            << to_debug_text(read.slots(row)[0]);
}

}  // namespace
}  // namespace messina::codec
