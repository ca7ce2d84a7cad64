#include "codec/registry/client.h"

#include <gtest/gtest.h>

#include "codec/registry/testing/fake_registry.h"

namespace messina::codec::registry {
namespace {

using testing::FakeAnswer;
using testing::FakeRegistry;

constexpr std::string_view kInt = R"({"schema":"\"int\""})";
const std::string kUnknownId = R"({"error_code":40403,"message":"Schema 7 not found"})";

class Client : public ::testing::Test {
  protected:
    RegistryClient client() {
        if (options_.urls.empty()) options_.urls = {fake_.url()};
        return RegistryClient(options_);
    }
    Error error_of_id(std::vector<FakeAnswer> answers) {
        fake_.answer("GET /schemas/ids/7", std::move(answers));
        auto schema = client().schema(7);
        EXPECT_FALSE(schema);
        return schema ? Error{} : schema.error();
    }
    avro::SchemaRef schema_ = *avro::Schema::parse(R"({"type":"record","name":"a.R","fields":[]})");
    FakeRegistry fake_;
    RegistryOptions options_;
};

TEST_F(Client, ReadsASchemaById) {
    fake_.answer("GET /schemas/ids/7", std::string(kInt));
    const auto schema = client().schema(7);
    ASSERT_TRUE(schema) << schema.error().to_text();
    EXPECT_EQ((*schema)->canonical(), "\"int\"");
}

TEST_F(Client, ResolvesReferencesOfReferences) {
    fake_.answer("GET /schemas/ids/7",
                 R"({"schema":"[\"a.Car\",\"a.Colour\"]","references":[
                     {"name":"a.Car","subject":"car/s","version":2},
                     {"name":"a.Colour","subject":"colour","version":1}]})");
    fake_.answer("GET /subjects/car%2Fs/versions/2?deleted=true",
                 R"({"schema":"{\"type\":\"record\",\"name\":\"a.Car\",)"
                 R"(\"fields\":[{\"name\":\"colour\",\"type\":\"Colour\"}]}",
                     "references":[{"name":"a.Colour","subject":"colour","version":1}]})");
    fake_.answer("GET /subjects/colour/versions/1?deleted=true",
                 R"({"schema":"{\"type\":\"enum\",\"name\":\"a.Colour\",\"symbols\":[\"RED\"]}"})");
    const auto schema = client().schema(7);
    ASSERT_TRUE(schema) << schema.error().to_text();
    EXPECT_EQ((*schema)->canonical(),
              R"([{"name":"a.Car","type":"record","fields":[{"name":"colour","type":)"
              R"({"name":"a.Colour","type":"enum","symbols":["RED"]}}]},"a.Colour"])");
    EXPECT_EQ(fake_.requests().size(), 3U) << "each text is fetched once";
}

TEST_F(Client, EndsReferencesThatGoInCircles) {
    fake_.answer("GET /schemas/ids/7",
                 R"({"schema":"\"a.A\"","references":[{"name":"a","subject":"a","version":1}]})");
    fake_.answer("GET /subjects/a/versions/1?deleted=true",
                 R"({"schema":"{\"type\":\"fixed\",\"name\":\"a.A\",\"size\":1}",
                     "references":[{"name":"a","subject":"a","version":1}]})");
    EXPECT_TRUE(client().schema(7));
}

TEST_F(Client, BlamesTheRecordForAnUnknownId) {
    const Error error = error_of_id({{404, kUnknownId}});
    EXPECT_EQ(error.error_class, ErrorClass::Poison);
    EXPECT_EQ(error.code, "avro.unknown_schema_id");
    EXPECT_EQ(error.message, "no schema has the id 7");
    EXPECT_NE(error.hint.find("Schema 7 not found (40403)"), std::string::npos) << error.hint;
}

TEST_F(Client, BlamesTheRecordForASchemaThatIsNotAvro) {
    const Error other = error_of_id({{200, R"({"schema":"{}","schemaType":"JSON"})"}});
    EXPECT_EQ(other.error_class, ErrorClass::Poison);
    EXPECT_EQ(other.message, "get schema 7: it is a JSON schema, not Avro");
    EXPECT_EQ(error_of_id({{200, R"({"schema":"{}"})"}}).error_class, ErrorClass::Poison);
}

TEST_F(Client, BlamesNoRecordForAWrongAddress) {
    for (const FakeAnswer& answer :
         {FakeAnswer{404, "<html>Not Found</html>"}, FakeAnswer{404, R"({"error_code":404})"},
          FakeAnswer{302, ""}, FakeAnswer{405, "no"}}) {
        const Error error = error_of_id({answer});
        EXPECT_EQ(error.error_class, ErrorClass::Misconfigured) << error.to_text();
        EXPECT_EQ(error.code, "registry.not_a_registry");
        EXPECT_TRUE(error.message.starts_with(fake_.url())) << error.message;
    }
}

TEST_F(Client, NamesRefusedCredentials) {
    for (const int status : {401, 403}) {
        const Error error = error_of_id({{status, R"({"error_code":40101,"message":"who?"})"}});
        EXPECT_EQ(error.error_class, ErrorClass::Misconfigured);
        EXPECT_EQ(error.code, "registry.authorization");
    }
}

TEST_F(Client, CallsWhatMayPassTransient) {
    for (const int status : {408, 429, 500, 503}) {
        const Error error = error_of_id({{status, "busy\r\n"}});
        EXPECT_EQ(error.error_class, ErrorClass::Transient) << status;
        EXPECT_EQ(error.message,
                  fake_.url() + ": get schema 7: busy   (" + std::to_string(status) + ")");
    }
    EXPECT_EQ(error_of_id({{200, "<html>"}}).code, "registry.bad_answer");
    EXPECT_EQ(error_of_id({{200, "{}"}}).code, "registry.bad_answer");
    EXPECT_EQ(error_of_id({{200, std::string(kInt), FakeAnswer::How::Cut}}).code,
              "registry.unreachable");
}

TEST_F(Client, GivesUpAWaitAfterTheTimeout) {
    options_.http.timeout = std::chrono::milliseconds(30);
    const Error error = error_of_id({{200, "", FakeAnswer::How::Never}});
    EXPECT_EQ(error.error_class, ErrorClass::Transient);
    EXPECT_EQ(error.code, "registry.unreachable");
}

TEST_F(Client, RefusesAnAnswerWithoutEnd) {
    options_.http.answer_bytes_max = 100;
    const Error error = error_of_id({{200, std::string(101, ' ')}});
    EXPECT_EQ(error.error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(error.code, "registry.answer_too_large");
}

TEST_F(Client, GoesOnWithTheRegistryThatAnswers) {
    FakeRegistry broken;
    broken.answer("GET /schemas/ids/7", {{503, ""}});
    fake_.answer("GET /schemas/ids/7", std::string(kInt));
    options_.urls = {broken.url(), fake_.url() + "/"};
    RegistryClient both = client();
    EXPECT_TRUE(both.schema(7));
    EXPECT_TRUE(both.schema(7));
    EXPECT_EQ(broken.requests().size(), 1U) << "the one that answered comes first";
    EXPECT_EQ(fake_.count("GET /schemas/ids/7"), 2U);
}

TEST_F(Client, SaysThatNothingListens) {
    std::string url;
    {
        const FakeRegistry gone;
        url = gone.url();
    }
    options_.urls = {url};
    const auto schema = client().schema(7);
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().error_class, ErrorClass::Transient);
    EXPECT_TRUE(schema.error().message.starts_with(url + ": get schema 7: "));
}

TEST_F(Client, SendsCredentialsOfTheUrlAndShowsThemNowhere) {
    options_.urls = {"http://ann:p%40ss@" + fake_.host() + "/base@dir/"};
    const auto schema = client().schema(7);
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().to_text().find("ss@"), std::string::npos) << schema.error().to_text();
    const std::string request = fake_.requests().at(0);
    EXPECT_TRUE(request.starts_with("GET /base@dir/schemas/ids/7 ")) << request;
    EXPECT_NE(request.find("Authorization: Basic YW5uOnBAc3M=\r\n"), std::string::npos) << request;
}

TEST_F(Client, SendsABearerToken) {
    options_.http.token = "t0ken";
    EXPECT_FALSE(client().schema(7));
    EXPECT_NE(fake_.requests().at(0).find("Authorization: Bearer t0ken\r\n"), std::string::npos);
}

TEST_F(Client, RegistersUnderASubject) {
    options_.normalizes = true;
    fake_.answer("POST /subjects/a%20b-value/versions?normalize=true", R"({"id":12})");
    const auto id = client().id_of("a b-value", *schema_);
    ASSERT_TRUE(id) << id.error().to_text();
    EXPECT_EQ(*id, 12U);
    const std::string request = fake_.requests().at(0);
    EXPECT_TRUE(request.ends_with(
        R"({"schema":"{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a\",\"fields\":[]}"})"))
        << request;
    EXPECT_NE(request.find("Content-Type: application/vnd.schemaregistry.v1+json\r\n"),
              std::string::npos);
}

TEST_F(Client, GivesTheReasonsOfAnIncompatibleSchema) {
    fake_.answer("POST /subjects/s/versions",
                 {{409, R"({"error_code":409,"message":"READER_FIELD_MISSING_DEFAULT: n"})"}});
    const auto id = client().id_of("s", *schema_);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(id.error().code, "registry.incompatible");
    EXPECT_EQ(id.error().message, fake_.url() + ": register a schema under 's': " +
                                      "READER_FIELD_MISSING_DEFAULT: n (409)");
}

TEST_F(Client, NeverTakesAMissingIdForZero) {
    fake_.answer("POST /subjects/s/versions", R"({"schema":"x"})");
    const auto id = client().id_of("s", *schema_);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, "registry.bad_answer");
}

TEST_F(Client, OnlyLooksUpWhereItMayNotRegister) {
    options_.registers = false;
    fake_.answer("POST /subjects/s", {{200, R"({"id":3,"subject":"s","version":1})"},
                                      {404, R"({"error_code":40401,"message":"no subject"})"},
                                      {404, R"({"error_code":40403,"message":"no schema"})"}});
    RegistryClient one = client();
    EXPECT_EQ(one.id_of("s", *schema_), 3U);
    for (int i = 0; i < 2; ++i) {
        const auto id = one.id_of("s", *schema_);
        ASSERT_FALSE(id);
        EXPECT_EQ(id.error().error_class, ErrorClass::Misconfigured);
        EXPECT_EQ(id.error().hint, "register the schema, or allow it by `register: true`");
    }
    EXPECT_EQ(fake_.count("POST /subjects/s"), 3U);
}

TEST_F(Client, GivesTheNewestWithItsId) {
    fake_.answer("GET /subjects/s/versions/latest", R"({"id":9,"schema":"\"long\""})");
    const auto newest = client().latest("s");
    ASSERT_TRUE(newest) << newest.error().to_text();
    EXPECT_EQ(newest->id, 9U);
    EXPECT_EQ(newest->schema->canonical(), "\"long\"");
}

TEST_F(Client, NamesSubjects) {
    using enum SubjectStrategy;
    EXPECT_EQ(subject_name(TopicName, "t", true, *schema_), "t-key");
    EXPECT_EQ(subject_name(TopicName, "t", false, *schema_), "t-value");
    EXPECT_EQ(subject_name(RecordName, "t", false, *schema_), "a.R");
    EXPECT_EQ(subject_name(TopicRecordName, "t", true, *schema_), "t-a.R");
    const avro::SchemaRef nameless = *avro::Schema::parse("int");
    EXPECT_EQ(subject_name(TopicName, "t", true, *nameless), "t-key");
    const auto refused = subject_name(RecordName, "t", false, *nameless);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error_class, ErrorClass::Misconfigured);
}

}  // namespace
}  // namespace messina::codec::registry
