#include <gtest/gtest.h>

#include "codec/csv.h"
#include "codec/csv_record_end.h"

namespace messina::codec {
namespace {

class CsvDecoding : public ::testing::Test {
  protected:
    void decode(const std::vector<std::string_view>& rows, const std::vector<std::string>& columns,
                const CsvOptions& options = {}) {
        const auto decoder = make_csv_decoder(projection_, options);
        const Result<void> header = decoder->set_header(columns);
        ASSERT_TRUE(header) << header.error().to_text();
        start(rows);
        decoder->decode(batch_);
    }
    void start(const std::vector<std::string_view>& rows) {
        batch_.reset();
        for (size_t i = 0; i < rows.size(); ++i) {
            Record record;
            record.raw = rows[i];
            record.position = {static_cast<int64_t>(i * 100), 0};
            batch_.records.push_back(record);
        }
        batch_.make_rows(4, 0);
    }
    std::string slot(RowIndex row, SlotIndex index) {
        return to_debug_text(batch_.slots(row)[index]);
    }
    std::string root(RowIndex row) { return slot(row, 0); }

    Projection projection_{{{{}, 0, kNoSite},
                            {{"name"}, 1, kNoSite},
                            {{"age"}, 2, kNoSite},
                            {{"age", "x"}, 3, kNoSite}},
                           0};
    Batch batch_;
};

TEST_F(CsvDecoding, FillsWantedColumnsAndTheWholeRowInOrder) {
    CsvOptions options;
    options.types = {{"age", CsvType::Int}};
    decode({"1,Ann,42\r\n", "2,Bob,\n", "3,Eve,7"}, {"id", "name", "age"}, options);
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(root(0), R"({"id":"1","name":"Ann","age":42,})");
    EXPECT_EQ(slot(1, 1), "\"Bob\"");
    EXPECT_EQ(slot(1, 2), "null");
    EXPECT_EQ(slot(2, 2), "7");
    EXPECT_EQ(slot(2, 3), "absent");
}

TEST_F(CsvDecoding, TakesQuotedFieldsAsTheyAreMeant) {
    decode({R"("a,b","say ""hi""","line)"
            "\n"
            R"(break")",
            R"(,"","x""")", R"(5" disk,a"b,"")"},
           {"id", "name", "age"});
    ASSERT_TRUE(batch_.failures.empty()) << batch_.failures[0].error.message;
    EXPECT_EQ(root(0), "{\"id\":\"a,b\",\"name\":\"say \"hi\"\",\"age\":\"line\nbreak\",}");
    EXPECT_EQ(root(1), R"({"id":null,"name":"","age":"x"",})");
    EXPECT_EQ(root(2), R"({"id":"5" disk","name":"a"b","age":"",})");
}

TEST_F(CsvDecoding, ReadsEveryDeclaredType) {
    CsvOptions options;
    options.null_texts = {"NA", ""};
    options.types = {{"i", CsvType::Int},
                     {"d", CsvType::Double},
                     {"b", CsvType::Bool},
                     {"t", CsvType::Timestamp}};
    decode({"-5,1.5e3,true,2026-01-31T12:00:00.5+01:00,x",
            "18446744073709551615,-0.25,FALSE,2026-01-31 12:00:00,NA", "NA,,1,NA,\"NA\"",
            "0,7,0,1969-12-31T23:59:59Z,"},
           {"i", "d", "b", "t", "s"}, options);
    ASSERT_TRUE(batch_.failures.empty()) << batch_.failures[0].error.message;
    EXPECT_EQ(root(0),
              R"({"i":-5,"d":1500,"b":true,"t":timestamp(1769857200.500000000s),"s":"x",})");
    EXPECT_EQ(
        root(1),
        R"({"i":18446744073709551615u,"d":-0.25,"b":false,"t":timestamp(1769860800.000000000s),"s":null,})");
    EXPECT_EQ(root(2), R"({"i":null,"d":null,"b":true,"t":null,"s":"NA",})");
    EXPECT_EQ(root(3), R"({"i":0,"d":7,"b":false,"t":timestamp(-1.000000000s),"s":null,})");
}

TEST_F(CsvDecoding, RefusesATextThatIsNotOfItsColumnsType) {
    const std::pair<CsvType, std::vector<std::string_view>> cases[] = {
        {CsvType::Int, {"1.5", "abc", "18446744073709551616", "1 ", "+1"}},
        {CsvType::Double, {"1,5", "nan", "inf", "1e999", "0x10"}},
        {CsvType::Bool, {"yes", "2", "tru"}},
        {CsvType::Timestamp, {"2026-02-30T00:00:00Z", "2026-01-01", "now"}},
    };
    for (const auto& [type, texts] : cases) {
        CsvOptions options;
        options.delimiter = ';';
        options.types = {{"age", type}};
        decode(texts, {"age"}, options);
        ASSERT_EQ(batch_.failures.size(), texts.size()) << static_cast<int>(type);
        EXPECT_TRUE(batch_.live().empty());
        for (const RowFailure& failure : batch_.failures)
            EXPECT_EQ(failure.error.code, "csv.type") << failure.error.message;
    }
    EXPECT_EQ(batch_.failures[1].error.message,
              "row at 100: column 'age': '2026-01-01' is no timestamp");
    EXPECT_EQ(slot(0, 2), "absent");
}

TEST_F(CsvDecoding, RefusesRaggedRowsAndNamesThem) {
    decode({"1,2,3", "1,2", "1,2,3,4", ""}, {"id", "name", "age"});
    ASSERT_EQ(batch_.failures.size(), 3U);
    EXPECT_EQ(batch_.failures[0].error.code, "csv.column_count");
    EXPECT_EQ(batch_.failures[0].error.message, "row at 100: 2 fields, but the header has 3");
    EXPECT_EQ(batch_.failures[1].error.message, "row at 200: 4 fields, but the header has 3");
    EXPECT_EQ(batch_.live(), std::vector<RowIndex>{0});
    EXPECT_EQ(root(1) + slot(1, 1), "absentabsent");
}

TEST_F(CsvDecoding, RefusesBrokenQuotesAndBytesThatAreNoText) {
    decode({"\"a,b", "\"a\"b,c", "\xff,1"}, {"id", "name"});
    ASSERT_EQ(batch_.failures.size(), 3U);
    EXPECT_EQ(batch_.failures[0].error.code, "csv.quote");
    EXPECT_EQ(batch_.failures[1].error.code, "csv.quote");
    EXPECT_EQ(batch_.failures[2].error.code, "csv.utf8");
}

TEST_F(CsvDecoding, ReadsTabsAndTrims) {
    CsvOptions options;
    options.delimiter = '\t';
    options.quote = '\0';
    decode({"a\t\"b\"\t c "}, {"id", "name", "age"}, options);
    EXPECT_EQ(root(0), R"({"id":"a","name":""b"","age":" c ",})");
    options.trims = true;
    options.quote = '\'';
    decode({"  a\t ' b ' \t \tlast "}, {"id", "name", "age", "z"}, options);
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(root(0), R"({"id":"a","name":" b ","age":null,"z":"last",})");
}

TEST_F(CsvDecoding, GivesATombstoneAsNull) {
    const auto decoder = make_csv_decoder(projection_);
    ASSERT_TRUE(decoder->set_header({"name"}));
    start({""});
    batch_.records[0].is_tombstone = true;
    decoder->decode(batch_);
    EXPECT_TRUE(batch_.failures.empty());
    EXPECT_EQ(root(0), "null");
}

TEST_F(CsvDecoding, RefusesRecordsBeforeAHeader) {
    const auto decoder = make_csv_decoder(projection_);
    start({"1,2"});
    decoder->decode(batch_);
    ASSERT_EQ(batch_.failures.size(), 1U);
    EXPECT_EQ(batch_.failures[0].error.code, "csv.no_header");
}

TEST_F(CsvDecoding, KeepsTheNamesOfABatchWhenTheNextFileHasOthers) {
    const auto decoder = make_csv_decoder(projection_);
    ASSERT_TRUE(decoder->set_header({"a name that is too long for a small string"}));
    start({"1"});
    decoder->decode(batch_);
    ASSERT_TRUE(decoder->set_header({"another"}));
    EXPECT_EQ(root(0), R"({"a name that is too long for a small string":"1",})");
}

TEST(CsvHeader, NamesTheColumns) {
    const Result<std::vector<std::string>> columns =
        parse_csv_header("\xef\xbb\xbfid,\"full \"\"name\"\"\",\n", {});
    ASSERT_TRUE(columns);
    EXPECT_EQ(*columns, (std::vector<std::string>{"id", "full \"name\"", ""}));
    EXPECT_EQ(parse_csv_header("id,\"name", {}).error().code, "csv.quote");
}

TEST(CsvHeader, MustFitTheDeclaredTypes) {
    CsvOptions options;
    options.types = {{"age", CsvType::Int}};
    const auto decoder = make_csv_decoder({}, options);
    const Result<void> missing = decoder->set_header({"id", "name"});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "typed column 'age' is not in the header");
    EXPECT_EQ(missing.error().hint, "the header has: id, name");
    EXPECT_EQ(decoder->set_header({"age", "id", "id"}).error().message,
              "column 'id' is in the header twice");
}

TEST(CsvTypes, ComeFromTheOptionsOnly) {
    CsvOptions options;
    options.types = {{"b", CsvType::Int},
                     {"c", CsvType::Double},
                     {"d", CsvType::Bool},
                     {"e", CsvType::Timestamp}};
    EXPECT_EQ(csv_type(options, {"a", "b", "c", "d", "e"})->to_text(),
              "{a: string?, b: int?, c: double?, d: bool?, e: timestamp?}");
    options.null_texts.clear();
    EXPECT_EQ(csv_type(options, {"a", "b"})->to_text(), "{a: string, b: int}");
}

TEST(CsvRecordEnd, IsTheLineEndThatIsNotInQuotes) {
    constexpr size_t none = std::string_view::npos;
    const std::pair<std::string_view, size_t> cases[] = {
        {"", none},
        {"a,b", none},
        {"a,b\n", 4},
        {"\nx", 1},
        {"a,b\r\nc", 5},
        {"\"a\nb\",c\nd", 8},
        {"a,\"b\nc\"\n", 8},
        {"\"a\"\"\n\"\"\",b\n", 11},
        {"a,\"b\n", none},
        {"a,\"b\"", none},
        {"a,\"b\"\"\n", none},
        {"5\" disk,b\nc\n", 10},
        {"a,5\" disk\n\"c\n", 10},
        {"\"a\" x\n", 6},
        {"\"a\",\"b\",\"c\nd\"\n", 14},
        {"\"\",\n", 4},
    };
    for (const auto& [text, end] : cases) {
        EXPECT_EQ(CsvRecordEnd().find(text), end) << text;
        for (size_t cut = 0; cut <= std::min(end, text.size()); ++cut) {
            CsvRecordEnd in_pieces;
            const std::string_view all = text;
            if (cut == end) continue;
            EXPECT_EQ(in_pieces.find(all.substr(0, cut)), std::string_view::npos) << text;
            const size_t rest = in_pieces.find(all.substr(cut));
            EXPECT_EQ(rest == std::string_view::npos ? rest : cut + rest, end) << text;
        }
    }
    CsvOptions options;
    options.quote = '\0';
    EXPECT_EQ(CsvRecordEnd(options).find("\"a\nb\"\n"), 3U);
    options.quote = '"';
    options.trims = true;
    EXPECT_EQ(CsvRecordEnd(options).find("x,  \"a\nb\"\n"), 10U);
}

}  // namespace
}  // namespace messina::codec
