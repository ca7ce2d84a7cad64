#include "pipeline/scenario.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace messina::pipeline {
namespace {

constexpr const char* kPipeline = R"(
pipeline:
  stores: { t: { embedded: { path: unused, tables: { ids: { key: [id], columns: { n: int } } } } } }
  pipeline: p
  source: { stdin: {} }
  steps: [{ filter: event.n > 0 }]
  sinks: [{ name: out, stdout: {} }, { table: { table: ids, key: { id: event.id }, set: { n: event.n } } }]
)";

class Scenario : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::path(testing::TempDir()) /
                  ("scenario_" +
                   std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) {
        const std::string path = (folder_ / name).string();
        std::ofstream(path) << text;
        return path;
    }
    Result<ScenarioReport> run(const std::string& text) {
        return run_scenario(write("s.yaml", text), {});
    }
    /// The differences, or the error, as one text.
    std::string outcome(const std::string& text) {
        const auto report = run(text);
        if (!report)
            return "error " + std::string(report.error().code) + ": " + report.error().to_text();
        std::string all;
        for (const std::string& difference : report->differences) all += difference;
        return all;
    }
    std::string with(const std::string& rest) { return outcome(kPipeline + rest); }

    std::filesystem::path folder_;
};

TEST_F(Scenario, PassesWhenEverythingIsAsExpected) {
    EXPECT_EQ(with("when: [{ id: a, n: 1 }, { id: b, n: 0 }]\n"
                   "then: { out: [{ n: 1.0, id: a }], tables: { ids: [{ id: a, n: 1 }] }, metrics: "
                   "{ dropped: 1 } }\n"),
              "");
}

TEST_F(Scenario, ShowsARecordThatDiffers) {
    const std::string text = with("when: [{ id: a, n: 1 }]\nthen: { out: [{ id: a, n: 2 }] }\n");
    EXPECT_NE(text.find("out: record 1 differs"), std::string::npos) << text;
    EXPECT_NE(text.find("^ .n"), std::string::npos) << text;
}

TEST_F(Scenario, ShowsARecordThatIsMissingOrTooMuch) {
    EXPECT_NE(with("when: []\nthen: { out: [{ id: a }] }\n")
                  .find("record 1 is missing (1 expected, 0 came)"),
              std::string::npos);
    EXPECT_NE(with("when: [{ id: a, n: 1 }]\nthen: { out: [] }\n")
                  .find("record 1 is not expected (0 expected, 1 came)"),
              std::string::npos);
}

TEST_F(Scenario, ShowsRowsThatDifferAreMissingOrShouldBe) {
    const std::string text = with(
        "when: [{ id: a, n: 1 }]\nthen: { tables: { ids: [{ id: a, n: 2 }, { id: b }, { id: a, "
        "$absent: true }] } }\n");
    EXPECT_NE(text.find("ids(\"a\"): the row differs"), std::string::npos) << text;
    EXPECT_NE(text.find("ids(\"b\"): there is no such row"), std::string::npos) << text;
    EXPECT_NE(text.find("ids(\"a\"): this row must not exist"), std::string::npos) << text;
}

TEST_F(Scenario, ShowsCountersThatDiffer) {
    const std::string text = with(
        "when: [{ id: a, n: 0 }]\nthen: { metrics: { messina_dropped_total: { 'filter#1': 2 }, "
        "records_in: 1 } }\n");
    EXPECT_EQ(text, "metrics: dropped of filter#1 differs\n    expected: 2\n    actual:   1\n");
}

TEST_F(Scenario, SaysThatThePipelineStoppedUnlessItWasExpected) {
    EXPECT_NE(with("when: ['{']\nthen: { out: [] }\n").find("the pipeline stopped: "),
              std::string::npos);
    EXPECT_EQ(with("when: ['{']\nthen: { stopped: { class: fatal } }\n"), "");
    EXPECT_EQ(with("when: []\nthen: { stopped: {} }\n"), "stopped: the pipeline did not stop\n");
}

TEST_F(Scenario, RefusesNamesThatThePipelineDoesNotHave) {
    EXPECT_NE(with("when: []\nthen: { oud: [] }\n").find("error scenario.unknown_sink"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { oud: [] }\n").find("did you mean 'out'?"), std::string::npos);
    EXPECT_NE(with("when: []\nthen: { dead_letters: [] }\n").find("error scenario.no_dead_letters"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { metrics: { droped: 1 } }\n").find("did you mean 'dropped'?"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { tables: { idz: [] } }\n").find("error table.unknown"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { tables: { ids: [{ id: a, m: 1 }] } }\n")
                  .find("error table.unknown_column"),
              std::string::npos);
}

TEST_F(Scenario, RefusesFormsThatCannotBeMeant) {
    EXPECT_NE(with("when: {}\nthen: {}\n").find("expected a list of records"), std::string::npos);
    EXPECT_NE(with("when: [[1]]\nthen: {}\n").find("expected a record"), std::string::npos);
    EXPECT_NE(with("when: [{ $advance: soon }]\nthen: {}\n").find("s.yaml:"), std::string::npos);
    EXPECT_NE(with("when: []\nthen: []\n").find("expected a map of sinks"), std::string::npos);
    EXPECT_NE(with("when: []\nthen: { out: {} }\n").find("expected a list of records"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { metrics: 1 }\n").find("expected a map of counters"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { metrics: { dropped: many } }\n").find("expected a count"),
              std::string::npos);
    EXPECT_NE(with("when: []\nthen: { metrics: { records_in: { a: 1 } } }\n")
                  .find("one count for the whole pipeline"),
              std::string::npos);
    EXPECT_NE(
        with("when: []\nthen: { tables: { ids: { id: a } } }\n").find("expected a list of rows"),
        std::string::npos);
    EXPECT_NE(with("when: []\nthen: { tables: { ids: [a] } }\n").find("expected a row"),
              std::string::npos);
    EXPECT_NE(with("given: { time: noon }\nwhen: []\nthen: {}\n").find("error scenario.time"),
              std::string::npos);
    EXPECT_NE(with("given: { tables: { ids: [{ n: 1 }] } }\nwhen: []\nthen: {}\n")
                  .find("lacks 'id' of its key"),
              std::string::npos);
    EXPECT_NE(with("given: { tables: { ids: [{ id: a, n: x }] } }\nwhen: []\nthen: {}\n")
                  .find("column n: "),
              std::string::npos);
    EXPECT_NE(with("given: { tables: { ids: [{ id: 1 }] } }\nwhen: []\nthen: {}\n")
                  .find("quote a number"),
              std::string::npos);
}

TEST_F(Scenario, FindsThePipelineFileBesideItAndItsPipelineByName) {
    write("two.yaml",
          "pipelines:\n"
          "  - { pipeline: a, source: { stdin: {} }, sinks: [{ name: out, stdout: {} }] }\n"
          "  - { pipeline: b, source: { stdin: {} }, steps: [{ set: { b: 1 } }], sinks: [{ name: "
          "out, stdout: {} }] }\n");
    EXPECT_EQ(outcome("pipeline: two.yaml#b\nwhen: [{}]\nthen: { out: [{ b: 1 }] }\n"), "");
    EXPECT_NE(outcome("pipeline: two.yaml\nwhen: []\nthen: {}\n").find("add #NAME, one of a, b"),
              std::string::npos);
    EXPECT_NE(
        outcome("pipeline: two.yaml#c\nwhen: []\nthen: {}\n").find("there is no pipeline 'c'"),
        std::string::npos);
    EXPECT_NE(
        outcome("pipeline: three.yaml\nwhen: []\nthen: {}\n").find("there is no file 'three.yaml'"),
        std::string::npos);
}

TEST_F(Scenario, TellsOfMistakesInThePipeline) {
    EXPECT_NE(outcome("pipeline: { pipeline: p, source: { stdin: {} }, sinks: [{ stdut: {} }] "
                      "}\nwhen: []\nthen: {}\n")
                  .find("stdout"),
              std::string::npos);
}

}  // namespace
}  // namespace messina::pipeline
