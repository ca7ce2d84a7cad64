#include "codec/registry/schemas.h"

#include <future>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/registry/testing/fake_registry.h"

namespace messina::codec::registry {
namespace {

using namespace std::chrono_literals;
using testing::FakeAnswer;
using testing::FakeRegistry;

const std::string kInt = R"({"schema":"\"int\""})";

class SchemasOf : public ::testing::Test {
  protected:
    SchemasOf() {
        options_.urls = {fake_.url()};
        options_.pauses = {0ns, 0ns};
    }
    ~SchemasOf() override { schemas_.reset(); }
    Schemas& schemas() {
        if (!schemas_) schemas_.emplace(options_, clock_);
        return *schemas_;
    }
    /// Asks and waits for the answer.
    Result<avro::SchemaRef> fetch(uint32_t id) {
        std::promise<void> answered;
        schemas().request(id, [&] { answered.set_value(); });
        answered.get_future().wait();
        return schemas().find(id).value();
    }
    FakeRegistry fake_;
    RegistryOptions options_;
    VirtualClock clock_{WallTime(1'000s)};
    avro::SchemaRef schema_ = *avro::Schema::parse("long");
    std::optional<Schemas> schemas_;
};

TEST_F(SchemasOf, KeepWhatTheyLearnedForGood) {
    fake_.answer("GET /schemas/ids/7", kInt);
    EXPECT_FALSE(schemas().find(7));
    ASSERT_TRUE(fetch(7));
    clock_.advance(24h * 365);
    EXPECT_TRUE(schemas().find(7).value());
    EXPECT_EQ(fake_.requests().size(), 1U);
}

TEST_F(SchemasOf, ForgetThatAnIdIsUnknown) {
    fake_.answer("GET /schemas/ids/7", {{404, R"({"error_code":40403,"message":"no"})"}});
    options_.errors_kept = 10s;
    const auto unknown = fetch(7);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, "avro.unknown_schema_id");
    clock_.advance(10s - 1ns);
    EXPECT_TRUE(schemas().find(7));
    clock_.advance(1ns);
    EXPECT_FALSE(schemas().find(7));
    fake_.answer("GET /schemas/ids/7", kInt);
    EXPECT_TRUE(fetch(7)) << "registered meanwhile";
}

TEST_F(SchemasOf, AskOnceForAllWhoWait) {
    fake_.answer("GET /schemas/ids/1", kInt);
    fake_.answer("GET /schemas/ids/7", kInt);
    std::promise<void> all_asked;
    std::promise<void> last;
    std::atomic<int> answered = 0;
    const auto count = [&] {
        if (++answered == 3) last.set_value();
    };
    // The registry's thread waits in here, so that all three come before it asks.
    schemas().request(1, [&, go = all_asked.get_future().share()] { go.wait(); });
    fake_.requests(1);
    for (int i = 0; i < 3; ++i) schemas().request(7, count);
    all_asked.set_value();
    last.get_future().wait();
    EXPECT_EQ(fake_.count("GET /schemas/ids/7"), 1U);
}

TEST_F(SchemasOf, AskAgainUntilTheRegistryAnswers) {
    fake_.answer("GET /schemas/ids/7",
                 {{503, ""}, {200, kInt, FakeAnswer::How::Cut}, {429, ""}, {200, kInt}});
    EXPECT_TRUE(fetch(7));
    EXPECT_EQ(fake_.requests().size(), 4U);
}

TEST_F(SchemasOf, TellOfEachTryUntilTheRegistryAnswers) {
    struct : RetryListener {
        void on_retry(const Error& error, int tries, Nanos) override {
            told.push_back(fmt::format("{} {}", error.code, tries));
        }
        void on_answer_again() override { told.emplace_back("again"); }
        std::vector<std::string> told;
    } listener;
    schemas().set_listener(&listener);
    fake_.answer("GET /schemas/ids/7", {{503, "{}"}, {503, "{}"}, {200, kInt}});
    fake_.answer("GET /schemas/ids/8", kInt);
    ASSERT_TRUE(fetch(7));
    ASSERT_TRUE(fetch(8));
    EXPECT_EQ(listener.told, (std::vector<std::string>{"registry.unavailable 1",
                                                       "registry.unavailable 2", "again"}));
    schemas().set_listener(nullptr);
}

TEST_F(SchemasOf, KnowTheIdOfASchemaUnderItsSubject) {
    fake_.answer("POST /subjects/a/versions", R"({"id":1})");
    fake_.answer("POST /subjects/b/versions", R"({"id":2})");
    std::promise<void> answered;
    EXPECT_FALSE(schemas().find_id("a", *schema_));
    schemas().request_id("a", *schema_, [&] { answered.set_value(); });
    answered.get_future().wait();
    EXPECT_EQ(schemas().find_id("a", *schema_).value(), 1U);
    EXPECT_FALSE(schemas().find_id("b", *schema_));
    EXPECT_EQ(schemas().id_now("b", *schema_), 2U);
    EXPECT_EQ(schemas().id_now("a", *schema_), 1U);
    EXPECT_EQ(schemas().id_now("b", *schema_), 2U);
    EXPECT_EQ(fake_.requests().size(), 2U) << "what is known is not asked for";
}

TEST_F(SchemasOf, TellAtOnceThatAStartMustFail) {
    fake_.answer("POST /subjects/a/versions", {{503, ""}});
    const auto id = schemas().id_now("a", *schema_);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().error_class, ErrorClass::Transient);
    EXPECT_EQ(fake_.requests().size(), 1U);
}

TEST_F(SchemasOf, EndWithoutTheAnswerThatNeverComes) {
    options_.http.timeout = 1h;
    fake_.answer("GET /schemas/ids/7", {{200, "", FakeAnswer::How::Never}});
    bool is_called = false;
    schemas().request(7, [&] { is_called = true; });
    fake_.requests(1);
    schemas_.reset();
    EXPECT_FALSE(is_called);
}

}  // namespace
}  // namespace messina::codec::registry
