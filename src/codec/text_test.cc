#include "codec/text.h"

#include <gtest/gtest.h>

#include "codec/text_base64.h"
#include "codec/text_time.h"

namespace messina::codec {
namespace {

void fill(Batch& batch, const std::vector<std::string_view>& texts) {
    for (const std::string_view text : texts) {
        Record record;
        record.raw = text;
        batch.records.push_back(record);
    }
    batch.make_rows(2, 0);
}

const Projection kWanted{{{{}, 0, kNoSite}, {{"message"}, 1, kNoSite}, {{"x"}, kNoSlot, kNoSite}},
                         0};

TEST(Text, IsOneFieldOfTheRecord) {
    Batch batch;
    fill(batch, {"a line", "", "\xff"});
    make_text_decoder(kWanted)->decode(batch);
    EXPECT_EQ(to_debug_text(batch.slots(0)[0]), R"({"message":"a line",})");
    EXPECT_EQ(to_debug_text(batch.slots(1)[1]), R"("")");
    ASSERT_EQ(batch.failures.size(), 1U);
    EXPECT_EQ(batch.failures[0].error.code, "text.utf8");
    EXPECT_EQ(batch.live().size(), 2U);
}

TEST(Text, GivesATombstoneAsNull) {
    Batch batch;
    fill(batch, {""});
    batch.records[0].is_tombstone = true;
    make_text_decoder(kWanted)->decode(batch);
    EXPECT_TRUE(batch.slots(0)[0].is_null());
    EXPECT_TRUE(batch.slots(0)[1].is_absent());
}

TEST(RawBytes, AreTakenAsTheyAre) {
    Batch batch;
    fill(batch, {std::string_view("\x00\xff", 2)});
    make_raw_decoder({{{{"body"}, 0, kNoSite}, {{"message"}, 1, kNoSite}}, 0}, {"body"})
        ->decode(batch);
    EXPECT_TRUE(batch.slots(0)[0].is(Kind::Bytes));
    EXPECT_EQ(batch.slots(0)[0].as_text(), std::string_view("\x00\xff", 2));
    EXPECT_TRUE(batch.slots(0)[1].is_absent());
}

TEST(Text, WritesTheFieldOrFailsTheRecord) {
    Batch batch;
    fill(batch, {"", "", "", "", ""});
    const Value values[] = {Value::string("a \"line\""), Value::bytes("\xff"), Value::null(),
                            Value(), Value::integer(5)};
    std::vector<MapEntry> entries(5);
    for (RowIndex row = 0; row < 5; ++row) {
        entries[row] = {Value::string("message"), values[row]};
        const size_t count = values[row].is_absent() ? 0 : 1;
        batch.slots(row)[0] = Value::map({&entries[row], count});
    }
    Buffer out;
    std::vector<size_t> ends;
    make_text_encoder({.can_splice = false, .root_slot = 0, .edits = {}, .terminator = "\n"})
        ->encode(batch, batch.live(), out, ends);
    EXPECT_EQ(out.view(), "a \"line\"\n\xff\n\n5\n");
    EXPECT_EQ(ends, (std::vector<size_t>{9, 11, 12, 12, 14}));
    ASSERT_EQ(batch.failures.size(), 1U);
    EXPECT_EQ(batch.failures[0].error.code, "text.missing_field");
}

std::string timestamp_text(int64_t seconds, int32_t nanos) {
    char text[kTimeTextBytesMax];
    return {text, write_timestamp(text, seconds, nanos)};
}
std::string duration_text(int64_t seconds, int32_t nanos) {
    char text[kTimeTextBytesMax];
    return {text, write_duration(text, seconds, nanos)};
}

TEST(TimeText, WritesTimestampsByRfc3339) {
    EXPECT_EQ(timestamp_text(1769860800, 0), "2026-01-31T12:00:00Z");
    EXPECT_EQ(timestamp_text(-1, 500'000'000), "1969-12-31T23:59:59.500Z");
    EXPECT_EQ(timestamp_text(951782400, 1'000), "2000-02-29T00:00:00.000001Z");
    EXPECT_EQ(timestamp_text(0, 1), "1970-01-01T00:00:00.000000001Z");
    EXPECT_EQ(timestamp_text(-62135596800, 0), "0001-01-01T00:00:00Z");
    EXPECT_EQ(timestamp_text(253402300799, 0), "9999-12-31T23:59:59Z");
    EXPECT_EQ(timestamp_text(253402300800, 0), "+10000-01-01T00:00:00Z");
}

TEST(TimeText, WritesDurationsInSeconds) {
    EXPECT_EQ(duration_text(0, 0), "0s");
    EXPECT_EQ(duration_text(1, 500'000'000), "1.5s");
    EXPECT_EQ(duration_text(0, -1), "-0.000000001s");
    EXPECT_EQ(duration_text(-90, -250'000'000), "-90.25s");
    EXPECT_EQ(duration_text(INT64_MIN, 0), "-9223372036854775808s");
}

TEST(TimeText, ReadsWhatItWritesAndItsVariants) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"},
        {"2026-01-31 12:00:00", "2026-01-31T12:00:00Z"},
        {"2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"},
        {"2026-01-31T12:00:00.25-05:30", "2026-01-31T17:30:00.250Z"},
        {"2026-01-31T00:30:00+01:00", "2026-01-30T23:30:00Z"},
        {"2026-01-31T12:00:00.1234567891", "2026-01-31T12:00:00.123456789Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    };
    for (const auto& [text, expected] : cases) {
        const std::optional<Value> value = parse_timestamp(text);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(timestamp_text(value->seconds(), value->nanos()), expected);
    }
}

TEST(TimeText, RefusesWhatIsNoTime) {
    for (const std::string_view text :
         {"", "2026", "2026-01-31", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z",
          "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Zx", "2026-01-31T12:00:00+24:00",
          "2026-01-31T12:00:00+1:00", "2026-01-31T12:00:00+01:0", "2O26-01-31T12:00:00Z",
          "2026/01/31T12:00:00Z", "2026-01-31_12:00:00Z", "2026-01-31T12:00:00+01:75"})
        EXPECT_FALSE(parse_timestamp(text)) << text;
}

TEST(Base64, IsPadded) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
    for (const auto& [bytes, text] : cases) {
        Buffer out;
        append_base64(out, bytes);
        EXPECT_EQ(out.view(), text);
    }
}

}  // namespace
}  // namespace messina::codec
