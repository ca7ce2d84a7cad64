#include <chrono>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/node.h"

namespace messina::config {
namespace {

Result<Node> parse(std::string text) {
    return parse_yaml("test.yaml", std::move(text), Interpolation{});
}

Node parsed(std::string text) {
    Result<Node> node = parse(std::move(text));
    EXPECT_TRUE(node.has_value()) << node.error().to_text();
    return node.value_or(Node{});
}

std::string error_of(std::string text) {
    Result<Node> node = parse(std::move(text));
    return node ? "no error" : node.error().to_text();
}

std::string_view code_of(std::string text) {
    Result<Node> node = parse(std::move(text));
    return node ? "no error" : node.error().code;
}

TEST(Yaml, KeepsWhereEveryNodeStood) {
    const Node root = parsed("a: 1\nb:\n  - x\n  - {ü: 'quoted', k: v}\n");
    ASSERT_EQ(root.kind, NodeKind::Map);
    const Node& list = *root.find("b");
    EXPECT_EQ(list.mark.line, 3);
    EXPECT_EQ(list.mark.column, 3);
    const Node& map = list.items.at(1);
    EXPECT_EQ(map.entries.at(0).second.mark.column, 9);
    EXPECT_TRUE(map.entries.at(0).second.is_quoted);
    EXPECT_EQ(map.entries.at(1).first.mark.column, 19);
    EXPECT_FALSE(map.find("k")->is_quoted);
    EXPECT_EQ(map.find("nothing"), nullptr);
}

TEST(Yaml, CountsCharactersNotBytesInOneLongLine) {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += "\"é\", ";
    text += "last]";
    const Node root = parsed(text);
    EXPECT_EQ(root.items.back().mark.column, 2 + 1000 * 5);
}

TEST(Yaml, ReadsJson) {
    const Node root = parsed("{\"a\":[1,true,null,\"x\\ny\"],\"b\":{\"c\":-1.5e3}}");
    EXPECT_EQ(root.find("a")->items.at(0).scalar, "1");
    EXPECT_FALSE(root.find("a")->items.at(1).is_quoted);
    EXPECT_EQ(root.find("a")->items.at(2).kind, NodeKind::Null);
    EXPECT_EQ(root.find("a")->items.at(3).scalar, "x\ny");
    EXPECT_TRUE(root.find("a")->items.at(3).is_quoted);
    EXPECT_EQ(root.find("b")->find("c")->scalar, "-1.5e3");
}

TEST(Yaml, TellsWrittenNullsFromAbsentValues) {
    const Node root = parsed("a:\nb: null\nc: ~\nd: 'null'\ne: [null, ~ ]\n");
    EXPECT_EQ(root.find("a")->kind, NodeKind::Null);
    EXPECT_EQ(root.find("a")->scalar, "");
    EXPECT_EQ(root.find("b")->scalar, "null");
    EXPECT_EQ(root.find("c")->scalar, "~");
    EXPECT_EQ(root.find("d")->kind, NodeKind::Scalar);
    EXPECT_EQ(root.find("e")->items.at(0).scalar, "null");
}

TEST(Yaml, GivesNullForAnEmptyFile) {
    EXPECT_EQ(parsed("").kind, NodeKind::Null);
    EXPECT_EQ(parsed("# only a comment\n").kind, NodeKind::Null);
    EXPECT_EQ(parsed("\xEF\xBB\xBF# after a byte order mark\n").kind, NodeKind::Null);
}

TEST(Yaml, ExpandsAliases) {
    const Node root = parsed("a: &x {k: [1, 2]}\nb: *x\nc: &s text\nd: *s\n");
    EXPECT_EQ(root.find("b")->find("k")->items.at(1).scalar, "2");
    EXPECT_EQ(root.find("d")->scalar, "text");
}

TEST(Yaml, TakesTagsOfItsOwnTypesOnly) {
    const Node root = parsed("a: !!str 5\nb: !!int 5\nc: !!map {}\nd: !!seq []\n");
    EXPECT_TRUE(root.find("a")->is_quoted);
    EXPECT_FALSE(root.find("b")->is_quoted);
    EXPECT_EQ(error_of("a: !custom 5\n"),
              "test.yaml:1:4: tag '!custom' is not known here\n"
              "     1 | a: !custom 5\n"
              "       |    ^^^^^^^\n"
              "  hint: remove it; put text that begins with '!' in quotes");
    EXPECT_EQ(code_of("a: !!seq {}\n"), "config.tag");
}

TEST(Yaml, RefusesAKeyGivenTwice) {
    EXPECT_EQ(error_of("a: 1\nbb: 2\nbb: 3\n"),
              "test.yaml:3:1: key 'bb' is given twice\n"
              "     3 | bb: 3\n"
              "       | ^^\n"
              "  hint: it stands in line 2 already");
}

TEST(Yaml, RefusesASecondDocument) {
    EXPECT_EQ(error_of("a: 1\n---\nb: 2\n"),
              "test.yaml:2:1: a second document begins here\n"
              "     2 | ---\n"
              "       | ^^^\n"
              "  hint: one file holds one document: remove '---', or mend the indentation");
    EXPECT_EQ(code_of("--- \na: 1\n...\n"), "no error");
}

TEST(Yaml, RefusesKeysThatAreNoWords) {
    EXPECT_EQ(code_of("[a, b]: 1\n"), "config.key");
    EXPECT_EQ(code_of("? {a: 1}\n: 1\n"), "config.key");
    EXPECT_EQ(code_of("~: 1\n"), "config.key");
    EXPECT_EQ(code_of("a: &x k\n*x : 1\n"), "config.key");
    EXPECT_EQ(code_of("${env:HOME}: 1\n"), "config.key");
    EXPECT_EQ(code_of("a: &x {}\nb: {<<: *x}\n"), "config.key");
    EXPECT_EQ(code_of("'<<': 1\n"), "no error");
}

TEST(Yaml, ExplainsMistakesOfSyntax) {
    EXPECT_EQ(error_of("steps:\n  - filter: a\n\t- set: b\n"),
              "test.yaml:3:1: a tab in the indentation\n"
              "     3 |  - set: b\n"
              "       | ^\n"
              "  hint: YAML is indented with spaces");
    EXPECT_EQ(error_of("a: b: c\n"),
              "test.yaml:1:5: unexpected ':'\n"
              "     1 | a: b: c\n"
              "       |     ^\n"
              "  hint: put text that contains ': ' in quotes, or mend the indentation");
    EXPECT_EQ(error_of("topics: [a, b\nsink: x\n"),
              "test.yaml:1:9: this '[' is not closed by ']'\n"
              "     1 | topics: [a, b\n"
              "       |         ^\n"
              "  hint: inside brackets, text with one of ,?[]{} needs quotes");
    EXPECT_EQ(error_of("pipeline: 'clicks\nsink: x\n"),
              "test.yaml:1:1: a quote opened after this is not closed\n"
              "     1 | pipeline: 'clicks\n"
              "       | ^^^^^^^^");
    for (const char* text :
         {"a: [1, 2\n", "a: {b: 1\n", "a: 'x\nb: y\n", "a: \"x\nb: y\n", "[1,\n", "{a: 1\n",
          "a: \"\\q\"\n", "a: @x\n", "a: *nowhere\n", "a: ]\n", "a: 1\n  b: 2\n", "- a\nb: 1\n",
          "a: - b\n", "a: \"\\ud83d\"\n", "%YAML 3.0\n---\na\n", "a: &x &y 1\n", "a\nb: c\n"}) {
        EXPECT_EQ(code_of(text), "config.yaml") << text;
    }
}

TEST(Yaml, RefusesWhatIsNotUtf8OrHasControlCharacters) {
    EXPECT_EQ(code_of("a: \xFF\n"), "config.utf8");
    EXPECT_EQ(code_of("a: \xED\xA0\x80\n"), "config.utf8");
    EXPECT_EQ(code_of("a: \xF4\x90\x80\x80\n"), "config.utf8");
    EXPECT_EQ(code_of("a: \xC0\x80\n"), "config.utf8");
    EXPECT_EQ(code_of(std::string("a: \0b\n", 6)), "config.control_character");
    EXPECT_EQ(error_of("a: x\x1b[31m\n"),
              "test.yaml:1:5: a control character (0x1b)\n"
              "     1 | a: x?[31m\n"
              "       |     ^\n"
              "  hint: remove it, or write it as an escape");
}

TEST(Yaml, RefusesABillionLaughsAtOnce) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 30; ++i) {
        text += fmt::format(
            "a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
    }
    EXPECT_EQ(code_of(text), "config.too_large");
}

TEST(Yaml, RefusesLongTextMultipliedByAliases) {
    std::string text = fmt::format("a: &a {:x>1000000}\nb: [", "");
    for (int i = 0; i < 1000; ++i) text += "*a, ";
    EXPECT_EQ(code_of(text + "]\n"), "config.too_large");
}

TEST(Yaml, RefusesDeepNestingInEveryShape) {
    const auto repeated = [](std::string_view part) {
        std::string text;
        for (int i = 0; i < 10'000; ++i) text += part;
        return text;
    };
    EXPECT_EQ(code_of(repeated("[")), "config.too_large");
    EXPECT_EQ(code_of(repeated("{a: ")), "config.too_large");
    EXPECT_EQ(code_of(repeated("- ")), "config.too_large");
    EXPECT_EQ(code_of(repeated("? ")), "config.too_large");
    EXPECT_EQ(code_of("[" + repeated("? ")), "config.key");
    EXPECT_EQ(code_of(repeated("[") + repeated("]")), "config.too_large");
    std::string staircase;
    for (size_t i = 0; i < 1000; ++i) staircase += std::string(i, ' ') + "a:\n";
    EXPECT_EQ(code_of(staircase), "config.too_large");
    std::string aliases = "a0: &a0 [x]\n";
    for (int i = 1; i < 100; ++i) aliases += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
    EXPECT_EQ(code_of(aliases), "config.too_large");
}

TEST(Yaml, RefusesMoreBracketsThanItsLimitsAllow) {
    std::string text = "a: [";
    for (int i = 0; i < 500'000; ++i) text += "x,";
    EXPECT_EQ(code_of(text + "]"), "config.too_large");
    EXPECT_EQ(code_of("a: '" + std::string(900, '[') + "'"), "no error") << "text may have many";
}

TEST(Yaml, RefusesAnAliasInsideOfWhatItNames) {
    EXPECT_EQ(code_of("a: &a [1, *a]\n"), "config.yaml");
}

TEST(Yaml, RefusesAHugeFile) {
    EXPECT_EQ(code_of(std::string((4 << 20) + 1, ' ')), "config.too_large");
}

TEST(Yaml, LoadsAFileByName) {
    const std::string path = testing::TempDir() + "messina_yaml_test.yaml";
    std::ofstream(path) << "a: 1\n";
    const Result<Node> node = load_yaml(path, Interpolation{});
    ASSERT_TRUE(node.has_value());
    EXPECT_EQ(*node->mark.file, path);

    const Result<Node> missing = load_yaml(path + ".none", Interpolation{});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().message, "cannot read " + path + ".none: No such file or directory");
    const Result<Node> directory = load_yaml(testing::TempDir(), Interpolation{});
    ASSERT_FALSE(directory.has_value());
    EXPECT_EQ(directory.error().message,
              "cannot read " + testing::TempDir() + ": it is a directory");
}

}  // namespace
}  // namespace messina::config
