#include "engine/dead_letter.h"

#include <gtest/gtest.h>

#include "codec/json.h"

namespace messina::engine {
namespace {

class DeadLetterTest : public ::testing::Test {
  protected:
    Record& add(std::string_view raw) {
        Record& record = batch_.records.emplace_back();
        record.raw = raw;
        record.position = {static_cast<int64_t>(batch_.records.size()) * 10, 0};
        return record;
    }
    /// The envelope of the only record, as JSON.
    std::string letter(Error error = {ErrorClass::Poison, "json.syntax", "unexpected 'x'", ""}) {
        batch_.make_rows(0, 0);
        batch_.lane = "a.jsonl";
        batch_.fail_row(0, "decode", std::move(error));
        letters_ = make_dead_letters(batch_, "enrich", "a.jsonl");
        EXPECT_EQ(letters_->row_count(), 1u);
        return codec::to_json(letters_->slots(0)[0]);
    }
    Batch batch_;
    std::unique_ptr<Batch> letters_;
};

TEST_F(DeadLetterTest, TellsCausePlaceAndOriginalText) {
    add("{\"a\":x}");
    EXPECT_EQ(
        letter(),
        R"({"error":{"code":"json.syntax","class":"poison","message":"unexpected 'x'","step":"decode"},)"
        R"("source":{"pipeline":"enrich","lane":"a.jsonl","position":"10"},"value":"{\"a\":x}"})");
}

TEST_F(DeadLetterTest, CarriesHintKeyAndTime) {
    Record& record = add("x");
    record.key = "k1";
    record.has_key = true;
    record.timestamp_us = 1'500'000;
    const std::string text =
        letter({ErrorClass::Poison, "cel.overflow", "too large", "use a double"});
    EXPECT_NE(text.find(R"("hint":"use a double")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("key":"k1")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("timestamp":"1970-01-01T00:00:01.500Z")"), std::string::npos) << text;
}

TEST_F(DeadLetterTest, TellsTimesBefore1970) {
    add("x").timestamp_us = -1;
    letter();
    const Value timestamp = letters_->slots(0)[0].field("timestamp");
    EXPECT_EQ(timestamp.seconds(), -1);
    EXPECT_EQ(timestamp.nanos(), 999'999'000) << "nanoseconds count forward from the second";
}

TEST_F(DeadLetterTest, KeepsBytesThatAreNoText) {
    add("\xff\x00z");
    EXPECT_NE(letter().find(R"("value_base64":)"), std::string::npos);
    const Value value = letters_->slots(0)[0].field("value_base64");
    ASSERT_TRUE(value.is(Kind::Bytes));
    EXPECT_EQ(value.as_text(), batch_.records[0].raw);
}

TEST_F(DeadLetterTest, TellsATombstone) {
    add("").is_tombstone = true;
    EXPECT_NE(letter().find(R"("value":null)"), std::string::npos);
}

TEST_F(DeadLetterTest, MakesOneForEachFailureInTheirOrder) {
    add("first");
    add("second");
    add("third");
    batch_.make_rows(0, 0);
    batch_.fail_row(2, "a#1", Error{ErrorClass::Poison, "x", "", ""});
    batch_.fail_row(0, "b#2", Error{ErrorClass::Poison, "x", "", ""});
    letters_ = make_dead_letters(batch_, "p", "lane");
    ASSERT_EQ(letters_->row_count(), 2u);
    EXPECT_EQ(letters_->record_of(0).raw, "third");
    EXPECT_EQ(letters_->record_of(1).raw, "first");
    EXPECT_EQ(letters_->slots(1)[0].field("error").field("step").as_text(), "b#2");
}

}  // namespace
}  // namespace messina::engine
