#include "config/properties.h"

#include <fstream>

#include <gtest/gtest.h>

namespace messina::config {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(std::string text) {
    const Result<Node> node = parse_properties("worker.properties", std::move(text));
    if (!node) return {{"error", node.error().to_text()}};
    Pairs pairs;
    for (const auto& [key, value] : node->entries) pairs.emplace_back(key.scalar, value.scalar);
    return pairs;
}

Pairs pairs(Pairs expected) {
    return expected;
}

TEST(Properties, ReadsKeysAndValues) {
    EXPECT_EQ(pairs_of("bootstrap.servers=localhost:9092\n"
                       "group.id : connect\n"
                       "offset.topic offsets\n"
                       "empty=\nalone\n"
                       "  indented\t=\t value with trailing blanks  \n"
                       "a==b"),
              pairs({{"bootstrap.servers", "localhost:9092"},
                     {"group.id", "connect"},
                     {"offset.topic", "offsets"},
                     {"empty", ""},
                     {"alone", ""},
                     {"indented", "value with trailing blanks  "},
                     {"a", "=b"}}));
}

TEST(Properties, SkipsCommentsAndEmptyLines) {
    EXPECT_EQ(pairs_of("# comment \\\n! another\n\n   # indented\r\na=1 # no comment\r\n"),
              pairs({{"a", "1 # no comment"}}));
    EXPECT_EQ(pairs_of(""), Pairs{});
    EXPECT_EQ(pairs_of("# to the end"), Pairs{});
}

TEST(Properties, ContinuesLines) {
    EXPECT_EQ(pairs_of("topics=a,\\\n   b,\\\r\n\tc\nk\\\n  ey \\\n  = \\\n v\nx=1\\\\\ny=2\\"),
              pairs({{"topics", "a,b,c"}, {"key", "v"}, {"x", "1\\"}, {"y", "2"}}));
}

TEST(Properties, ReadsEscapes) {
    EXPECT_EQ(pairs_of("a\\ b\\=c\\:d=\\t\\n\\r\\f\\u00e9\\q\\\\\n"), pairs({{"a b=c:d",
                                                                              "\t\n\r\fé"
                                                                              "q\\"}}));
    EXPECT_EQ(pairs_of("emoji=\\ud83d\\ude00 \\u20AC \\u0041"), pairs({{"emoji", "😀 € A"}}));
}

TEST(Properties, RefusesBrokenUnicodeEscapes) {
    EXPECT_EQ(pairs_of("a=1\nb=x\\u12g4\n"),
              pairs({{"error",
                      "worker.properties:2:4: this is no character in \\uXXXX form\n"
                      "     2 | b=x\\u12g4\n"
                      "       |    ^^\n"
                      "  hint: four hexadecimal digits follow \\u; a backslash is written \\\\"}}));
    for (const char* text : {"a=\\u12", "a=\\ud83d", "a=\\ude00", "a=\\ud83d\\u0041",
                             "a=\\ud83d\\uzzzz", "\\u-123=a"}) {
        EXPECT_EQ(pairs_of(text).front().first, "error") << text;
    }
}

TEST(Properties, LetsTheLastOfEqualKeysCount) {
    EXPECT_EQ(pairs_of("a=1\nb=2\na=3\n"), pairs({{"a", "3"}, {"b", "2"}}));
}

TEST(Properties, LeavesReferencesToKafkasProviders) {
    EXPECT_EQ(pairs_of("p=${file:/etc/secret:key}\n"), pairs({{"p", "${file:/etc/secret:key}"}}));
}

TEST(Properties, KeepsPlaces) {
    const Result<Node> node = parse_properties("w", "a=1\n  bé = x\n");
    ASSERT_TRUE(node.has_value());
    EXPECT_EQ(node->entries.at(1).first.mark.line, 2);
    EXPECT_EQ(node->entries.at(1).first.mark.column, 3);
    EXPECT_EQ(node->entries.at(1).second.mark.column, 8);
}

TEST(Properties, KeepsToItsLimits) {
    const Result<Node> many = parse_properties("w", "a=1\nb=2\n", LoadLimits{.nodes_max = 1});
    ASSERT_FALSE(many.has_value());
    EXPECT_EQ(many.error().code, "config.too_large");
    const Result<Node> large = parse_properties("w", "a=1\n", LoadLimits{.text_bytes_max = 3});
    ASSERT_FALSE(large.has_value());
    EXPECT_EQ(large.error().code, "config.too_large");
    EXPECT_FALSE(parse_properties("w", "a=\xFF\n").has_value());
}

TEST(Properties, LoadsAFileByName) {
    const std::string path = testing::TempDir() + "messina_properties_test.properties";
    std::ofstream(path) << "a=1\n";
    const Result<Node> node = load_properties(path);
    ASSERT_TRUE(node.has_value());
    EXPECT_EQ(node->find("a")->scalar, "1");
    EXPECT_FALSE(load_properties(path + ".none").has_value());
}

}  // namespace
}  // namespace messina::config
