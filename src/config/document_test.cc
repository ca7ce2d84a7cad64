#include <gtest/gtest.h>

#include "config/example_sections.h"
#include "config/option.h"

namespace messina::config {
namespace {

TEST(Document, ShowsASectionOnATerminal) {
    EXPECT_EQ(document_text(example::kLookup),
              "lookup\n"
              "  Reads a row for each record and puts its columns into a variable.\n"
              "\n"
              "Options\n"
              "  table: text; required\n"
              "      Table to read: store.table.\n"
              "      Example: tracking.id_match\n"
              "  key: a map of names to CEL expressions; optional\n"
              "      Columns of the key, each in CEL.\n"
              "  columns: a list of texts; default []\n"
              "      Columns to read.\n"
              "  on_miss: one of pass, drop; default pass\n"
              "      What becomes of a record whose row does not exist.\n"
              "  timeout: a duration from 1ms to 1m; default 250ms\n"
              "      Time for one read, retries included.\n"
              "  cache: a map; default {}\n"
              "      The look-up cache.\n"
              "  cache.ttl: a duration of at most 1h; default 5ms\n"
              "      Time to keep.\n"
              "  cache.max: a size from 1B to 1TiB; default 64MiB\n"
              "      Bytes to keep.\n"
              "  tables: a map of names to maps; optional\n"
              "      A cache for each table.\n"
              "  tables.NAME.ttl: a duration of at most 1h; default 5ms\n"
              "      Time to keep.\n"
              "  tables.NAME.max: a size from 1B to 1TiB; default 64MiB\n"
              "      Bytes to keep.\n"
              "  types: a list of maps; optional\n"
              "      Types of the columns.\n"
              "  types[].type: text; required\n"
              "      Its CQL type.\n"
              "  types[].is_static: true or false; default false\n"
              "      One a partition.\n"
              "\n"
              "Example\n"
              "  lookup: { table: tracking.id_match, key: { id: event.cookie } }\n"
              "\n"
              "Details\n"
              "  Reads are idempotent.\n"
              "\n"
              "  They are repeated when they time out.\n");
}

TEST(Document, ShowsASectionInMarkdown) {
    EXPECT_EQ(document_markdown(example::kFilter, 3),
              "### filter\n"
              "\n"
              "Lets records through for which a condition holds.\n"
              "\n"
              "| option | takes | default | |\n"
              "| --- | --- | --- | --- |\n"
              "| `condition` | a CEL expression | required | A CEL expression of type bool. |\n"
              "\n"
              "`filter: …` alone gives `condition`.\n");
    const std::string page = document_markdown(example::kLookup);
    EXPECT_TRUE(page.starts_with("## lookup\n"));
    EXPECT_NE(page.find("```yaml\nlookup: {"), std::string::npos);
    EXPECT_NE(page.find("| `cache.ttl` | a duration of at most 1h | `5ms` | Time to keep. |"),
              std::string::npos);
    EXPECT_NE(page.find("Example: `tracking.id_match`."), std::string::npos);
    EXPECT_TRUE(page.ends_with("They are repeated when they time out.\n"));
}

TEST(Document, NamesVariantsWithoutTheirPages) {
    EXPECT_EQ(document_text(example::kPipeline),
              "  A pipeline file.\n"
              "\n"
              "Options\n"
              "  pipeline: text; required\n"
              "      Its name.\n"
              "  steps: a list, each one of lookup, filter, set; optional\n"
              "      Steps.\n"
              "  sink: one of kafka, stdout; default stdout\n"
              "      Sink.\n"
              "  labels: any value; optional\n"
              "      For people.\n");
    EXPECT_EQ(document_text(example::kStdout), "stdout\n  Writes to standard output.\n");
}

TEST(Document, SaysWhatNumbersMayBe) {
    const auto line_of_type = [](OptionType type) {
        const Section section{.name = "t",
                              .summary = "T.",
                              .options = {{.name = "x", .type = std::move(type), .doc = "X."}}};
        const std::string page = document_text(section);
        const size_t begin = page.find("x: ") + 3;
        return page.substr(begin, page.find(';') - begin);
    };
    constexpr double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(line_of_type(integer(1, 5)), "a whole number from 1 to 5");
    EXPECT_EQ(line_of_type(integer(1, 9223372036854775807.0)), "a whole number of at least 1");
    EXPECT_EQ(line_of_type(number(-infinity, 0.5)), "a number of at most 0.5");
    EXPECT_EQ(line_of_type(number(-infinity, infinity)), "a number");
    EXPECT_EQ(line_of_type(duration(Nanos(1000), Nanos::max())), "a duration of at least 1us");
    EXPECT_EQ(line_of_type(size(0, UINT64_MAX)), "a size such as 64MiB");
    EXPECT_EQ(line_of_type(expression()), "a CEL expression");
    EXPECT_EQ(line_of_type(secret()), "text (secret)");
}

TEST(Document, WrapsLongProseAndKeepsItsParagraphs) {
    std::string prose;
    for (int i = 0; i < 30; ++i) prose += "words ";
    const Section section{.name = "t",
                          .summary = "T.",
                          .options = {{.name = "x", .type = text(), .doc = prose + "\nlast."}}};
    const std::string page = document_text(section);
    for (size_t begin = 0; begin < page.size(); begin = page.find('\n', begin) + 1) {
        EXPECT_LE(page.find('\n', begin) - begin, 80u);
    }
    EXPECT_TRUE(page.ends_with("      last.\n")) << page;
}

TEST(Document, EndsAtSectionsInsideThemselves) {
    Section self{.name = "self", .summary = "Contains itself.", .options = {}};
    self.options.push_back({.name = "inner", .type = nested(self), .doc = "One more | level."});
    EXPECT_EQ(document_markdown(self),
              "## self\n"
              "\n"
              "Contains itself.\n"
              "\n"
              "| option | takes | default | |\n"
              "| --- | --- | --- | --- |\n"
              "| `inner` | a map |  | One more \\| level. |\n");
}

}  // namespace
}  // namespace messina::config
