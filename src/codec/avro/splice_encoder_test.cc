// The property that matters: what splicing writes reads as what decoding, editing and encoding
// would have made, for any edits of any record.
#include "codec/avro/splice_encoder.h"

#include <map>

#include "codec/avro/testing.h"
#include "codec/avro/testing_random.h"

namespace messina::codec::avro {
namespace {

using namespace std::string_literals;
using testing::path_of;
using testing::schema_of;

struct TestEdit {
    std::string path;
    TypeRef type;  // null: removed
    Value value;
};

/// Decodes a record for its edit sites and encodes it with the edits.
struct Splicing {
    Splicing(AvroInput input_, std::vector<TestEdit> edits_, AvroOutput output = {})
        : input(std::move(input_)), edits(std::move(edits_)) {
        for (SlotIndex i = 0; i < edits.size(); ++i) {
            const Path path = path_of(edits[i].path);
            projection.fields.push_back({path, kNoSlot, i});
            plan.edits.push_back({path, i, i});
            output.edit_types.push_back(edits[i].type);
        }
        projection.site_count = static_cast<uint32_t>(edits.size());
        plan.can_splice = true;
        output.input = input;
        auto made_decoder = make_avro_decoder(input, projection);
        auto made = make_avro_encoder(output, plan);
        EXPECT_TRUE(made_decoder && made) << (made ? "" : made.error().to_text());
        if (made_decoder) decoder = std::move(*made_decoder);
        if (made) encoder = std::move(*made);
    }

    std::string operator()(const std::string& raw) {
        kept = raw;
        batch.reset();
        testing::fill(batch, {}, 0, 0);
        batch.records.resize(1);
        batch.records[0].raw = kept;
        batch.make_rows(edits.size(), edits.size());
        decoder->decode(batch);
        if (batch.live().empty()) return "failed " + std::string(batch.failures[0].error.code);
        for (size_t i = 0; i < edits.size(); ++i) batch.slots(0)[i] = edits[i].value;
        Buffer out;
        std::vector<size_t> ends;
        encoder->encode(batch, batch.live(), out, ends);
        EXPECT_EQ(ends, std::vector<size_t>{out.size()});
        if (!batch.failures.empty()) return "failed " + std::string(batch.failures[0].error.code);
        return std::string(out.view());
    }
    [[nodiscard]] SchemaRef output_schema() const {
        std::vector<SchemaEdit> schema_edits;
        for (const TestEdit& edit : edits) schema_edits.push_back({path_of(edit.path), edit.type});
        auto derived = derive(*input.schema, schema_edits);
        EXPECT_TRUE(derived) << derived.error().to_text();
        return derived ? derived->schema : nullptr;
    }

    AvroInput input;
    std::vector<TestEdit> edits;
    Projection projection;
    OutputPlan plan;
    std::unique_ptr<Decoder> decoder;
    std::unique_ptr<Encoder> encoder;
    Batch batch;
    std::string kept;
};

AvroInput bare(std::string_view schema) {
    AvroInput input;
    input.schema = schema_of(schema);
    return input;
}

const TypeRef kInt = Type::scalar(TypeKind::Int);
const TypeRef kString = Type::scalar(TypeKind::String);
const TypeRef kMaybeInt = Type::scalar(TypeKind::Int, true);

constexpr std::string_view kUser = R"({"type":"record","name":"a.Event","fields":[
    {"name":"id","type":"long"},
    {"name":"user","type":["null",{"type":"record","name":"User","fields":[
        {"name":"name","type":"string"}]}]},
    {"name":"note","type":"string"}]})";

TEST(AvroSplice, CopiesTheInputAndAppendsNewFields) {
    Splicing splice(bare(kUser), {{"segment", kInt, Value::integer(3)}});
    const std::string input = "\x02\x00\x04hi"s;
    EXPECT_EQ(splice(input), input + "\x02\x06");
    splice.edits[0].value = Value();
    EXPECT_EQ(splice(input), input + "\0"s);
}

TEST(AvroSplice, EditsInTheMiddle) {
    Splicing splice(bare(kUser), {{"note", kString, Value::string("new")},
                                  {"id", nullptr, Value()},
                                  {"user.age", kInt, Value::integer(30)}});
    EXPECT_EQ(splice("\x02\x02\x06"
                     "Ann\x04hi"s),
              "\x02\x06"
              "Ann\x02\x3c\x06new"s);
}

TEST(AvroSplice, EncodesAnewWhereTheRecordHasNoPlace) {
    Splicing splice(bare(kUser), {{"user.name", kString, Value::string("Bob")}});
    EXPECT_EQ(splice("\x02\x00\x04hi"s),
              "\x02\x02\x06"
              "Bob\x04hi"s);
    Splicing lacking(bare(kUser), {{"user.age", kInt, Value::integer(30)}});
    EXPECT_EQ(lacking("\x02\x00\x04hi"s), "failed avro.missing_field");
}

TEST(AvroSplice, PutsSeveralFieldsOfANewRecordTogether) {
    Splicing splice(bare(kUser), {{"ctx.a", kInt, Value::integer(1)},
                                  {"ctx.deep.b", kString, Value::string("x")},
                                  {"ctx.c", kInt, Value()}});
    const std::string input = "\x02\x00\x04hi"s;
    EXPECT_EQ(splice(input), input + "\x02\x02\x02\x02\x02\x02x\0"s);
    EXPECT_EQ(testing::decoded_text(splice.output_schema()->to_json(), splice(input)),
              R"({"id":1,"user":null,"note":"hi","ctx":{"a":1,"deep":{"b":"x",},"c":null,},})");
}

TEST(AvroSplice, RefusesBrokenRecordsBeforeTheyAreCopied) {
    Splicing splice(bare(kUser), {{"segment", kInt, Value::integer(3)}});
    EXPECT_EQ(splice("\x02\x00\x04h"s), "failed avro.truncated");
    EXPECT_EQ(splice("\x02\x00\x04hi!"s), "failed avro.trailing");
}

TEST(AvroSplice, RefusesValuesThatTheDerivedTypeCannotHold) {
    Splicing splice(bare(kUser), {{"segment", kInt, Value::string("three")}});
    EXPECT_EQ(splice("\x02\x00\x04hi"s), "failed avro.wrong_kind");
    EXPECT_EQ(splice.batch.failures[0].step, "encode");
    EXPECT_EQ(splice.batch.failures[0].error.message,
              "the schema wants another kind in field 'segment': string value \"three\" for long");
    Splicing replaced(bare(kUser), {{"id", kInt, Value()}});
    EXPECT_EQ(replaced("\x02\x00\x04hi"s), "failed avro.missing_field");
}

/// Schemas in memory, and ids for new ones.
class Registry final : public SchemaSource, public SchemaIds {
  public:
    Result<SchemaRef> schema(uint32_t id) override {
        if (by_id.contains(id)) return by_id[id];
        return fail(unknown_schema_id(id, ""));
    }
    Result<uint32_t> id_of(const Schema& schema) override {
        ++registered;
        by_id[next] = *Schema::parse(schema.to_json());
        return next++;
    }
    std::map<uint32_t, SchemaRef> by_id;
    uint32_t next = 100;
    int registered = 0;
};

TEST(AvroSplice, DerivesASchemaForEachWritersSchemaOnce) {
    Registry registry;
    registry.by_id[1] = schema_of(kUser);
    registry.by_id[2] = schema_of(R"({"type":"record","name":"a.Event","fields":[
        {"name":"id","type":"int"}]})");
    AvroInput input;
    input.framing = Framing::Confluent;
    input.source = &registry;
    AvroOutput output;
    output.framing = Framing::Confluent;
    output.ids = &registry;
    Splicing splice(input, {{"x", kInt, Value::integer(1)}}, output);
    const std::string first = "\0\0\0\0\1\x02\x00\x04hi"s;
    const std::string second = "\0\0\0\0\2\x0e"s;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(splice(first), "\0\0\0\0\x64\x02\x00\x04hi\x02\x02"s);
        EXPECT_EQ(splice(second), "\0\0\0\0\x65\x0e\x02\x02"s);
    }
    EXPECT_EQ(registry.registered, 2);
}

TEST(AvroSplice, WritesTheReadersSchemaWhereOneIsGiven) {
    AvroInput input = bare(kUser);
    input.reader = schema_of(R"({"type":"record","name":"a.Event","fields":[
        {"name":"note","type":"string"},{"name":"id","type":"double"},
        {"name":"more","type":"int","default":7}]})");
    Splicing splice(input, {{"x", kInt, Value::integer(1)}});
    EXPECT_EQ(splice("\x02\x00\x04hi"s), "\x04hi\0\0\0\0\0\0\xf0\x3f\x0e\x02\x02"s);
}

TEST(AvroSplice, RefusesOptionsThatDoNotFit) {
    OutputPlan plan;
    plan.can_splice = true;
    plan.edits.push_back({{"x"}, 0, 0});
    AvroOutput output;
    EXPECT_EQ(testing::code_of(make_avro_encoder(output, plan)), "avro.no_schema");
    output.input = bare(kUser);
    EXPECT_EQ(testing::code_of(make_avro_encoder(output, plan)), "avro.edit");
    output.edit_types = {kInt};
    output.framing = Framing::Confluent;
    EXPECT_EQ(testing::code_of(make_avro_encoder(output, plan)), "avro.no_ids");
    plan.can_splice = false;
    EXPECT_EQ(testing::code_of(make_avro_encoder(output, plan)), "avro.no_schema");
    output.schema = output.input.schema;
    EXPECT_EQ(testing::code_of(make_avro_encoder(output, plan)), "avro.no_root");
}

/// An edit at a random place, with a value of the type that it says.
TestEdit random_edit(Random& random) {
    static const std::vector<std::string> paths = {"id",
                                                   "flag",
                                                   "buyer.name",
                                                   "buyer.born",
                                                   "buyer.friend.name",
                                                   "buyer.extra",
                                                   "seller",
                                                   "seller.new",
                                                   "lines",
                                                   "state",
                                                   "attributes.k1",
                                                   "note",
                                                   "nothing",
                                                   "added",
                                                   "ctx.a",
                                                   "ctx.b.c",
                                                   "at",
                                                   "ratio"};
    TestEdit edit;
    edit.path = paths[random.below(paths.size())];
    switch (random.below(6)) {
        case 0: return edit;
        case 1: edit.type = Type::scalar(TypeKind::Int, true); break;
        case 2: edit.type = Type::scalar(TypeKind::String, true); break;
        case 3: edit.type = Type::scalar(TypeKind::Timestamp, true); break;
        case 4: edit.type = Type::dynamic(); break;
        default:
            edit.type = Type::record({{"p", Type::scalar(TypeKind::Int)}, {"q", Type::dynamic()}});
    }
    if (edit.type->is_nullable && random.chance(0.2)) {
        edit.value = random.chance(0.5) ? Value::null() : Value();
        return edit;
    }
    static const MapEntry map[] = {{Value::string("p"), Value::integer(5)},
                                   {Value::string("q"), Value::string("Q")}};
    switch (edit.type->kind) {
        case TypeKind::Int: edit.value = Value::integer(static_cast<int32_t>(random.next())); break;
        case TypeKind::Timestamp: edit.value = Value::timestamp(5, 7'000'000); break;
        case TypeKind::Record: edit.value = Value::map(map); break;
        default: edit.value = Value::string("PAID");
    }
    return edit;
}

TEST(AvroSplice, EqualsDecodingEditingAndEncoding) {
    const SchemaRef schema = schema_of(testing::kRichSchema);
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        Random random(seed);
        std::vector<TestEdit> edits;
        for (size_t i = random.below(4) + 1; i > 0; --i) {
            TestEdit edit = random_edit(random);
            const Path path = path_of(edit.path);
            const bool clashes = std::ranges::any_of(edits, [&](const TestEdit& other) {
                return is_prefix(path, path_of(other.path)) || is_prefix(path_of(other.path), path);
            });
            if (!clashes) edits.push_back(std::move(edit));
        }
        Splicing splice(bare(testing::kRichSchema), edits);
        const SchemaRef output = splice.output_schema();
        for (uint64_t i = 0; i < 10; ++i) {
            Arena arena;
            const Value value = testing::RandomValues(*schema, seed * 1000 + i, arena)();
            const std::string raw = testing::encoded(schema, value);
            Value wanted = *read_datum(**Shapes::plain(schema), raw, arena);
            for (const TestEdit& edit : edits)
                wanted = with_replaced(wanted, path_of(edit.path), 0, edit.value, arena);
            const std::string anew = testing::encoded(output, wanted);
            const std::string spliced = splice(raw);
            ASSERT_EQ(anew.starts_with("error"), spliced.starts_with("failed"))
                << seed << " " << anew << " | " << spliced;
            if (anew.starts_with("error")) continue;
            const auto shapes = *Shapes::plain(output);
            const auto expected = read_datum(*shapes, anew, arena);
            const auto got = read_datum(*shapes, spliced, arena);
            ASSERT_TRUE(expected && got) << seed;
            ASSERT_TRUE(is_identical(*expected, *got)) << seed << "\n"
                                                       << to_debug_text(*expected, 900) << "\n"
                                                       << to_debug_text(*got, 900);
            ++compared;
        }
    }
    EXPECT_GT(compared, 1'000U);
}

}  // namespace
}  // namespace messina::codec::avro
