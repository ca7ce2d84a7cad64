#include "config/check_declaration.h"

#include <gtest/gtest.h>

#include "config/example_sections.h"

namespace messina::config {
namespace {

std::string faults_of(const Section& section) {
    const Result<void> result = check_declaration(section);
    return result ? "none" : result.error().message;
}

Section with(Option option) {
    return Section{.name = "test", .summary = "A test.", .options = {std::move(option)}};
}

TEST(CheckDeclaration, AcceptsGoodSections) {
    EXPECT_EQ(faults_of(example::kPipeline), "none");
}

TEST(CheckDeclaration, FindsEveryFault) {
    Section section{.name = "Te-st",
                    .summary = "no sentence",
                    .options =
                        {
                            {.name = "Port", .type = text(), .doc = "No stop"},
                            {.name = "a", .type = text(), .doc = "A."},
                            {.name = "a", .type = choice({}), .doc = "A."},
                            {.name = "b", .type = integer(5, 1), .doc = "B."},
                            {.name = "c", .type = one_of({}), .doc = "C."},
                        },
                    .shorthand = "nothing"};
    EXPECT_EQ(faults_of(section),
              "Te-st.Port: its name is not in snake_case\n"
              "Te-st.Port: its doc is not a sentence\n"
              "Te-st.a: declared twice\n"
              "Te-st.a: nothing to choose from\n"
              "Te-st.b: its bounds are the wrong way round\n"
              "Te-st.c: no variants\n"
              "Te-st: its name is not in snake_case\n"
              "Te-st: its summary is not a sentence\n"
              "Te-st: no option 'nothing' for the shorthand");
}

TEST(CheckDeclaration, FindsDefaultsAndExamplesThatDoNotFit) {
    const auto is_faulty = [](const Section& section) { return faults_of(section) != "none"; };
    using namespace std::chrono_literals;
    EXPECT_TRUE(
        is_faulty(with({.name = "x", .type = duration(1ms, 1s), .fallback = "2s", .doc = "X."})));
    EXPECT_TRUE(is_faulty(with({.name = "x", .type = text_list(), .fallback = "[", .doc = "X."})));
    EXPECT_TRUE(
        is_faulty(with({.name = "x", .type = boolean(), .doc = "X.", .example = "perhaps"})));
    Section section = with({.name = "x", .type = boolean(), .doc = "X."});
    section.example = "other: {x: true}";
    EXPECT_TRUE(is_faulty(section));
    section.example = "test: {x: perhaps}";
    EXPECT_TRUE(is_faulty(section));
    section.example = "test: {";
    EXPECT_TRUE(is_faulty(section));
    section.example = "- test: {x: true}";
    EXPECT_FALSE(is_faulty(section));
}

TEST(CheckDeclaration, LooksIntoNestedSectionsEachOnce) {
    Section inner{.name = "inner", .summary = "Not good", .options = {}};
    Section outer = with({.name = "x", .type = nested(inner), .doc = "X."});
    EXPECT_EQ(faults_of(outer), "inner: its summary is not a sentence");
    Section self{.name = "self", .summary = "Contains itself.", .options = {}};
    self.options.push_back({.name = "steps", .type = one_of_list({&self}), .doc = "Steps."});
    EXPECT_EQ(faults_of(self), "none");
}

}  // namespace
}  // namespace messina::config
