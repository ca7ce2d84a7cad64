// The texts people see when a configuration is wrong, to the letter.
#include <cstdlib>

#include <gtest/gtest.h>

#include "config/example_sections.h"
#include "config/option.h"

namespace messina::config {
namespace {

Error mistake_in(const Section& section, std::string text) {
    Result<Node> node = parse_yaml("enrich.yaml", std::move(text), Interpolation{});
    if (!node) return node.error();
    Result<Options> options = Options::parse(section, *node);
    if (options) return Error{ErrorClass::Misconfigured, "none", "no mistake"};
    EXPECT_EQ(options.error().error_class, ErrorClass::Misconfigured);
    return options.error();
}

std::string told(const Section& section, std::string text) {
    return mistake_in(section, std::move(text)).to_text();
}

TEST(OptionErrors, SuggestTheKeyThatWasMeant) {
    EXPECT_EQ(told(example::kPipeline,
                   "pipeline: p\n"
                   "steps:\n"
                   "  - lookup:\n"
                   "      table: tracking.id_match\n"
                   "      colums: [user_id]\n"),
              "enrich.yaml:5:7: unknown key 'colums' in lookup\n"
              "     5 |       colums: [user_id]\n"
              "       |       ^^^^^^\n"
              "  hint: did you mean 'columns'? `messina doc lookup` lists the keys.");
    EXPECT_EQ(told(example::kPipeline, "pipeline: p\nfoo: 1\n"),
              "enrich.yaml:2:1: unknown key 'foo'\n"
              "     2 | foo: 1\n"
              "       | ^^^\n"
              "  hint: keys are pipeline, steps, sink, labels");
}

TEST(OptionErrors, SayWhichTypeWasExpected) {
    EXPECT_EQ(told(example::kLookup, "{table: t, timeout: fast}"),
              "enrich.yaml:1:21: timeout: expected a duration such as 250ms, found 'fast'\n"
              "     1 | {table: t, timeout: fast}\n"
              "       |                     ^^^^\n"
              "  hint: a duration is a number and a unit (ns, us, ms, s, m, h, d), greatest unit "
              "first: 250ms, 1h30m");
    EXPECT_EQ(told(example::kLookup, "{table: t, timeout: 250}"),
              "enrich.yaml:1:21: timeout: expected a duration such as 250ms, found '250'\n"
              "     1 | {table: t, timeout: 250}\n"
              "       |                     ^^^\n"
              "  hint: give the unit: 250ms, 250s, 250m, 250h or 250d");
    EXPECT_EQ(told(example::kKafka, "{topic: t, partitions: \"5\"}"),
              "enrich.yaml:1:24: partitions: expected a whole number, found '5' in quotes\n"
              "     1 | {topic: t, partitions: \"5\"}\n"
              "       |                        ^^^\n"
              "  hint: remove the quotes");
    EXPECT_EQ(told(example::kLookup, "table: t\ncolumns: [a, {b: c}]\n"),
              "enrich.yaml:2:14: columns[1]: expected text, found a map\n"
              "     2 | columns: [a, {b: c}]\n"
              "       |              ^");
    EXPECT_EQ(told(example::kSet, "{tags: [a, b]}"),
              "enrich.yaml:1:8: fields.tags: expected a CEL expression, found a list\n"
              "     1 | {tags: [a, b]}\n"
              "       |        ^\n"
              "  hint: put a CEL list or map in quotes: '[event.a, event.b]'");
    EXPECT_EQ(told(example::kLookup, "table: null\n"),
              "enrich.yaml:1:8: table: expected text, found null\n"
              "     1 | table: null\n"
              "       |        ^^^^\n"
              "  hint: put it in quotes if the word itself is meant");
    EXPECT_EQ(told(example::kLookup, "{table: t, cache: often}"),
              "enrich.yaml:1:19: cache: expected a map of options, found 'often'\n"
              "     1 | {table: t, cache: often}\n"
              "       |                   ^^^^^\n"
              "  hint: `messina doc cache` lists the keys.");
}

TEST(OptionErrors, SayTheAllowedRange) {
    EXPECT_EQ(told(example::kLookup, "{table: t, timeout: 90s}"),
              "enrich.yaml:1:21: timeout: expected a duration from 1ms to 1m, found '90s'\n"
              "     1 | {table: t, timeout: 90s}\n"
              "       |                     ^^^");
    EXPECT_EQ(told(example::kKafka, "{topic: t, partitions: 0}"),
              "enrich.yaml:1:24: partitions: expected a whole number from 1 to 10000, found '0'\n"
              "     1 | {topic: t, partitions: 0}\n"
              "       |                        ^");
}

TEST(OptionErrors, ListTheChoices) {
    EXPECT_EQ(told(example::kLookup, "{table: t, on_miss: dorp}"),
              "enrich.yaml:1:21: on_miss: expected one of pass, drop, found 'dorp'\n"
              "     1 | {table: t, on_miss: dorp}\n"
              "       |                     ^^^^\n"
              "  hint: did you mean 'drop'?");
}

TEST(OptionErrors, NameWhatIsMissing) {
    EXPECT_EQ(told(example::kPipeline, "pipeline: p\nsteps:\n  - lookup: {key: {a: b}}\n"),
              "enrich.yaml:3:13: lookup needs 'table'\n"
              "     3 |   - lookup: {key: {a: b}}\n"
              "       |             ^\n"
              "  hint: Table to read: store.table. For example `table: tracking.id_match`.");
    EXPECT_EQ(told(example::kPipeline, ""),
              "enrich.yaml:1:1: the configuration needs 'pipeline'\n"
              "  hint: Its name.");
}

TEST(OptionErrors, AskForExactlyOneVariant) {
    EXPECT_EQ(told(example::kPipeline, "pipeline: p\nsink: {kafka: {topic: t}, stdout: }\n"),
              "enrich.yaml:2:27: sink: expected exactly one of kafka, stdout, found 'stdout' "
              "beside 'kafka'\n"
              "     2 | sink: {kafka: {topic: t}, stdout: }\n"
              "       |                           ^^^^^^");
    EXPECT_EQ(told(example::kPipeline, "pipeline: p\nsteps:\n  - lookup:\n    table: t\n"),
              "enrich.yaml:4:5: steps[0]: expected exactly one of lookup, filter, set, found "
              "'table' beside 'lookup'\n"
              "     4 |     table: t\n"
              "       |     ^^^^^\n"
              "  hint: 'table' is an option of lookup: indent it below 'lookup:'");
    EXPECT_EQ(told(example::kPipeline, "pipeline: p\nsink: kafak\n"),
              "enrich.yaml:2:7: sink: expected exactly one of kafka, stdout, found 'kafak'\n"
              "     2 | sink: kafak\n"
              "       |       ^^^^^\n"
              "  hint: did you mean 'kafka'?");
    EXPECT_EQ(mistake_in(example::kPipeline, "pipeline: p\nsink: kafka\n").code, "config.missing");
    EXPECT_EQ(mistake_in(example::kPipeline, "pipeline: p\nsink: {}\n").code, "config.variant");
    EXPECT_EQ(mistake_in(example::kPipeline, "pipeline: p\nsink: [stdout]\n").code,
              "config.variant");
    EXPECT_EQ(mistake_in(example::kPipeline, "pipeline: p\nsteps: stdout\n").code, "config.type");
}

TEST(OptionErrors, ExplainAShortFormMixedWithOptions) {
    EXPECT_EQ(told(example::kSet, "{user: match.user, on_error: skip}"),
              "enrich.yaml:1:2: unknown key 'user' in set\n"
              "     1 | {user: match.user, on_error: skip}\n"
              "       |  ^^^^\n"
              "  hint: beside options of set, put 'user' below 'fields:'\n"
              "enrich.yaml:1:1: set needs 'fields'\n"
              "     1 | {user: match.user, on_error: skip}\n"
              "       | ^\n"
              "  hint: The fields.");
}

TEST(OptionErrors, AreAllToldAtOnce) {
    const Error error = mistake_in(example::kPipeline,
                                   "pipelin: p\n"
                                   "steps:\n"
                                   "  - lookup: {table: t, timeout: 1y}\n"
                                   "  - fliter: a\n"
                                   "sink: {kafka: {topic: [t]}}\n");
    EXPECT_EQ(error.code, "config.invalid");
    for (const char* part : {"enrich.yaml:1:1: unknown key 'pipelin'", "enrich.yaml:3:33: timeout:",
                             "enrich.yaml:4:5: steps[1]:", "enrich.yaml:5:23: topic:",
                             "enrich.yaml:1:1: the configuration needs 'pipeline'"}) {
        EXPECT_NE(error.message.find(part), std::string::npos) << part << "\n" << error.message;
    }
}

TEST(OptionErrors, EndAfterTwenty) {
    std::string text = "pipeline: p\n";
    for (int i = 0; i < 50; ++i) text += fmt::format("no_{}: 1\n", i);
    const Error error = mistake_in(example::kPipeline, text);
    EXPECT_TRUE(error.message.ends_with("\n… and 30 more")) << error.message;
}

TEST(OptionErrors, CutLongValuesBetweenCharacters) {
    std::string value;
    for (int i = 0; i < 200; ++i) value += "é";
    const std::string text = told(example::kLookup, "{table: t, timeout: " + value + "}");
    EXPECT_NE(text.find("ééé…'"), std::string::npos) << text;
    const std::string lines = told(example::kLookup, "{table: t, timeout: \"a\\nb\"}");
    EXPECT_NE(lines.find("found 'a…' in quotes"), std::string::npos) << lines;
}

TEST(OptionErrors, DoNotTellSecrets) {
    ::setenv("MESSINA_TEST_DB_PASSWORD", "hunter2", 1);
    EXPECT_EQ(told(example::kLookup, "{table: t, timeout: '${env:MESSINA_TEST_DB_PASSWORD}'}"),
              "enrich.yaml:1:21: timeout: expected a duration such as 250ms, found [secret]\n"
              "     1 | {table: t, timeout: '${env:MESSINA_TEST_DB_PASSWORD}'}\n"
              "       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^");
    const std::string variant =
        told(example::kPipeline, "pipeline: p\nsink: ${env:MESSINA_TEST_DB_PASSWORD}\n");
    EXPECT_EQ(variant.find("hunter2"), std::string::npos) << variant;
}

TEST(OptionErrors, DoNotShowTheLineOfAPassword) {
    EXPECT_EQ(told(example::kKafka, "topic: t\npassword: [hunter2]\n"),
              "enrich.yaml:2:11: password: expected text, found a list");
}

}  // namespace
}  // namespace messina::config
