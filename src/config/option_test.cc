#include "config/option.h"

#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "config/example_sections.h"

namespace messina::config {
namespace {

using namespace std::chrono_literals;

Options parsed(const Section& section, std::string text) {
    Result<Node> node = parse_yaml("t.yaml", std::move(text), Interpolation{});
    EXPECT_TRUE(node.has_value()) << node.error().to_text();
    Result<Options> options = Options::parse(section, node.value_or(Node{}));
    EXPECT_TRUE(options.has_value()) << options.error().to_text();
    return options.value_or(Options{});
}

/// A section with one option called `x`.
Section section_of(OptionType type, std::string fallback = {}) {
    return Section{.name = "test",
                   .summary = "A test.",
                   .options = {{.name = "x",
                                .type = std::move(type),
                                .fallback = std::move(fallback),
                                .doc = "Anything."}}};
}

bool accepts(const Section& section, const std::string& value) {
    Result<Node> node = parse_yaml("t.yaml", "x: " + value + "\n", Interpolation{});
    return node.has_value() && Options::parse(section, *node).has_value();
}

TEST(Options, ReadWhatIsGivenAndDefaultTheRest) {
    const Options lookup = parsed(example::kLookup,
                                  "table: tracking.id_match\n"
                                  "key: {id: event.cookie, kind: '\"cookie\"'}\n"
                                  "columns: [user_id, 5]\n"
                                  "cache: {ttl: 1s}\n");
    EXPECT_EQ(lookup.get_text("table"), "tracking.id_match");
    EXPECT_EQ(lookup.get_expression_map("key").at(1).second.text, "\"cookie\"");
    EXPECT_EQ(lookup.get_text_list("columns"), (std::vector<std::string>{"user_id", "5"}));
    EXPECT_EQ(lookup.get_text("on_miss"), "pass");
    EXPECT_EQ(lookup.get_duration("timeout"), 250ms);
    EXPECT_EQ(lookup.get_nested("cache").get_duration("ttl"), 1s);
    EXPECT_EQ(lookup.get_nested("cache").get_size("max"), 64u << 20);

    EXPECT_TRUE(lookup.is_given("table"));
    EXPECT_TRUE(lookup.has("timeout"));
    EXPECT_FALSE(lookup.is_given("timeout"));
    EXPECT_FALSE(lookup.has("tables"));
    EXPECT_EQ(lookup.mark_of("columns").line, 3);
    EXPECT_EQ(lookup.mark_of("columns").column, 10);
    EXPECT_EQ(lookup.mark_of("timeout").line, lookup.mark().line);
    EXPECT_EQ(lookup.node_of("timeout")->scalar, "250ms");
    EXPECT_EQ(lookup.node_of("tables"), nullptr);
}

TEST(Options, ReadMapsAndListsOfSections) {
    const Options lookup = parsed(example::kLookup,
                                  "table: t\n"
                                  "tables: {a: {ttl: 1ms}, b: {}, c: }\n"
                                  "types:\n  - uuid\n  - {type: int, is_static: true}\n");
    const auto tables = lookup.get_nested_map("tables");
    ASSERT_EQ(tables.size(), 3u);
    EXPECT_EQ(tables[0].second->get_duration("ttl"), 1ms);
    EXPECT_EQ(tables[2].second->get_duration("ttl"), 5ms);
    const std::vector<Options>& types = lookup.get_nested_list("types");
    EXPECT_EQ(types.at(0).get_text("type"), "uuid");
    EXPECT_TRUE(types.at(1).get_boolean("is_static"));
}

TEST(Options, ReadVariantsByNameOrAsAMap) {
    EXPECT_EQ(parsed(example::kPipeline, "pipeline: p").get_nested("sink").section().name,
              "stdout");
    EXPECT_EQ(
        parsed(example::kPipeline, "{pipeline: p, sink: stdout}").get_nested("sink").section().name,
        "stdout");
    const Options absent = parsed(example::kPipeline, "pipeline: p\nsink:\n  stdout:\n");
    EXPECT_EQ(absent.get_nested("sink").section().name, "stdout");
    const Options kafka = parsed(
        example::kPipeline,
        "pipeline: p\nsink: {kafka: {topic: out, ratio: 1e-1, partitions: 0x10, password: abc,\n"
        "  properties: {acks: all, retries: 3}}}\nlabels: {any: [thing]}\n");
    const Options& sink = kafka.get_nested("sink");
    EXPECT_EQ(sink.section().name, "kafka");
    EXPECT_EQ(sink.get_number("ratio"), 0.1);
    EXPECT_EQ(sink.get_integer("partitions"), 16);
    EXPECT_EQ(sink.get_secret("password").reveal(), "abc");
    EXPECT_EQ(sink.get_text_map("properties").at(1),
              (std::pair<std::string, std::string>("retries", "3")));
    EXPECT_EQ(kafka.get_any("labels").find("any")->items.at(0).scalar, "thing");
}

TEST(Options, TakeTheShortForm) {
    const Options pipeline = parsed(example::kPipeline,
                                    "pipeline: p\n"
                                    "steps:\n"
                                    "  - filter: event.kind == \"click\"\n"
                                    "  - filter: {condition: 'true'}\n"
                                    "  - set: {user: match.user, nothing: null}\n"
                                    "  - set: {fields: {a: '1'}, on_error: skip}\n");
    const std::vector<Options>& steps = pipeline.get_nested_list("steps");
    EXPECT_EQ(steps.at(0).get_expression("condition").text, "event.kind == \"click\"");
    EXPECT_EQ(steps.at(0).get_expression("condition").mark.column, 13);
    EXPECT_EQ(steps.at(1).get_expression("condition").text, "true");
    EXPECT_EQ(steps.at(2).get_expression_map("fields").at(1).second.text, "null");
    EXPECT_EQ(steps.at(3).get_text("on_error"), "skip");
}

TEST(Options, TakeYamlsOwnWordsForBooleans) {
    const Section section = section_of(boolean());
    EXPECT_TRUE(parsed(section, "x: true").get_boolean("x"));
    EXPECT_FALSE(parsed(section, "x: FALSE").get_boolean("x"));
    for (const char* value : {"yes", "on", "1", "'true'", "tRUE", "[true]", ""}) {
        EXPECT_FALSE(accepts(section, value)) << value;
    }
}

TEST(Options, TakeWholeNumbersExactly) {
    const Section section = section_of(integer(0, 0));
    EXPECT_EQ(parsed(section, "x: -9223372036854775808").get_integer("x"),
              std::numeric_limits<int64_t>::min());
    EXPECT_EQ(parsed(section, "x: +7").get_integer("x"), 7);
    EXPECT_EQ(parsed(section, "x: 0o17").get_integer("x"), 15);
    for (const char* value : {"9223372036854775808", "1.0", "1e3", "+-1", "-0x1", "0x-1", "0x",
                              "'5'", "1_000", "five", "{}", "~"}) {
        EXPECT_FALSE(accepts(section, value)) << value;
    }
    const Section port = section_of(integer(1, 65535));
    EXPECT_TRUE(accepts(port, "65535"));
    EXPECT_FALSE(accepts(port, "65536"));
    EXPECT_FALSE(accepts(port, "0"));
}

TEST(Options, TakeFiniteNumbers) {
    const Section section = section_of(number(0, 0));
    EXPECT_EQ(parsed(section, "x: -1.5e3").get_number("x"), -1500);
    EXPECT_EQ(parsed(section, "x: +2").get_number("x"), 2);
    for (const char* value : {".inf", "inf", "nan", ".nan", "1e999", "1,5", "'1'", "+-1", "x"}) {
        EXPECT_FALSE(accepts(section, value)) << value;
    }
    EXPECT_FALSE(accepts(section_of(number(0, 1)), "1.01"));
}

TEST(Options, TakeWordsOfAChoiceOnly) {
    const Section section = section_of(choice({"pass", "null", "5"}));
    EXPECT_TRUE(accepts(section, "'pass'"));
    EXPECT_TRUE(accepts(section, "null"));
    EXPECT_TRUE(accepts(section, "5"));
    EXPECT_FALSE(accepts(section, "Pass"));
    EXPECT_FALSE(accepts(section, ""));
}

TEST(Options, KeepDurationsAndSizesWithinTheirBounds) {
    EXPECT_TRUE(accepts(section_of(duration(1ms, 60s)), "1ms"));
    EXPECT_TRUE(accepts(section_of(duration(1ms, 60s)), "1m"));
    EXPECT_FALSE(accepts(section_of(duration(1ms, 60s)), "999us"));
    EXPECT_TRUE(accepts(section_of(duration(0ns, Nanos::max())), "106751d"));
    EXPECT_FALSE(accepts(section_of(size(1, 10)), "11B"));
    EXPECT_FALSE(accepts(section_of(size(1, 10)), "[1B]"));
    EXPECT_FALSE(accepts(section_of(duration(0ns, 1s)), "{}"));
}

TEST(Options, TakeOneTextForAList) {
    const Section section = section_of(text_list());
    EXPECT_EQ(parsed(section, "x: one").get_text_list("x"), std::vector<std::string>{"one"});
    EXPECT_FALSE(accepts(section, "[a, [b]]"));
    EXPECT_FALSE(accepts(section, "{a: b}"));
}

TEST(Options, DefaultListsAndMaps) {
    const Section section = section_of(text_map(), "{a: 1, b: '2'}");
    const Options options = parsed(section, "");
    EXPECT_EQ(options.get_text_map("x").size(), 2u);
    EXPECT_FALSE(options.is_given("x"));
}

TEST(OptionsDeath, AreAskedForDeclaredNamesOfTheirKindOnly) {
    const Options options = parsed(example::kLookup, "table: t");
    EXPECT_DEATH((void)options.has("colums"), "colums");
    EXPECT_DEATH((void)options.get_integer("table"), "table");
    EXPECT_DEATH((void)options.get_nested_map("tables"), "tables");
    EXPECT_DEATH((void)options.get_any("table"), "table");
    const Section bad = section_of(duration(1ms, 1s), "soon");
    EXPECT_DEATH((void)Options::parse(bad, Node{}), "bug");
    const Section broken = section_of(text_list(), "[");
    EXPECT_DEATH((void)Options::parse(broken, Node{}), "bug");
}

TEST(Secret, CannotBePrinted) {
    const Secret secret("hunter2");
    std::ostringstream out;
    out << secret;
    EXPECT_EQ(out.str(), "[secret]");
    EXPECT_EQ(fmt::format("{} {:>10}", secret, secret), "[secret]   [secret]");
    EXPECT_EQ(testing::PrintToString(secret), "[secret]");
    EXPECT_EQ(secret.reveal(), "hunter2");
}

TEST(ExpressionText, FindsItsPlacesInTheFile) {
    const Options pipeline = parsed(example::kPipeline,
                                    "pipeline: p\n"
                                    "steps:\n"
                                    "  - filter: event.é == nope\n"
                                    "  - filter: 'event.a == nope'\n"
                                    "  - filter: |\n"
                                    "      event.a ==\n"
                                    "      nope\n"
                                    "  - filter: \"a\\tnope\"\n");
    const auto place = [&](size_t step) {
        const ExpressionText condition =
            pipeline.get_nested_list("steps").at(step).get_expression("condition");
        const Mark mark = condition.mark_at(condition.text.find("nope"));
        return std::pair(mark.line, mark.column);
    };
    EXPECT_EQ(place(0), std::pair(3, 24));
    EXPECT_EQ(place(1), std::pair(4, 25));
    EXPECT_EQ(place(2), std::pair(7, 7));
    EXPECT_EQ(place(3), std::pair(8, 13)) << "an escape moves what follows: only its begin is sure";
    const ExpressionText unplaced{.text = "a", .mark = Mark{}};
    EXPECT_EQ(unplaced.mark_at(5).line, 1);
}

}  // namespace
}  // namespace messina::config
