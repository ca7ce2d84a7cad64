#include <gtest/gtest.h>

#include "codec/json_site.h"
#include "codec/json_testing.h"

namespace messina::codec {
namespace {

class JsonDecoding : public ::testing::TestWithParam<JsonKernel> {
  protected:
    void start(const std::vector<Path>& paths, JsonOptions options = {}) {
        count_ = paths.size();
        decoder_ = make_json_decoder(GetParam(), projection_of(paths), options);
    }
    void decode(const std::vector<std::string_view>& texts) {
        fill(batch_, texts, count_, count_);
        decoder_->decode(batch_);
    }
    std::string slot(RowIndex row, SlotIndex index) {
        return to_debug_text(batch_.slots(row)[index], 2000);
    }
    /// The error of a text that must not decode; its code, or what went wrong.
    std::string refusal(std::string_view text) {
        decode({text});
        if (batch_.failures.size() != 1) return "accepted";
        if (!batch_.live().empty()) return "still live";
        return std::string(batch_.failures[0].error.code);
    }

    size_t count_ = 0;
    std::unique_ptr<Decoder> decoder_;
    Batch batch_;
};

INSTANTIATE_TEST_SUITE_P(Kernels, JsonDecoding, ::testing::ValuesIn(json_kernels()));

TEST_P(JsonDecoding, FillsTheSlotsOfWantedPathsAtAnyDepth) {
    start({{"id"}, {"user", "name"}, {"user", "address", "city"}, {"missing"}, {"user", "x", "y"}});
    decode({R"({"id":7,"skip":[1,{"id":8}],"user":{"name":"Ann","address":{"city":"Ulm"}}})"});
    ASSERT_TRUE(batch_.failures.empty()) << batch_.failures[0].error.message;
    EXPECT_EQ(slot(0, 0), "7");
    EXPECT_EQ(slot(0, 1), "\"Ann\"");
    EXPECT_EQ(slot(0, 2), "\"Ulm\"");
    EXPECT_EQ(slot(0, 3), "absent");
    EXPECT_EQ(slot(0, 4), "absent");
}

TEST_P(JsonDecoding, KeepsEveryKindOfValueExactly) {
    start({{"v"}});
    const std::pair<std::string_view, std::string_view> cases[] = {
        {R"({"v":null})", "null"},
        {R"({"v":true})", "true"},
        {R"({"v":false})", "false"},
        {R"({"v":-12})", "-12"},
        {R"({"v":123456789012345678})", "123456789012345678"},
        {R"({"v":9223372036854775807})", "9223372036854775807"},
        {R"({"v":-9223372036854775808})", "-9223372036854775808"},
        {R"({"v":18446744073709551615})", "18446744073709551615u"},
        {R"({"v":18446744073709551616})", "18446744073709551616"},
        {R"({"v":100000000000000000000})", "1e+20"},
        {R"({"v":12.5})", "12.5"},
        {R"({"v":-0.015e+2})", "-1.5"},
        {R"({"v":3.141592653589793238462643})", "3.141592653589793238462643"},
        {R"({"v":""})", "\"\""},
        {R"({"v":"plain"})", "\"plain\""},
        {R"({"v":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"})", "\"\"\\/\b\f\n\r\té😀\""},
        {R"({"v":[1,[],{},"x"]})", R"([1,[],{},"x",])"},
        {R"({"v":{"b":1,"a":{"c":null}}})", R"({"b":1,"a":{"c":null,},})"},
    };
    for (const auto& [text, expected] : cases) {
        decode({text});
        ASSERT_TRUE(batch_.failures.empty()) << text << batch_.failures[0].error.message;
        EXPECT_EQ(slot(0, 0), expected) << text;
    }
}

TEST_P(JsonDecoding, GivesStringsWithoutEscapesAsViewsIntoTheRecord) {
    start({{"v"}});
    const std::string text = R"({"v":"plain"})";
    decode({text});
    EXPECT_EQ(batch_.slots(0)[0].as_text().data(), text.data() + 6);
}

TEST_P(JsonDecoding, FillsAPathAndWhatIsBelowIt) {
    start({{"user"}, {"user", "id"}, {}});
    decode({R"({"user":{"id":[5],"n":1}})", R"({"user":3})"});
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(slot(0, 0), R"({"id":[5,],"n":1,})");
    EXPECT_EQ(slot(0, 1), "[5,]");
    EXPECT_EQ(slot(0, 2), R"({"user":{"id":[5,],"n":1,},})");
    EXPECT_EQ(slot(1, 0), "3");
    EXPECT_EQ(slot(1, 1), "absent");
}

TEST_P(JsonDecoding, TakesAnyRootWhenOnlyTheRootIsWanted) {
    start({{}});
    decode({"[1,2]", " \"x\" ", "4", "null", "{}"});
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(slot(0, 0), "[1,2,]");
    EXPECT_EQ(slot(1, 0), "\"x\"");
    EXPECT_EQ(slot(2, 0), "4");
    EXPECT_EQ(slot(3, 0), "null");
    EXPECT_EQ(slot(4, 0), "{}");
}

TEST_P(JsonDecoding, RefusesARootWithoutFieldsWhenFieldsAreWanted) {
    start({{"a"}});
    EXPECT_EQ(refusal("[1]"), "json.not_an_object");
    EXPECT_EQ(refusal("1"), "json.not_an_object");
    EXPECT_EQ(refusal("null"), "json.not_an_object");
}

TEST_P(JsonDecoding, DecodesATombstoneToNull) {
    start({{}, {"a"}});
    fill(batch_, {""}, 2, 2);
    batch_.records[0].is_tombstone = true;
    decoder_->decode(batch_);
    EXPECT_TRUE(batch_.failures.empty());
    EXPECT_EQ(slot(0, 0), "null");
    EXPECT_EQ(slot(0, 1), "absent");
    EXPECT_EQ(state_of(batch_.sites(0)[1]), JsonSiteState::Unknown);
}

TEST_P(JsonDecoding, FollowsAnyOrderOfKeys) {
    start({{"a"}, {"b"}, {"o", "x"}});
    decode({R"({"a":1,"z":0,"b":2,"o":{"x":3}})", R"({"b":2,"a":1,"o":{"y":0,"x":3}})",
            R"({"o":{"x":3,"y":1},"b":2,"q":[],"a":1})", R"({"b":2})", R"({})",
            R"({ "a" : 1 , "b" : 2 })", R"({"a":1,"z":0,"b":2,"o":{"x":3}})"});
    ASSERT_TRUE(batch_.failures.empty()) << batch_.failures[0].error.message;
    for (const RowIndex row : {0U, 1U, 2U, 6U}) {
        EXPECT_EQ(slot(row, 0) + slot(row, 1) + slot(row, 2), "123") << row;
    }
    EXPECT_EQ(slot(3, 0) + slot(3, 1) + slot(3, 2), "absent2absent");
    EXPECT_EQ(slot(4, 0) + slot(4, 1) + slot(4, 2), "absentabsentabsent");
    EXPECT_EQ(slot(5, 0) + slot(5, 1) + slot(5, 2), "12absent");
}

TEST_P(JsonDecoding, StandsKeysThatNeverComeAgain) {
    start({{"wanted"}});
    std::vector<std::string> texts;
    for (int i = 0; i < 700; ++i)
        texts.push_back("{\"k" + std::to_string(i) + "\":1,\"wanted\":" + std::to_string(i) +
                        ",\"m" + std::to_string(i) + "\":2}");
    decode({texts.begin(), texts.end()});
    ASSERT_TRUE(batch_.failures.empty());
    for (RowIndex row = 0; row < 700; ++row) EXPECT_EQ(slot(row, 0), std::to_string(row));
}

TEST_P(JsonDecoding, DoesNotMistakeAKnownKeyForOneWithoutItsComma) {
    start({{"a"}});
    decode({R"({"a":1,"b":2})"});
    EXPECT_EQ(refusal(R"({,"b":2,"a":1})"), "json.syntax");
    EXPECT_EQ(refusal(R"({"a":1"a":2})"), "json.syntax");
    EXPECT_EQ(refusal(R"({"a":1,})"), "json.syntax");
    EXPECT_EQ(refusal(R"({"a":1,"b":)"), "json.syntax");
    EXPECT_EQ(refusal(R"({"a":)"), "json.syntax");
}

TEST_P(JsonDecoding, UnderstandsEscapedAndLongAndForeignKeys) {
    const std::string long_key(50, 'k');
    start({{"a"}, {long_key}, {"é"}});
    const std::string text = R"({"\u0061":1,")" + long_key + R"(":2,"é":3})";
    decode({text, text, text});
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(slot(2, 0) + slot(2, 1) + slot(2, 2), "123");
}

TEST_P(JsonDecoding, LetsTheLastOfDuplicateKeysWin) {
    start({{"a"}, {"u", "id"}, {}});
    decode({R"({"a":1,"a":2,"u":{"id":1},"u":{"x":5}})", R"({"u":{"id":1,"id":2},"a":3})",
            R"({"u":{"id":1},"u":7,"a":1,"a":null})"});
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(slot(0, 0) + slot(0, 1), "2absent");
    EXPECT_EQ(slot(0, 2), R"({"a":2,"u":{"x":5,},})");
    EXPECT_EQ(slot(1, 0) + slot(1, 1), "32");
    EXPECT_EQ(slot(2, 0) + slot(2, 1), "nullabsent");
    EXPECT_NE(batch_.sites(0)[0].flags & kJsonSiteHasDuplicates, 0U);
}

TEST_P(JsonDecoding, GivesOnePathToSeveralSlots) {
    Projection projection;
    projection.fields = {{{"a"}, 0, kNoSite}, {{"a"}, 1, 0}, {{"a"}, kNoSlot, 1}};
    decoder_ = make_json_decoder(GetParam(), projection, {});
    fill(batch_, {R"({"a":5})"}, 2, 2);
    decoder_->decode(batch_);
    EXPECT_EQ(slot(0, 0) + slot(0, 1), "55");
    EXPECT_EQ(batch_.sites(0)[1].middle, 5U);
}

TEST_P(JsonDecoding, NotesWhereFieldsAreOrWouldBe) {
    start({{"a"}, {"u", "x"}, {"u", "y"}, {"v", "w", "z"}, {"a", "q"}});
    //       0         1         2
    //       012345678901234567890123456
    decode({R"({"a": 12 ,"u":{"x":"s" }})", R"({"u":{} })"});
    ASSERT_TRUE(batch_.failures.empty());
    const Site* site = batch_.sites(0);
    EXPECT_EQ(state_of(site[0]), JsonSiteState::Present);
    EXPECT_EQ(site[0].begin, 1U);
    EXPECT_EQ(site[0].middle, 6U);
    EXPECT_EQ(site[0].end, 8U);
    EXPECT_EQ(state_of(site[1]), JsonSiteState::Present);
    EXPECT_EQ(site[1].begin, 15U);
    EXPECT_EQ(state_of(site[2]), JsonSiteState::Missing);
    EXPECT_EQ(site[2].end, 23U);
    EXPECT_EQ(depth_of(site[2]), 1U);
    EXPECT_EQ(state_of(site[3]), JsonSiteState::Missing);
    EXPECT_EQ(site[3].end, 24U);
    EXPECT_EQ(depth_of(site[3]), 0U);
    EXPECT_EQ(state_of(site[4]), JsonSiteState::Blocked);
    EXPECT_EQ(site[4].middle, 6U);
    EXPECT_EQ(site[4].end, 8U);
    EXPECT_EQ(depth_of(site[4]), 1U);
    EXPECT_EQ(batch_.sites(1)[0].end, 8U);
    EXPECT_EQ(batch_.sites(1)[1].end, 6U);
}

TEST_P(JsonDecoding, FailsOneRecordWithoutTouchingTheOthers) {
    start({{"a"}});
    decode({R"({"a":1})", R"({"a":2)", R"({"a":3})"});
    EXPECT_EQ(batch_.live(), (std::vector<RowIndex>{0, 2}));
    ASSERT_EQ(batch_.failures.size(), 1U);
    EXPECT_EQ(batch_.failures[0].record, 1U);
    EXPECT_EQ(batch_.failures[0].step, "decode");
    EXPECT_EQ(batch_.failures[0].error.error_class, ErrorClass::Poison);
    EXPECT_EQ(slot(1, 0), "absent");
    EXPECT_EQ(slot(2, 0), "3");
}

TEST_P(JsonDecoding, SaysWhatIsWrongAndWhere) {
    start({{"a"}});
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "byte 0: expected a value, found the end of the text"},
        {"  ", "byte 2: expected a value, found the end of the text"},
        {R"({"a" 1})", "byte 5: expected ':' after the key, found '1'"},
        {R"({"a":1 "b"})", "byte 7: expected ',' or '}' after a member of an object, found '\"'"},
        {R"({"x":[1 2]})", "byte 8: expected ',' or ']' after an element of an array, found '2'"},
        {R"({"a":tru})", "byte 5: expected a value, found 't'"},
        {R"({"a":01})", "byte 6: expected a digit of a number, found '1'"},
        {R"({"a":1.})", "byte 7: expected a digit of a number, found '}'"},
        {R"({"a":"x)", "byte 7: expected '\"' at the end of a string, found the end of the text"},
        {"{\"a\":\"x\ny\"}", "byte 7: expected a character of a string, found byte 0x0a"},
        {R"({"a":"\x"})", "byte 6: expected an escape sequence, found '\\'"},
        {R"({} x)", "byte 3: expected the end of the text, found 'x'"},
        {"{\"a\":\"\xff\"}", "byte 6: expected UTF-8, found byte 0xff"},
        {R"({'a':1})", "byte 1: expected a key in double quotes, found '''"},
        {"\xef\xbb\xbf{}", "byte 0: expected '{', found byte 0xef"},
    };
    for (const auto& [text, message] : cases) {
        decode({text});
        ASSERT_EQ(batch_.failures.size(), 1U) << text;
        EXPECT_EQ(batch_.failures[0].error.message, message) << text;
        EXPECT_FALSE(batch_.failures[0].error.code.empty());
    }
    EXPECT_NE(batch_.failures[0].error.hint.find("byte order mark"), std::string::npos);
}

TEST_P(JsonDecoding, RefusesNestingBeyondTheLimit) {
    start({{"a"}}, {4});
    decode({R"({"b":[[[]]]})"});
    EXPECT_TRUE(batch_.failures.empty());
    EXPECT_EQ(refusal(R"({"b":[[[[]]]]})"), "json.depth");
    EXPECT_EQ(refusal(R"({"a":[[[[]]]]})"), "json.depth");
    start({{"a", "b", "c"}}, {2});
    EXPECT_EQ(refusal(R"({"a":{"b":{"c":1}}})"), "json.depth");
    start({{}}, {4});
    EXPECT_EQ(refusal(R"([[[[[]]]]])"), "json.depth");
}

TEST_P(JsonDecoding, StandsTenThousandOpenBrackets) {
    const std::string deep = "{\"a\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
    start({{"b"}});
    EXPECT_EQ(refusal(deep), "json.depth");
    start({{"b"}, {"a"}}, {20'000});
    decode({deep});
    EXPECT_TRUE(batch_.failures.empty());
    EXPECT_TRUE(batch_.slots(0)[1].is(Kind::List));
}

TEST_P(JsonDecoding, StandsAHugeString) {
    std::string text = "{\"a\":\"";
    text.append(100'000'000, 'x');
    text += "\",\"b\":1}";
    start({{"a"}, {"b"}});
    decode({text});
    ASSERT_TRUE(batch_.failures.empty());
    EXPECT_EQ(batch_.slots(0)[0].as_text().size(), 100'000'000U);
    EXPECT_EQ(slot(0, 1), "1");
}

TEST_P(JsonDecoding, RefusesEveryTruncationOfARecord) {
    const std::string text =
        R"({"a":-1.5e+3,"b":"x\u00e9\n","skipped":[true,false,null,{"k":"v"}],"u":{"x":12}})";
    start({{"a"}, {"b"}, {"u", "x"}});
    decode({text});
    ASSERT_TRUE(batch_.failures.empty());
    for (size_t size = 0; size < text.size(); ++size) {
        // A copy of its own, so that the sanitizer sees a read beyond the end.
        const std::vector<char> cut(text.begin(), text.begin() + static_cast<ptrdiff_t>(size));
        EXPECT_EQ(refusal({cut.data(), cut.size()}), "json.syntax") << size;
    }
}

TEST_P(JsonDecoding, RefusesWhatIsNotUtf8WhereverItIs) {
    start({{"a"}});
    decode({"{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\",\"a\":1}"});
    EXPECT_TRUE(batch_.failures.empty());
    for (const std::string_view bad :
         {"\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe0\x80\x80",
          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x98"}) {
        const std::string quoted = "\"" + std::string(bad) + "\"";
        EXPECT_EQ(refusal("{\"a\":" + quoted + "}"), "json.utf8");
        EXPECT_EQ(refusal("{\"skipped\":" + quoted + "}"), "json.utf8");
        EXPECT_EQ(refusal("{" + quoted + ":1}"), "json.utf8");
        EXPECT_EQ(refusal("{" + quoted + ":1}"), "json.utf8") << "a refused key is not remembered";
        EXPECT_EQ(refusal("{\"a\":" + std::string(bad) + "}"), "json.syntax");
    }
}

// Values by JSON's grammar and texts that only look like them, in each role a value can have.
constexpr std::string_view kGood[] = {"0",
                                      "-0",
                                      "1",
                                      "-1",
                                      "10",
                                      "1.0",
                                      "0.5",
                                      "1e5",
                                      "1E5",
                                      "1e+5",
                                      "1e-5",
                                      "-0.0e-0",
                                      "1.5E+10",
                                      "123456789",
                                      "12345678901234567890",
                                      "1e400",
                                      "-1e-400",
                                      "0.1234567890123456789",
                                      "100000000000000000000000000000000000000000",
                                      "\"\"",
                                      "\"a\"",
                                      "\"\\u0000\"",
                                      "\"\\uD834\\uDD1E\"",
                                      "\"\\\\\"",
                                      "\"\\\"\"",
                                      "\"\x7f\"",
                                      "\"\xe2\x80\xa8\"",
                                      "\"/\"",
                                      "[]",
                                      "[ ]",
                                      "[1]",
                                      "[ 1 , 2 ]",
                                      "[[]]",
                                      "{}",
                                      "{ }",
                                      "{\"a\":1}",
                                      "{\"\":{}}",
                                      "{\"a\":1,\"a\":2}",
                                      "true",
                                      "false",
                                      "null",
                                      "[true,null,\"x\",-1.5,{}]",
                                      "{\"a\":[{\"b\":[]}]}",
                                      "[\n1\r\t]"};

constexpr std::string_view kBad[] = {"",
                                     "00",
                                     "01",
                                     "-01",
                                     "-",
                                     "+1",
                                     "1.",
                                     ".5",
                                     "-.5",
                                     "1.e5",
                                     "1e",
                                     "1e+",
                                     "1e-",
                                     "1E",
                                     "0x1",
                                     "1_0",
                                     "1.5.5",
                                     "1e5e5",
                                     "1e5.5",
                                     "--1",
                                     "NaN",
                                     "nan",
                                     "Infinity",
                                     "-Infinity",
                                     "inf",
                                     "1a",
                                     "1 2",
                                     "\"",
                                     "\"a",
                                     "a\"",
                                     "'a'",
                                     "\"\\\"",
                                     "\"\\",
                                     "\"\\a\"",
                                     "\"\\x41\"",
                                     "\"\\u\"",
                                     "\"\\u12\"",
                                     "\"\\u123g\"",
                                     "\"\\U0041\"",
                                     "\"\n\"",
                                     "\"\t\"",
                                     "\"\x01\"",
                                     "[",
                                     "]",
                                     "[1",
                                     "[1,",
                                     "[1,]",
                                     "[,1]",
                                     "[,]",
                                     "[1,,2]",
                                     "[1 2]",
                                     "[1}",
                                     "{",
                                     "}",
                                     "{\"a\"",
                                     "{\"a\":",
                                     "{\"a\":1",
                                     "{\"a\":1,",
                                     "{\"a\":1,}",
                                     "{,}",
                                     "{\"a\" 1}",
                                     "{\"a\",1}",
                                     "{a:1}",
                                     "{1:1}",
                                     "{'a':1}",
                                     "{\"a\":1]",
                                     "{\"a\":}",
                                     "{:1}",
                                     "{\"a\"}",
                                     "{\"a\":1 \"b\":2}",
                                     "{\"a\":1,,\"b\":2}",
                                     "{\"a\"::1}",
                                     "[\"a\":1]",
                                     "True",
                                     "TRUE",
                                     "tru",
                                     "truee",
                                     "nul",
                                     "nulll",
                                     "fals",
                                     "undefined",
                                     "/*x*/1",
                                     "1//x",
                                     "\\u0031",
                                     "1\f",
                                     "\v1",
                                     "\x80",
                                     "\xc2\xa0\x31"};

TEST_P(JsonDecoding, AcceptsWhatTheGrammarAllows) {
    start({{"wanted"}, {"object", "x"}});
    for (const std::string_view value : kGood) {
        for (const std::string_view key : {"wanted", "skipped", "object"}) {
            const std::string text = "{\"" + std::string(key) + "\":" + std::string(value) + "}";
            decode({text});
            EXPECT_TRUE(batch_.failures.empty()) << text;
        }
        const std::string nested = "{\"wanted\":[" + std::string(value) + "]}";
        decode({nested});
        EXPECT_TRUE(batch_.failures.empty()) << nested;
    }
}

TEST_P(JsonDecoding, RefusesWhatTheGrammarDoesNotAllow) {
    start({{"wanted"}, {"object", "x"}});
    for (const std::string_view value : kBad) {
        for (const std::string_view key : {"wanted", "skipped", "object"}) {
            const std::string text = "{\"" + std::string(key) + "\":" + std::string(value) + "}";
            EXPECT_EQ(refusal(text), "json.syntax") << text;
            // In front of more text than a block, too.
            const std::string padded =
                text.substr(0, text.size() - 1) + ",\"and\":\"" + std::string(40, 'y') + "\"}";
            EXPECT_EQ(refusal(padded), "json.syntax") << padded;
        }
    }
    start({{}});
    for (const std::string_view value : kBad) EXPECT_EQ(refusal(value), "json.syntax") << value;
}

TEST_P(JsonDecoding, RefusesLoneSurrogates) {
    start({{"a"}});
    for (const std::string_view escape : {"\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud800\\ud800",
                                          "\\ud800x", "\\uDBFF\\n", "\\udfff\\ud800"}) {
        EXPECT_EQ(refusal("{\"a\":\"" + std::string(escape) + "\"}"), "json.surrogate") << escape;
        EXPECT_EQ(refusal("{\"skipped\":\"" + std::string(escape) + "\"}"), "json.surrogate");
    }
}

TEST_P(JsonDecoding, RefusesNulBytesOutsideEscapes) {
    start({{"a"}});
    const std::string text = R"({"a":"xy","b":1})";
    for (size_t at = 0; at <= text.size(); ++at) {
        std::string with_nul = text;
        with_nul.insert(at, 1, '\0');
        EXPECT_NE(refusal(with_nul), "accepted") << at;
    }
}

/// Every kernel against values that parse_json found, for documents of all sizes and orders.
TEST_P(JsonDecoding, FindsTheSameAsWholeParsingOnRandomDocuments) {
    RandomJson generator(21);
    for (int round = 0; round < 40; ++round) {
        std::vector<Path> paths;
        for (int i = 0; i < 6; ++i) paths.push_back(generator.path(3));
        start(paths);
        std::vector<std::string> texts;
        for (int i = 0; i < 60; ++i)
            texts.push_back(generator.space() + generator.object(4) + generator.space());
        decode({texts.begin(), texts.end()});
        ASSERT_TRUE(batch_.failures.empty()) << batch_.failures[0].error.message;
        for (RowIndex row = 0; row < texts.size(); ++row) {
            Arena arena;
            const Result<Value> whole = parse_json(texts[row], arena);
            ASSERT_TRUE(whole);
            for (SlotIndex i = 0; i < paths.size(); ++i)
                EXPECT_TRUE(is_identical(batch_.slots(row)[i], navigate(*whole, paths[i])))
                    << texts[row] << "\n"
                    << to_text(paths[i]) << " = " << slot(row, i);
        }
    }
}

TEST_P(JsonDecoding, SurvivesRandomDamage) {
    RandomJson generator(22);
    Random& random = generator.random();
    start({{"a"}, {"b", "c"}, {"c"}});
    for (int round = 0; round < 4000; ++round) {
        std::string text = generator.object(3);
        for (uint64_t i = 0; i <= random.below(3); ++i) {
            constexpr std::string_view bytes = "\"\\{}[],:0123456789.eE+-tfn \n\x80\xff\0";
            text[random.below(text.size())] = bytes[random.below(bytes.size())];
        }
        EXPECT_EQ(difference_to_simdjson(text), "") << text;
        decode({text});
        Arena arena;
        const Result<Value> whole = parse_json(text, arena);
        const bool must_decode = whole && whole->is(Kind::Map);
        EXPECT_EQ(batch_.failures.empty(), must_decode) << text;
    }
}

}  // namespace
}  // namespace messina::codec
