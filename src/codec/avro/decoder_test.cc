#include "codec/avro/decoder.h"

#include <map>

#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using namespace std::string_literals;
using testing::fill;
using testing::schema_of;

constexpr std::string_view kEvent = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":"long"},
    {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["click","view"]}},
    {"name":"user","type":["null",{"type":"record","name":"User","fields":[
        {"name":"name","type":"string"},{"name":"age","type":"int"}]}]},
    {"name":"tags","type":{"type":"map","values":"string"}},
    {"name":"price","type":"double"},
    {"name":"note","type":["null","string"]}]})";

const std::string kPrice = "\0\0\0\0\0\0\xf8\x3f"s;  // 1.5
const std::string kWithUser =
    "\x0e\x02\x02\x06"
    "Ann\x3c\x02\x02"
    "a\x02"
    "1\0"s +
    kPrice + "\0"s;
const std::string kWithoutUser = "\x0e\x00\x00\x00"s + kPrice + "\x02\x04ok"s;

/// Decodes records and gives slots as text.
struct Decoding {
    /// Paths as dotted text; empty: the root.
    explicit Decoding(const std::vector<std::string>& paths, AvroInput input = {}) {
        if (input.schema == nullptr && input.source == nullptr) input.schema = schema_of(kEvent);
        for (const std::string& path : paths)
            projection.fields.push_back(
                {testing::path_of(path), static_cast<SlotIndex>(projection.fields.size())});
        auto made = make_avro_decoder(input, projection);
        EXPECT_TRUE(made) << made.error().to_text();
        if (made) decoder = std::move(*made);
    }
    std::vector<std::string> operator()(const std::vector<std::string>& raws) {
        batch.reset();
        kept = raws;
        fill(batch, kept, projection.fields.size(), 0);
        decoder->decode(batch);
        std::vector<std::string> texts;
        for (const RowIndex row : batch.live()) {
            std::string text;
            for (size_t i = 0; i < projection.fields.size(); ++i)
                text += (i == 0 ? "" : " ") + to_debug_text(batch.slots(row)[i]);
            texts.push_back(text);
        }
        return texts;
    }
    [[nodiscard]] std::string failure() const {
        return batch.failures.empty() ? "none" : std::string(batch.failures[0].error.code);
    }

    Projection projection;
    std::unique_ptr<Decoder> decoder;
    Batch batch;
    std::vector<std::string> kept;
};

TEST(AvroDecoder, FillsTheWantedFieldsOfEachRecord) {
    Decoding decode({"price", "id", "kind"});
    EXPECT_EQ(decode({kWithUser, kWithoutUser}),
              (std::vector<std::string>{"1.5 7 \"view\"", "1.5 7 \"click\""}));
}

TEST(AvroDecoder, FollowsPathsThroughRecordsUnionsAndMaps) {
    Decoding decode({"user.age", "tags.a", "tags.b", "note"});
    EXPECT_EQ(decode({kWithUser, kWithoutUser}),
              (std::vector<std::string>{"30 \"1\" absent null", "absent absent absent \"ok\""}));
}

TEST(AvroDecoder, ReadsContainersTogetherWithTheirParts) {
    Decoding decode({"user", "user.name", ""});
    EXPECT_EQ(decode({kWithUser})[0].substr(0, 40), R"({"name":"Ann","age":30,} "Ann" {"id":7,")");
}

TEST(AvroDecoder, LeavesFieldsThatTheSchemaLacksAbsent) {
    Decoding decode({"nothing", "id.below", "id"});
    EXPECT_EQ(decode({kWithUser}), (std::vector<std::string>{"absent absent 7"}));
}

TEST(AvroDecoder, StopsBehindTheLastWantedField) {
    Decoding decode({"id"});
    EXPECT_EQ(decode({"\x0e"s, kWithUser + "rubbish"}).size(), 2U);
    AvroInput input;
    input.schema = schema_of(kEvent);
    input.extent = Extent::Whole;
    Decoding whole({"id"}, input);
    EXPECT_EQ(whole({kWithUser}).size(), 1U);
    EXPECT_EQ(whole({"\x0e"s}).size(), 0U);
    EXPECT_EQ(whole.failure(), "avro.truncated");
    EXPECT_EQ(whole({kWithUser + "rubbish"}).size(), 0U);
    EXPECT_EQ(whole.failure(), "avro.trailing");
}

TEST(AvroDecoder, SetsOnlyTheBrokenRecordAside) {
    Decoding decode({""});
    const auto texts = decode({kWithUser, kWithUser.substr(0, 9), kWithoutUser});
    EXPECT_EQ(texts.size(), 2U);
    ASSERT_EQ(decode.batch.failures.size(), 1U);
    EXPECT_EQ(decode.batch.failures[0].record, 1U);
    EXPECT_EQ(decode.batch.failures[0].step, "decode");
    EXPECT_EQ(decode.batch.failures[0].error.message,
              "the record ends too early in field 'tags' at byte 9");
}

TEST(AvroDecoder, NamesTheFieldOfAFailedProjection) {
    Decoding decode({"user.name"});
    decode(
        {"\x0e\x02\x02\x06"
         "A\xff"
         "B"s});
    ASSERT_EQ(decode.batch.failures.size(), 1U);
    EXPECT_EQ(decode.batch.failures[0].error.message,
              "a string is not UTF-8 in field 'user.name' at byte 7");
}

TEST(AvroDecoder, ReadsTombstonesAsNull) {
    Decoding decode({"", "id"});
    decode.batch.reset();
    decode.batch.records.resize(1);
    decode.batch.records[0].is_tombstone = true;
    decode.batch.make_rows(2, 0);
    decode.decoder->decode(decode.batch);
    EXPECT_TRUE(decode.batch.slots(0)[0].is_null());
    EXPECT_TRUE(decode.batch.slots(0)[1].is_absent());
}

TEST(AvroDecoder, ReadsKeysWhenAsked) {
    AvroInput input;
    input.schema = schema_of("string");
    input.part = RecordPart::Key;
    Decoding decode({""}, input);
    decode.batch.records.resize(1);
    decode.batch.records[0].key = "\x04me";
    decode.batch.records[0].has_key = true;
    decode.batch.make_rows(1, 0);
    decode.decoder->decode(decode.batch);
    EXPECT_EQ(to_debug_text(decode.batch.slots(0)[0]), "\"me\"");
}

/// Schemas by id out of memory; counts how often it was asked.
class Schemas final : public SchemaSource {
  public:
    Result<SchemaRef> schema(uint32_t id) override {
        ++asked;
        if (const auto found = by_id.find(id); found != by_id.end()) return found->second;
        return fail(unknown_schema_id(id, ""));
    }
    std::map<uint32_t, SchemaRef> by_id;
    int asked = 0;
};

TEST(AvroDecoder, CompilesOneProgramForEachSchemaId) {
    Schemas schemas;
    schemas.by_id[1] = schema_of(R"({"type":"record","name":"E","fields":[
        {"name":"a","type":"long"},{"name":"b","type":"string"}]})");
    schemas.by_id[2] = schema_of(R"({"type":"record","name":"E","fields":[
        {"name":"b","type":"string"},{"name":"a","type":"int"}]})");
    AvroInput input;
    input.framing = Framing::Confluent;
    input.source = &schemas;
    Decoding decode({"a", "b"}, input);
    const std::string first = "\0\0\0\0\1\x02\x02x"s;
    const std::string second = "\0\0\0\0\2\x02y\x04"s;
    EXPECT_EQ(decode({first, second, first, second}),
              (std::vector<std::string>{"1 \"x\"", "2 \"y\"", "1 \"x\"", "2 \"y\""}));
    EXPECT_EQ(schemas.asked, 2);
    EXPECT_EQ(decode.batch.chunks.size(), 2U);
}

TEST(AvroDecoder, RefusesRecordsWithoutHeaderOrOfUnknownSchema) {
    Schemas schemas;
    AvroInput input;
    input.framing = Framing::Confluent;
    input.source = &schemas;
    Decoding decode({"a"}, input);
    decode({"\0\0\0\0\7\x02"s, "\1abcdef"s, "\0\0"s});
    ASSERT_EQ(decode.batch.failures.size(), 3U);
    EXPECT_EQ(decode.batch.failures[0].error.code, "avro.unknown_schema_id");
    EXPECT_EQ(decode.batch.failures[0].error.error_class, ErrorClass::Poison);
    EXPECT_EQ(decode.batch.failures[1].error.code, "avro.no_header");
    EXPECT_EQ(decode.batch.failures[2].error.code, "avro.no_header");
}

TEST(AvroDecoder, ReadsSingleObjectEncodingOfTheConfiguredSchema) {
    AvroInput input;
    input.schema = schema_of("long");
    input.framing = Framing::SingleObject;
    Decoding decode({""}, input);
    Buffer out;
    append_framing(out, Framing::SingleObject, input.schema->fingerprint());
    out.push_back('\x0e');
    Buffer other;
    append_framing(other, Framing::SingleObject, 12345);
    EXPECT_EQ(decode({std::string(out.view())}), (std::vector<std::string>{"7"}));
    decode({std::string(other.view()), "\xc3\x02"});
    ASSERT_EQ(decode.batch.failures.size(), 2U);
    EXPECT_EQ(decode.batch.failures[0].error.code, "avro.unknown_fingerprint");
    EXPECT_EQ(decode.batch.failures[1].error.code, "avro.no_header");
}

TEST(AvroDecoder, RefusesOptionsThatContradictEachOther) {
    AvroInput confluent;
    confluent.framing = Framing::Confluent;
    EXPECT_EQ(testing::code_of(make_avro_decoder(confluent, {})), "avro.no_source");
    EXPECT_EQ(testing::code_of(make_avro_decoder({}, {})), "avro.no_schema");
    AvroInput incompatible;
    incompatible.schema = schema_of("string");
    incompatible.reader = schema_of("int");
    EXPECT_EQ(testing::code_of(make_avro_decoder(incompatible, {})), "avro.incompatible");
}

}  // namespace
}  // namespace messina::codec::avro
