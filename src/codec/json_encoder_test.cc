#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "codec/json_testing.h"

namespace messina::codec {
namespace {

TEST(JsonWriting, RoundTripsWhatItReads) {
    Arena arena;
    for (const std::string_view text :
         {R"({"a":[1,2.5,"x\n",null,true,{}],"b":{"c":[]},"d":1.0,"e":1e+300})", "[]", "\"\"",
          "-0.0", "null", "false", "18446744073709551615", "[[],[[]],{}]",
          "0.1000000000000000055511151231257827"}) {
        const Result<Value> value = parse_json(text, arena);
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(to_json(*value), text);
    }
}

TEST(JsonWriting, EscapesOnlyWhatMustBe) {
    for (size_t length = 0; length < 70; ++length) {
        const std::string plain(length, 'x');
        EXPECT_EQ(to_json(Value::string(plain)), '"' + plain + '"');
        for (size_t at = 0; at < length; ++at) {
            std::string text = plain;
            text[at] = '\x1f';
            std::string expected = plain;
            expected.replace(at, 1, "\\u001f");
            EXPECT_EQ(to_json(Value::string(text)), '"' + expected + '"');
        }
    }
    const std::string all("\x00\x08\t\n\x0c\r\"\\/\x7f\xc3\xa9", 12);
    EXPECT_EQ(to_json(Value::string(all)),
              "\"\\u0000\\u0008\\t\\n\\u000c\\r\\\"\\\\/\x7f\xc3\xa9\"");
}

TEST(JsonWriting, GivesEveryKindAText) {
    const EvalError error{"cel.x", "x"};
    const Value held = Value::integer(3);
    const MapEntry entries[] = {{Value::integer(1), Value::boolean(true)},
                                {Value::boolean(false), Value::null()},
                                {Value::unsigned_integer(7), Value()}};
    const std::pair<Value, std::string_view> cases[] = {
        {Value(), "null"},
        {Value::floating(1), "1.0"},
        {Value::floating(-1e20), "-1e+20"},
        {Value::floating(18446744073709551616.0), "1.8446744073709552e+19"},
        {Value::floating(std::numeric_limits<double>::infinity()), "null"},
        {Value::floating(std::nan("")), "null"},
        {Value::unsigned_integer(UINT64_MAX), "18446744073709551615"},
        {Value::bytes(std::string_view("\x00\xff\x10", 3)), "\"AP8Q\""},
        {Value::timestamp(0, 0), "\"1970-01-01T00:00:00Z\""},
        {Value::duration(1, 500'000'000), "\"1.5s\""},
        {Value::type("int"), "\"int\""},
        {Value::optional_none(), "null"},
        {Value::optional_of(&held), "3"},
        {Value::error(&error), "null"},
        {Value::map(entries), R"({"1":true,"false":null,"7":null})"},
    };
    for (const auto& [value, expected] : cases) EXPECT_EQ(to_json(value), expected);
}

TEST(JsonWriting, DoesNotRecurse) {
    std::string deep(100'000, '[');
    deep.append(100'000, ']');
    Arena arena;
    const Result<Value> value = parse_json(deep, arena, {100'000});
    ASSERT_TRUE(value);
    EXPECT_EQ(to_json(*value), deep);
}

TEST(JsonParsing, KeepsNothingOfTheText) {
    Arena arena;
    std::string text = R"({"k":"v","n":1e999})";
    const Result<Value> value = parse_json(text, arena);
    text.assign(text.size(), 'x');
    ASSERT_TRUE(value);
    EXPECT_EQ(to_json(*value), R"({"k":"v","n":1e999})");
}

TEST(JsonParsing, LetsTheLastOfManyDuplicatesWin) {
    std::string text = "{";
    for (int i = 0; i < 1000; ++i)
        text += "\"" + std::to_string(i % 300) + "\":" + std::to_string(i) + ",";
    text.back() = '}';
    Arena arena;
    const Result<Value> value = parse_json(text, arena);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->as_map().size(), 300U);
    EXPECT_EQ(value->field("0").as_int(), 900);
    EXPECT_EQ(value->field("299").as_int(), 899);
}

TEST(JsonParsing, RefusesWithTheByte) {
    Arena arena;
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "byte 0: expected a value, found the end of the text"},
        {"[1,]", "byte 3: expected a value, found ']'"},
        {"[1] 2", "byte 4: expected the end of the text, found '2'"},
        {"\"\xc3\x28\"", "byte 1: expected UTF-8, found byte 0xc3"},
    };
    for (const auto& [text, message] : cases) {
        const Result<Value> value = parse_json(text, arena);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().message, message);
    }
}

TEST(JsonEncoding, WritesTheRootWithItsEditsWhereItCannotSplice) {
    Projection projection;
    projection.fields = {{{}, 0, kNoSite}};
    Batch batch;
    fill(batch, {R"({"a":1,"b":{"c":2}})", R"({"a":5})"}, 3, 0);
    make_json_decoder(projection)->decode(batch);
    batch.slots(0)[1] = Value::string("new");
    batch.slots(1)[2] = Value::integer(9);

    const std::string terminator = "\n";
    const auto encoder =
        make_json_encoder({.can_splice = false,
                           .root_slot = 0,
                           .edits = {{{"b", "d"}, 1, kNoSite}, {{"a"}, 2, kNoSite}},
                           .terminator = terminator});
    Buffer out;
    std::vector<size_t> ends;
    encoder->encode(batch, batch.live(), out, ends);
    EXPECT_EQ(out.view(), "{\"b\":{\"c\":2,\"d\":\"new\"}}\n{\"a\":9}\n");
    EXPECT_EQ(ends, (std::vector<size_t>{24, out.size()}));
}

TEST(JsonEncoding, WritesANewRootInPlaceOfTheOld) {
    Batch batch;
    fill(batch, {"{}"}, 2, 0);
    batch.slots(0)[0] = Value::integer(1);
    batch.slots(0)[1] = Value::integer(2);
    Buffer out;
    std::vector<size_t> ends;
    make_json_encoder(
        {.can_splice = false, .root_slot = 0, .edits = {{{}, 1, kNoSite}}, .terminator = ""})
        ->encode(batch, batch.live(), out, ends);
    EXPECT_EQ(out.view(), "2");
}

}  // namespace
}  // namespace messina::codec
