#include "codec/key.h"

#include <limits>

#include <gtest/gtest.h>

namespace messina::codec {
namespace {

using namespace std::string_view_literals;

/// The whole key in slot 0, its field `id` in slot 1.
const Projection kWanted{{{{}, 0, kNoSite}, {{"id"}, 1, kNoSite}}, 0};

void decode(Batch& batch, const std::vector<std::string_view>& keys, KeyForm form) {
    for (const std::string_view key : keys) {
        Record record;
        record.key = key;
        record.has_key = true;
        batch.records.push_back(record);
    }
    batch.make_rows(2, 0);
    make_key_decoder(kWanted, form)->decode(batch);
}

std::string encode(const Value& key, KeyForm form) {
    Buffer out;
    const Result<void> encoded = make_key_encoder(form)->encode(key, out);
    if (encoded) return std::string(out.view());
    EXPECT_TRUE(out.empty());
    return std::string(encoded.error().code);
}

TEST(MessageKeys, AreReadAsJavasSerializersWriteThem) {
    Batch ints;
    decode(ints, {"\x00\x00\x00\x07"sv, "\xff\xff\xff\xfe"sv}, KeyForm::Int32);
    EXPECT_EQ(ints.slots(0)[0].as_int(), 7);
    EXPECT_EQ(ints.slots(1)[0].as_int(), -2);
    Batch longs;
    decode(longs, {"\x80\x00\x00\x00\x00\x00\x00\x00"sv, "\x00\x00\x00\x01\x00\x00\x00\x02"sv},
           KeyForm::Int64);
    EXPECT_EQ(longs.slots(0)[0].as_int(), std::numeric_limits<int64_t>::min());
    EXPECT_EQ(longs.slots(1)[0].as_int(), 4294967298);
    Batch doubles;
    decode(doubles, {"\x3f\xf8\x00\x00\x00\x00\x00\x00"sv}, KeyForm::Double);
    EXPECT_EQ(doubles.slots(0)[0].as_double(), 1.5);
}

TEST(MessageKeys, OfAnotherSizeFailTheirRecords) {
    Batch batch;
    decode(batch, {"\x00\x00\x00\x07"sv, "seven"sv, ""sv}, KeyForm::Int32);
    ASSERT_EQ(batch.failures.size(), 2u);
    EXPECT_EQ(batch.failures[0].error.code, "key.size");
    EXPECT_EQ(batch.failures[0].record, 1u);
    EXPECT_EQ(batch.live().size(), 1u);
}

TEST(MessageKeys, InJsonHaveFields) {
    Batch batch;
    decode(batch, {R"({"id":5})", R"("plain")", "{"}, KeyForm::Json);
    EXPECT_EQ(batch.slots(0)[1].as_int(), 5);
    EXPECT_EQ(batch.slots(1)[0].as_text(), "plain");
    EXPECT_TRUE(batch.slots(1)[1].is_absent());
    ASSERT_EQ(batch.failures.size(), 1u);
    EXPECT_EQ(batch.failures[0].error.error_class, ErrorClass::Poison);
}

TEST(MessageKeys, OfTextMustBeUtf8) {
    Batch text;
    decode(text, {"a", "\xff"}, KeyForm::Text);
    EXPECT_TRUE(text.slots(0)[0].is(Kind::String));
    ASSERT_EQ(text.failures.size(), 1u);
    EXPECT_EQ(text.failures[0].error.code, "key.utf8");
    Batch bytes;
    decode(bytes, {"\xff"}, KeyForm::Bytes);
    EXPECT_TRUE(bytes.slots(0)[0].is(Kind::Bytes));
}

TEST(MessageKeys, ThatAreNotThereAreNull) {
    Batch batch;
    batch.records.emplace_back();
    batch.make_rows(2, 0);
    make_key_decoder(kWanted, KeyForm::Int64)->decode(batch);
    EXPECT_TRUE(batch.slots(0)[0].is_null());
    EXPECT_TRUE(batch.failures.empty());
}

TEST(MessageKeys, AreWrittenAsJavasDeserializersReadThem) {
    EXPECT_EQ(encode(Value::integer(-2), KeyForm::Int32), "\xff\xff\xff\xfe"sv);
    EXPECT_EQ(encode(Value::integer(4294967298), KeyForm::Int64),
              "\x00\x00\x00\x01\x00\x00\x00\x02"sv);
    EXPECT_EQ(encode(Value::floating(1.5), KeyForm::Double), "\x3f\xf8\x00\x00\x00\x00\x00\x00"sv);
    EXPECT_EQ(encode(Value::integer(1), KeyForm::Double), "\x3f\xf0\x00\x00\x00\x00\x00\x00"sv);
}

TEST(MessageKeys, ThatTheFormHasNoPlaceForAreRefused) {
    EXPECT_EQ(encode(Value::integer(int64_t{1} << 31), KeyForm::Int32), "key.range");
    EXPECT_EQ(encode(Value::unsigned_integer(UINT64_MAX), KeyForm::Int64), "key.range");
    EXPECT_EQ(encode(Value::floating(1.5), KeyForm::Int64), "key.type");
    EXPECT_EQ(encode(Value::string("5"), KeyForm::Int64), "key.type");
    EXPECT_EQ(encode(Value::integer((int64_t{1} << 53) + 1), KeyForm::Double), "key.type");
    EXPECT_EQ(encode(Value::integer(5), KeyForm::Bytes), "key.type");
}

TEST(MessageKeys, OfTextAndJsonDifferInQuotes) {
    EXPECT_EQ(encode(Value::string("a\"b"), KeyForm::Text), "a\"b");
    EXPECT_EQ(encode(Value::string("a\"b"), KeyForm::Json), R"("a\"b")");
    EXPECT_EQ(encode(Value::integer(5), KeyForm::Text), "5");
    EXPECT_EQ(encode(Value::bytes("\xff"), KeyForm::Text), "\xff");
}

}  // namespace
}  // namespace messina::codec
