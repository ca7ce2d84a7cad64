// The registry client against the registry in MESSINA_REGISTRY, with subjects of its own.
#include <chrono>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/json_writer.h"
#include "codec/registry/client.h"

namespace messina::codec::registry {
namespace {

std::string record(std::string_view fields) {
    return fmt::format(R"({{"type":"record","name":"live.Order","fields":[{}]}})", fields);
}

class Registry : public ::testing::Test {
  protected:
    Registry() {
        const char* url = std::getenv("MESSINA_REGISTRY");
        if (url == nullptr) throw std::runtime_error("MESSINA_REGISTRY is not set");
        options_.urls = {url};
    }
    RegistryClient client() { return RegistryClient(options_); }
    static avro::SchemaRef schema_of(std::string_view json) {
        auto schema = avro::Schema::parse(json);
        EXPECT_TRUE(schema) << schema.error().to_text();
        return *schema;
    }
    /// What the client has no call for.
    HttpAnswer post(const std::string& path, const std::string& body) {
        auto answer = HttpClient({}).post(options_.urls.at(0) + path, body);
        EXPECT_TRUE(answer) << answer.error().to_text();
        return *answer;
    }
    static std::string json_text(std::string_view text) {
        Buffer out;
        append_json_string(out, text);
        return std::string(out.view());
    }

    RegistryOptions options_;
    const std::string subject_ = fmt::format("live {:x}/orders-value", system_seed());
};

TEST_F(Registry, GivesBackWhatWasRegistered) {
    const auto schema = schema_of(record(R"({"name":"n","type":"long"})"));
    const auto id = client().id_of(subject_, *schema);
    ASSERT_TRUE(id) << id.error().to_text();
    EXPECT_EQ(client().id_of(subject_, *schema), *id) << "registered once";
    const auto fetched = client().schema(*id);
    ASSERT_TRUE(fetched) << fetched.error().to_text();
    EXPECT_TRUE((*fetched)->reads_like(*schema));
    const auto newest = client().latest(subject_);
    ASSERT_TRUE(newest) << newest.error().to_text();
    EXPECT_EQ(newest->id, *id);

    options_.registers = false;
    EXPECT_EQ(client().id_of(subject_, *schema), *id) << "looked up";
    const auto other = schema_of(record(R"({"name":"other","type":"long"})"));
    for (const std::string& subject : {subject_, subject_ + "-none"}) {
        const auto refused = client().id_of(subject, *other);
        ASSERT_FALSE(refused) << subject;
        EXPECT_EQ(refused.error().error_class, ErrorClass::Misconfigured);
        EXPECT_EQ(refused.error().hint, "register the schema, or allow it by `register: true`");
    }
}

TEST_F(Registry, ResolvesReferences) {
    const auto colour =
        schema_of(R"({"type":"enum","name":"live.Colour","symbols":["RED","BLUE"]})");
    const std::string colours = subject_ + "-colour";
    ASSERT_TRUE(client().id_of(colours, *colour));
    const std::string text = record(R"({"name":"colour","type":"live.Colour"})");
    const HttpAnswer answer = post(
        fmt::format("/subjects/{}/versions", HttpClient::escape(subject_)),
        fmt::format(
            R"({{"schema":{},"references":[{{"name":"live.Colour","subject":{},"version":1}}]}})",
            json_text(text), json_text(colours)));
    const auto registered = read_answer(answer.status, answer.body, Wanted::Id, "register");
    ASSERT_TRUE(registered) << registered.error().to_text();

    const auto schema = client().schema(registered->id);
    ASSERT_TRUE(schema) << schema.error().to_text();
    const avro::Node& root = (*schema)->node((*schema)->root());
    EXPECT_EQ((*schema)->node(root.fields.at(0).node).symbols,
              (std::vector<std::string>{"RED", "BLUE"}));
}

TEST_F(Registry, RefusesAnIncompatibleSchema) {
    ASSERT_TRUE(client().id_of(subject_, *schema_of(record(R"({"name":"n","type":"long"})"))));
    HttpOptions http;
    const std::string path = fmt::format("/config/{}", HttpClient::escape(subject_));
    const auto set =
        HttpClient(http).put(options_.urls.at(0) + path, R"({"compatibility":"BACKWARD"})");
    ASSERT_TRUE(set) << set.error().to_text();
    ASSERT_EQ(set->status, 200) << set->body;
    const auto id = client().id_of(subject_, *schema_of(record(R"({"name":"n","type":"string"})")));
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(id.error().code, "registry.incompatible") << id.error().to_text();
}

TEST_F(Registry, DoesNotKnowEveryId) {
    const auto unknown = client().schema(2'000'000'000);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().error_class, ErrorClass::Poison) << unknown.error().to_text();
    EXPECT_EQ(unknown.error().code, "avro.unknown_schema_id");
    const auto none = client().latest(subject_);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, "registry.unknown_subject") << none.error().to_text();
}

TEST_F(Registry, IsNotToBeFoundBesideItsPath) {
    options_.urls.at(0) += "/elsewhere";
    const auto schema = client().schema(1);
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().error_class, ErrorClass::Misconfigured) << schema.error().to_text();
}

}  // namespace
}  // namespace messina::codec::registry
