#include <algorithm>

#include <gtest/gtest.h>

#include "codec/json_testing.h"

namespace messina::codec {
namespace {

/// Decodes one text, puts `values` (by path) into it and splices.
class JsonSplicing : public ::testing::Test {
  protected:
    using Edits = std::vector<std::pair<Path, Value>>;

    std::string splice(std::string_view text, const Edits& edits,
                       std::string_view terminator = "") {
        Projection projection;
        OutputPlan plan{
            .can_splice = true, .root_slot = kNoSlot, .edits = {}, .terminator = terminator};
        for (uint32_t i = 0; i < edits.size(); ++i) {
            projection.fields.push_back({edits[i].first, kNoSlot, i});
            plan.edits.push_back({edits[i].first, i, i});
        }
        projection.site_count = static_cast<uint32_t>(edits.size());
        fill(batch_, {text}, edits.size(), edits.size());
        batch_.records[0].is_tombstone = is_tombstone_;
        make_json_decoder(projection)->decode(batch_);
        for (const RowFailure& failure : batch_.failures) ADD_FAILURE() << failure.error.message;
        for (size_t i = 0; i < edits.size(); ++i) batch_.slots(0)[i] = edits[i].second;
        Buffer out;
        std::vector<size_t> ends;
        make_json_encoder(plan)->encode(batch_, batch_.live(), out, ends);
        EXPECT_EQ(ends, std::vector<size_t>{out.size()});
        return std::string(out.view());
    }

    Batch batch_;
    bool is_tombstone_ = false;
};

const Value kOne = Value::integer(1);
const Value kTwo = Value::integer(2);
const Value kNone = Value();

TEST_F(JsonSplicing, CopiesWhatIsNotChanged) {
    EXPECT_EQ(splice(R"({ "b":1.50,"c":[ 1 ,2],"a":"\u0041" })", {{{"a"}, kOne}}),
              R"({ "b":1.50,"c":[ 1 ,2],"a":1 })");
    EXPECT_EQ(splice("  {\"x\":0} \n", {}), "{\"x\":0}");
    EXPECT_EQ(splice(R"({"a":0,"u":{"x":0,"y":0}})", {{{"u", "y"}, kTwo}, {{"a"}, kOne}}),
              R"({"a":1,"u":{"x":0,"y":2}})");
}

TEST_F(JsonSplicing, AddsMembersAtTheEndOfTheirObject) {
    EXPECT_EQ(splice(R"({"a":0})", {{{"n"}, kOne}}), R"({"a":0,"n":1})");
    EXPECT_EQ(splice(R"({})", {{{"n"}, kOne}, {{"m"}, kTwo}}), R"({"n":1,"m":2})");
    EXPECT_EQ(splice(R"({ })", {{{"n"}, kOne}}), R"({"n":1})");
    EXPECT_EQ(splice("{\"a\":0\n}", {{{"n"}, kOne}}), "{\"a\":0,\"n\":1}");
    EXPECT_EQ(splice(R"({"u":{},"v":1})", {{{"u", "x"}, kOne}}), R"({"u":{"x":1},"v":1})");
    EXPECT_EQ(splice(R"({"a":0})", {{{"ke\"y"}, Value::string("va\"l")}}),
              R"({"a":0,"ke\"y":"va\"l"})");
}

TEST_F(JsonSplicing, MakesTheObjectsInBetweenOnce) {
    EXPECT_EQ(splice(R"({"a":0})", {{{"p", "q", "r"}, kOne}}), R"({"a":0,"p":{"q":{"r":1}}})");
    EXPECT_EQ(
        splice(
            R"({})",
            {{{"p", "q", "r"}, kOne}, {{"z"}, kTwo}, {{"p", "q", "s"}, kTwo}, {{"p", "t"}, kOne}}),
        R"({"p":{"q":{"r":1,"s":2},"t":1},"z":2})");
    EXPECT_EQ(splice(R"({"p":{"q":{}}})", {{{"p", "q", "r"}, kOne}, {{"p", "t"}, kTwo}}),
              R"({"p":{"q":{"r":1},"t":2}})");
}

TEST_F(JsonSplicing, PutsAnObjectInPlaceOfWhatIsNone) {
    EXPECT_EQ(splice(R"({"p":[1,2],"a":0})", {{{"p", "q"}, kOne}, {{"p", "r"}, kTwo}}),
              R"({"p":{"q":1,"r":2},"a":0})");
    EXPECT_EQ(splice(R"({"p":null})", {{{"p", "q", "r"}, kOne}}), R"({"p":{"q":{"r":1}}})");
    EXPECT_EQ(splice(R"({"p":null})", {{{"p", "q"}, kNone}}), R"({"p":null})");
}

TEST_F(JsonSplicing, RemovesMembersWithTheRightComma) {
    const std::string_view text = R"({"a":1 , "b":2,"c":3})";
    EXPECT_EQ(splice(text, {{{"a"}, kNone}}), R"({ "b":2,"c":3})");
    EXPECT_EQ(splice(text, {{{"b"}, kNone}}), R"({"a":1 ,"c":3})");
    EXPECT_EQ(splice(text, {{{"c"}, kNone}}), R"({"a":1 , "b":2})");
    EXPECT_EQ(splice(text, {{{"b"}, kNone}, {{"a"}, kNone}}), R"({"c":3})");
    EXPECT_EQ(splice(text, {{{"c"}, kNone}, {{"b"}, kNone}}), R"({"a":1 })");
    EXPECT_EQ(splice(text, {{{"c"}, kNone}, {{"b"}, kNone}, {{"a"}, kNone}}), R"({})");
    EXPECT_EQ(splice(text, {{{"c"}, kNone}, {{"b"}, kNone}, {{"a"}, kNone}, {{"n"}, kOne}}),
              R"({"n":1})");
    EXPECT_EQ(splice(text, {{{"x"}, kNone}, {{"y", "z"}, kNone}}), text);
    EXPECT_EQ(splice(R"({"u":{"x":1}})", {{{"u", "x"}, kNone}}), R"({"u":{}})");
    EXPECT_EQ(splice(R"({"u":{"x":1}})", {{{"u", "x"}, kNone}, {{"u", "y"}, kTwo}}),
              R"({"u":{"y":2}})");
}

TEST_F(JsonSplicing, ChangesRepeatedKeysAsIfTheLastWereTheOnlyOne) {
    EXPECT_EQ(splice(R"({"a":1,"b":2,"a":3})", {{{"a"}, kNone}}), R"({"b":2})");
    EXPECT_EQ(splice(R"({"u":{"x":1},"u":{"y":2}})", {{{"u", "x"}, kOne}}),
              R"({"u":{"y":2,"x":1}})");
}

TEST_F(JsonSplicing, LetsNoLineBreakIntoJsonLines) {
    EXPECT_EQ(splice("{\r\n  \"a\": [\n1],\t\"b\":\"x\\n\"\r\n}\r\n", {{{"n"}, kOne}}, "\n"),
              "{    \"a\": [ 1],\t\"b\":\"x\\n\",\"n\":1}\n");
    EXPECT_EQ(splice("{\n\"a\":1}", {{{"n"}, kOne}}), "{\n\"a\":1,\"n\":1}");
}

TEST_F(JsonSplicing, WritesATombstoneAsNullOrAsItsEdits) {
    is_tombstone_ = true;
    EXPECT_EQ(splice("", {}), "null");
    EXPECT_EQ(splice("", {{{"a"}, kNone}}), "null");
    EXPECT_EQ(splice("", {{{"a"}, kOne}}), R"({"a":1})");
}

TEST_F(JsonSplicing, ReplacesTheWholeRecord) {
    EXPECT_EQ(splice(R"({"a":1})", {{{}, kOne}}), "1");
}

/// Distinct paths of which none leads to another, as SlotLayout promises of edits.
std::vector<Path> independent_paths(RandomJson& generator) {
    std::vector<Path> paths;
    for (uint64_t i = 0; i <= generator.random().below(6); ++i) {
        Path path = generator.path(4);
        const bool is_free = std::ranges::none_of(paths, [&](const Path& other) {
            return is_prefix(other, path) || is_prefix(path, other);
        });
        if (is_free) paths.push_back(std::move(path));
    }
    return paths;
}

TEST(JsonSplicingOfRandomDocuments, EqualsEditingTheParsedDocument) {
    RandomJson generator(31);
    Random& random = generator.random();
    Batch batch;
    for (int round = 0; round < 400; ++round) {
        const std::vector<Path> paths = independent_paths(generator);
        const auto count = static_cast<uint32_t>(paths.size());
        Projection projection;
        projection.fields.push_back({{}, count, kNoSite});
        OutputPlan plan{.can_splice = true, .root_slot = count, .edits = {}, .terminator = "\n"};
        for (uint32_t i = 0; i < count; ++i) {
            projection.fields.push_back({paths[i], kNoSlot, i});
            plan.edits.push_back({paths[i], i, i});
        }
        projection.site_count = count;
        std::vector<std::string> texts;
        for (int i = 0; i < 20; ++i) texts.push_back(generator.space() + generator.object(4));
        fill(batch, {texts.begin(), texts.end()}, count + 1, count);
        make_json_decoder(projection)->decode(batch);
        ASSERT_TRUE(batch.failures.empty()) << batch.failures[0].error.message;
        for (const RowIndex row : batch.live())
            for (uint32_t i = 0; i < count; ++i)
                if (random.chance(0.7)) {
                    const Result<Value> value = parse_json(generator.value(2), batch.arena);
                    batch.slots(row)[i] = value.value();
                }

        Buffer out;
        std::vector<size_t> ends;
        make_json_encoder(plan)->encode(batch, batch.live(), out, ends);
        const RootEditor editor(plan);
        size_t begin = 0;
        for (const RowIndex row : batch.live()) {
            const std::string_view line = out.view(begin, ends[row]);
            begin = ends[row];
            EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
            const Result<Value> spliced = parse_json(line, batch.arena);
            ASSERT_TRUE(spliced) << texts[row] << "\n" << line << spliced.error().message;
            const Value expected = editor.apply(batch, row);
            EXPECT_TRUE(is_identical(*spliced, expected)) << texts[row] << "\n"
                                                          << line << to_json(expected);
        }
    }
}

}  // namespace
}  // namespace messina::codec
