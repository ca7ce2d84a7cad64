#include "config/interpolate.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace messina::config {
namespace {

namespace fs = std::filesystem;

/// A directory with secrets as Kubernetes mounts them, and one beside it that is not allowed.
class InterpolationTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        root_ = fs::path(testing::TempDir()) / fmt::format("messina_interpolate_{}", info->name());
        fs::remove_all(root_);
        fs::create_directories(root_ / "allowed" / "..data");
        fs::create_directories(root_ / "allowed_not");
        write("allowed/..data/password", "hunter2\n");
        write("allowed_not/key", "outside");
        fs::create_symlink("..data/password", root_ / "allowed" / "password");
        fs::create_symlink("../allowed_not/key", root_ / "allowed" / "escape");
        allowed_.file_roots = {path("allowed")};
        ::setenv("MESSINA_TEST_HOST", "db1", 1);
        ::setenv("MESSINA_TEST_DB_PASSWORD", "hunter2", 1);
        ::unsetenv("MESSINA_TEST_NOT_SET");
    }
    void TearDown() override { fs::remove_all(root_); }

    std::string path(std::string_view name) const { return (root_ / name).string(); }
    void write(std::string_view name, std::string_view text) const {
        std::ofstream(path(name), std::ios::binary) << text;
    }
    std::string expanded(const std::string& text) const {
        const auto expansion = expand(text, allowed_);
        return expansion ? expansion->text : fmt::format("error {}", expansion.error().code);
    }
    std::string error_in_file(std::string text) const {
        const Result<Node> node = parse_yaml("t.yaml", std::move(text), allowed_);
        return node ? "no error" : node.error().to_text();
    }

    fs::path root_;
    Interpolation allowed_;
};

TEST_F(InterpolationTest, ExpandsVariablesInsideOfText) {
    EXPECT_EQ(expanded("tcp://${env:MESSINA_TEST_HOST}:1/${env:MESSINA_TEST_HOST}"),
              "tcp://db1:1/db1");
    EXPECT_EQ(expanded("no references, $ and {} and $x"), "no references, $ and {} and $x");
}

TEST_F(InterpolationTest, LeavesEscapedReferencesAsText) {
    EXPECT_EQ(expanded("$${env:MESSINA_TEST_HOST}"), "${env:MESSINA_TEST_HOST}");
    EXPECT_EQ(expanded("a$${b ${env:MESSINA_TEST_HOST} $${"), "a${b db1 ${");
}

TEST_F(InterpolationTest, DoesNotExpandWhatCameOut) {
    ::setenv("MESSINA_TEST_HOST", "${env:HOME}", 1);
    EXPECT_EQ(expanded("${env:MESSINA_TEST_HOST}"), "${env:HOME}");
}

TEST_F(InterpolationTest, ReadsFilesWithoutTheirLastLineEnd) {
    EXPECT_EQ(expanded("${file:" + path("allowed/password") + "}"), "hunter2");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":password}"), "hunter2");
    write("allowed/windows", "a\r\nb\r\n");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":windows}"), "a\r\nb");
    write("allowed/empty_line", "a\n\n");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":empty_line}"), "a\n");
}

TEST_F(InterpolationTest, MarksWhatIsSecret) {
    EXPECT_TRUE(expand("${dir:" + path("allowed") + ":password}", allowed_)->is_secret);
    EXPECT_TRUE(expand("x${env:MESSINA_TEST_DB_PASSWORD}", allowed_)->is_secret);
    EXPECT_FALSE(expand("${env:MESSINA_TEST_HOST}", allowed_)->is_secret);
}

TEST_F(InterpolationTest, KeepsToTheAllowedDirectories) {
    for (const std::string name : {"allowed_not/key", "allowed/../allowed_not/key",
                                   "allowed/escape", "allowed", "allowed_not/missing"}) {
        EXPECT_EQ(expanded("${file:" + path(name) + "}"), "error config.not_allowed") << name;
    }
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":../allowed_not/key}"),
              "error config.reference");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":..}"), "error config.reference");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + "}"), "error config.reference");
}

TEST_F(InterpolationTest, AllowsNoFilesWhenNobodySaidWhere) {
    allowed_.file_roots.clear();
    allowed_.how_to_allow = "allow it with --secrets DIR";
    EXPECT_EQ(error_in_file("a:\n  - ${file:/etc/hostname}\n"),
              "t.yaml:2:5: ${file:/etc/hostname} is not allowed here\n"
              "     2 |   - ${file:/etc/hostname}\n"
              "       |     ^^^^^^^^^^^^^^^^^^^^^\n"
              "  hint: no directory is allowed to be read from; allow it with --secrets DIR");
    allowed_.file_roots = {path("no such directory")};
    EXPECT_EQ(expanded("${file:/etc/hostname}"), "error config.not_allowed");
}

TEST_F(InterpolationTest, KeepsToTheAllowedVariables) {
    allowed_.env_patterns = {"MESSINA_*", "KAFKA_*"};
    EXPECT_EQ(expanded("${env:MESSINA_TEST_HOST}"), "db1");
    EXPECT_EQ(error_in_file("a: 'x ${env:HOME}'\n"),
              "t.yaml:1:7: ${env:HOME} is not allowed here\n"
              "     1 | a: 'x ${env:HOME}'\n"
              "       |       ^^^^^^^^^^^\n"
              "  hint: allowed variables: MESSINA_*, KAFKA_*");
    allowed_.is_env_allowed = false;
    EXPECT_EQ(expanded("${env:MESSINA_TEST_HOST}"), "error config.not_allowed");
}

TEST_F(InterpolationTest, NamesWhatCannotBeResolved) {
    EXPECT_EQ(error_in_file("a: ${env:MESSINA_TEST_NOT_SET}\n"),
              "t.yaml:1:4: environment variable MESSINA_TEST_NOT_SET is not set\n"
              "     1 | a: ${env:MESSINA_TEST_NOT_SET}\n"
              "       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
              "  hint: set it, for example: export MESSINA_TEST_NOT_SET=…");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":missing}"), "error config.unresolved");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":..data}"), "error config.unresolved");
    write("allowed/binary", "\xFF\xFE");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":binary}"), "error config.unresolved");
}

TEST_F(InterpolationTest, RefusesLargeValues) {
    allowed_.value_bytes_max = 4;
    EXPECT_EQ(expanded("${env:MESSINA_TEST_DB_PASSWORD}"), "error config.too_large");
    EXPECT_EQ(expanded("${dir:" + path("allowed") + ":password}"), "error config.unresolved");
}

TEST_F(InterpolationTest, ExplainsWhatIsNoReference) {
    EXPECT_EQ(error_in_file("a: ${emv:HOME}\n"),
              "t.yaml:1:4: ${emv:HOME} has no known provider\n"
              "     1 | a: ${emv:HOME}\n"
              "       |    ^^^^^^^^^^^\n"
              "  hint: did you mean 'env'? providers are env, file and dir; write $${ for a "
              "literal ${");
    for (const char* text : {"${", "${}", "${env}", "${env:", "${HOME}"}) {
        EXPECT_EQ(expanded(text), "error config.reference") << text;
    }
    EXPECT_EQ(expanded("${env:}"), "error config.reference");
}

TEST_F(InterpolationTest, CannotChangeTheStructure) {
    ::setenv("MESSINA_TEST_HOST", "x, y: [z]\nother: 1", 1);
    const Result<Node> node = parse_yaml("t.yaml", "a: ${env:MESSINA_TEST_HOST}\n", allowed_);
    ASSERT_TRUE(node.has_value());
    EXPECT_EQ(node->entries.size(), 1u);
    EXPECT_EQ(node->find("a")->scalar, "x, y: [z]\nother: 1");
}

TEST_F(InterpolationTest, ReadsAReferenceInQuotesAsIfPlain) {
    const Result<Node> node = parse_yaml(
        "t.yaml", "{a: '${env:MESSINA_TEST_HOST}', b: 'x${env:MESSINA_TEST_HOST}'}", allowed_);
    ASSERT_TRUE(node.has_value());
    EXPECT_FALSE(node->find("a")->is_quoted);
    EXPECT_TRUE(node->find("b")->is_quoted);
}

TEST_F(InterpolationTest, CanBeSwitchedOff) {
    allowed_.is_on = false;
    const Result<Node> node = parse_yaml("t.yaml", "{'a${b': '${env:X} $${'}", allowed_);
    ASSERT_TRUE(node.has_value()) << node.error().to_text();
    EXPECT_EQ(node->find("a${b")->scalar, "${env:X} $${");
}

TEST(SoundsSecret, KnowsTheUsualWords) {
    for (const char* name : {"DB_PASSWORD", "sasl.password", "api-key", "AUTH_TOKEN", "secret"}) {
        EXPECT_TRUE(sounds_secret(name)) << name;
    }
    for (const char* name : {"KEYSPACE", "monkey", "HOST", "", "tokens.max"}) {
        EXPECT_FALSE(sounds_secret(name)) << name;
    }
}

}  // namespace
}  // namespace messina::config
