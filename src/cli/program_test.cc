#include "cli/program.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "cli/reference.h"
#include "cli/templates.h"

namespace messina::cli {
namespace {

struct Outcome {
    int code = 0;
    std::string out;
    std::string err;
};

Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "messina");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.code = run_program(static_cast<int>(argv.size()), argv.data());
    std::fflush(nullptr);
    outcome.out = testing::internal::GetCapturedStdout();
    outcome.err = testing::internal::GetCapturedStderr();
    return outcome;
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A file that is gone when the test ends.
class File {
  public:
    File(const std::string& name, std::string_view text)
        : path_(std::filesystem::path(testing::TempDir()) / name) {
        std::ofstream(path_) << text;
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

constexpr std::string_view kGood = "pipeline: p\nsource: { stdin: {} }\nsinks: [{ stdout: {} }]\n";
constexpr std::string_view kBad =
    "pipeline: p\nsource: { stdin: {} }\nsteps: [{ filtr: event.a }]\nsinks: [{ stdout: {} }]\n";

TEST(Program, SuggestsTheNearestVerbAndFlag) {
    const Outcome verb = run({"chek", "a.yaml"});
    EXPECT_EQ(verb.code, kUsage);
    EXPECT_TRUE(holds(verb.err, "did you mean 'check'?")) << verb.err;
    const Outcome flag = run({"check", "a.yaml", "--quite"});
    EXPECT_EQ(flag.code, kUsage);
    EXPECT_TRUE(holds(flag.err, "did you mean '--quiet'?")) << flag.err;
}

TEST(Program, ListsEveryVerbWithOneLine) {
    const Outcome help = run({"--help"});
    EXPECT_EQ(help.code, kOk);
    for (const char* verb : {"run", "check", "test", "create", "explain", "eval", "doc", "list",
                             "completion", "version"})
        EXPECT_TRUE(holds(help.out, std::string("\n  ") + verb + " ")) << verb << help.out;
    EXPECT_FALSE(holds(help.out, "messina doc lookup")) << "examples belong to the verb's own help";
}

TEST(Program, LeadsTheHelpOfAVerbWithAnExample) {
    for (const char* verb :
         {"run", "check", "test", "create", "explain", "eval", "doc", "list", "completion"}) {
        const Outcome help = run({verb, "-h"});
        EXPECT_EQ(help.code, kOk) << verb;
        EXPECT_LT(help.out.find(std::string("  messina ") + verb), help.out.find("Usage:"))
            << help.out;
    }
}

TEST(Check, SaysOkOfARightFileAndShowsTheMistakeOfAWrongOne) {
    const File good("check_good.yaml", kGood);
    const File bad("check_bad.yaml", kBad);
    const Outcome outcome = run({"check", good.path(), bad.path()});
    EXPECT_EQ(outcome.code, kFindings);
    EXPECT_EQ(outcome.out, good.path() + ": ok\n");
    EXPECT_TRUE(holds(outcome.err, bad.path() + ":3:")) << outcome.err;
    EXPECT_TRUE(holds(outcome.err, "did you mean 'filter'?")) << outcome.err;
}

TEST(Check, GivesFindingsAsJson) {
    const File bad("check_json.yaml", kBad);
    const Outcome outcome = run({"check", "--output", "json", bad.path()});
    EXPECT_EQ(outcome.code, kFindings);
    EXPECT_TRUE(holds(outcome.out, "\"line\":3,")) << outcome.out;
    EXPECT_TRUE(holds(outcome.out, "\"hint\":\"did you mean 'filter'?")) << outcome.out;
    const File good("check_json_good.yaml", kGood);
    EXPECT_EQ(run({"check", "--output", "json", good.path()}).out, "[]\n");
}

TEST(Check, ShowsWhereValuesCameFrom) {
    const File good("check_origin.yaml", kGood);
    const Outcome outcome = run({"check", "--show-origin", good.path()});
    EXPECT_EQ(outcome.code, kOk);
    EXPECT_TRUE(holds(outcome.out, good.path() + ":1")) << outcome.out;
    EXPECT_TRUE(holds(outcome.out, "default")) << outcome.out;
}

TEST(Check, FindsMistakesInCodeBlocksOfMarkdownAtTheirLines) {
    const File document("check.md",
                        "# Text\n\n```yaml\n" + std::string(kGood) + "```\n\n```yaml\n" +
                            std::string(kBad) +
                            "```\n\n```yaml\nother: true\n```\n\n```sh\npipeline: no\n```\n");
    const Outcome outcome = run({"check", document.path()});
    EXPECT_EQ(outcome.code, kFindings);
    EXPECT_TRUE(holds(outcome.err, document.path() + ":12:")) << outcome.err;
}

TEST(Create, GivesFilesThatAreRight) {
    for (const Template& starting : templates()) {
        const Outcome created = run({"create", std::string(starting.kind)});
        EXPECT_EQ(created.code, kOk);
        const File file("created.yaml", created.out);
        const Outcome checked = run({"check", file.path()});
        EXPECT_EQ(checked.code, kOk) << starting.kind << "\n" << checked.err;
    }
    EXPECT_EQ(run({"create", "enrichment"}).code, kUsage);
}

TEST(Eval, PrintsTheResultOfEachRecord) {
    EXPECT_EQ(run({"eval", "event.a + 1", "--record", R"({"a":1})", "--record", R"({"a":41})"}).out,
              "2\n42\n");
    EXPECT_EQ(run({"eval", "size(words) + n", "--var", R"(words=["a","b"])", "--var", "n=1"}).out,
              "3\n");
}

TEST(Eval, SaysWhatIsWrongAndWhere) {
    const Outcome syntax = run({"eval", "event.a +"});
    EXPECT_EQ(syntax.code, kUsage);
    EXPECT_TRUE(holds(syntax.err, "^")) << syntax.err;
    const Outcome failed = run({"eval", "1 / event.a", "--record", R"({"a":0})"});
    EXPECT_EQ(failed.code, kBadData);
    EXPECT_TRUE(holds(failed.err, "record 1: cel.divide_by_zero")) << failed.err;
    EXPECT_EQ(run({"eval", "event.a", "--record", "{"}).code, kBadData);
    EXPECT_EQ(run({"eval", "n", "--var", "n"}).code, kUsage);
    EXPECT_EQ(run({"eval", "n", "--var", "n={"}).code, kUsage);
    const Outcome absent = run({"eval", "event.b", "--record", R"({"a":0})"});
    EXPECT_EQ(absent.out, "null\n");
    EXPECT_TRUE(holds(absent.err, "record 1: absent")) << absent.err;
}

TEST(Explain, TellsPlanGuaranteesAndTheBoundOfMemory) {
    const File file("explained.yaml", templates()[1].text);
    const Outcome outcome = run({"explain", file.path()});
    EXPECT_EQ(outcome.code, kOk) << outcome.err;
    for (const char* part : {"enrich-clicks\n", "decoded", "lookup#2", "tracking.id_match",
                             "when has(match.user_id)", "dead letters", "at least once",
                             "in the order they came in", "of cache", "stores", "memory"})
        EXPECT_TRUE(holds(outcome.out, part)) << part << "\n" << outcome.out;
    const Outcome picture = run({"explain", file.path(), "--format", "mermaid"});
    EXPECT_TRUE(holds(picture.out, "flowchart TD\n")) << picture.out;
    EXPECT_TRUE(holds(picture.out, "step4 -->|\"has(match.user_id)\"| sink1")) << picture.out;
    const Outcome unknown = run({"explain", file.path(), "--pipeline", "enrich-click"});
    EXPECT_EQ(unknown.code, kUsage);
    EXPECT_TRUE(holds(unknown.err, "did you mean 'enrich-clicks'?")) << unknown.err;
    EXPECT_EQ(run({"explain", "no_such_file.yaml"}).code, kBadConfig);
}

TEST(Doc, ExplainsWhateverHasAName) {
    for (const std::string& name : reference_names()) {
        const Outcome outcome = run({"doc", name});
        EXPECT_EQ(outcome.code, kOk) << name;
        EXPECT_GT(outcome.out.size(), 40U) << name;
    }
    EXPECT_TRUE(holds(run({"doc"}).out, "steps"));
    const Outcome unknown = run({"doc", "lokup"});
    EXPECT_EQ(unknown.code, kUsage);
    EXPECT_TRUE(holds(unknown.err, "did you mean 'lookup'?")) << unknown.err;
    EXPECT_TRUE(holds(run({"doc", "--format", "json-schema"}).out, "\"pipelines\""));
}

TEST(Doc, IsWhatTheReferenceFolderHolds) {
    for (const Page& page : reference_pages()) {
        std::ifstream file(std::string(MESSINA_TEST_DATA) + "/../../docs/reference/" + page.name +
                           ".md");
        const std::string committed((std::istreambuf_iterator<char>(file)),
                                    std::istreambuf_iterator<char>());
        EXPECT_EQ(committed, *write_reference(page.name, PageFormat::Markdown))
            << "run `messina doc --write docs/reference` and look at what changes";
    }
}

TEST(Doc, WritesAllPagesIntoAFolder) {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "reference";
    std::filesystem::create_directories(folder);
    EXPECT_EQ(run({"doc", "--write", folder.string()}).code, kOk);
    for (const Page& page : reference_pages())
        EXPECT_TRUE(std::filesystem::exists(folder / (page.name + ".md"))) << page.name;
    std::filesystem::remove_all(folder);
    EXPECT_NE(run({"doc", "--write", folder.string()}).code, kOk);
}

TEST(List, PrintsOneGroupOrAll) {
    const Outcome steps = run({"list", "steps"});
    EXPECT_TRUE(holds(steps.out, "lookup")) << steps.out;
    EXPECT_FALSE(holds(steps.out, "messina_records_in_total"));
    const Outcome all = run({"list"});
    for (const std::string& group : listing_groups())
        EXPECT_TRUE(holds(all.out, group + "\n")) << group;
    EXPECT_EQ(run({"list", "stepz"}).code, kUsage);
}

TEST(Completion, KnowsEveryVerbAndItsOptions) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const Outcome outcome = run({"completion", shell});
        EXPECT_EQ(outcome.code, kOk);
        for (const char* word : {"explain", "show-origin", "dedupe"})
            EXPECT_TRUE(holds(outcome.out, word)) << shell << " " << word;
    }
    EXPECT_EQ(run({"completion", "tcsh"}).code, kUsage);
}

TEST(Test, PrintsDifferencesAndGoesOn) {
    const std::string pipeline =
        "pipeline: { pipeline: p, source: { stdin: {} }, sinks: [{ name: out, stdout: {} }] }\n";
    const File wrong("wrong.yaml", pipeline + "when: [{ a: 1 }]\nthen: { out: [{ a: 2 }] }\n");
    const File broken("broken.yaml", "pipeline: 1\n");
    const File right("right.yaml", pipeline + "when: [{ a: 1 }]\nthen: { out: [{ a: 1 }] }\n");
    const Outcome outcome = run({"test", wrong.path(), broken.path(), right.path()});
    EXPECT_EQ(outcome.code, kFindings);
    EXPECT_TRUE(holds(outcome.out, "expected: {\"a\":2}")) << outcome.out;
    EXPECT_TRUE(holds(outcome.out, right.path() + ": passed\n")) << outcome.out;
    EXPECT_TRUE(holds(outcome.out, "1 passed, 2 failed\n")) << outcome.out;
    EXPECT_EQ(run({"test", "-q", right.path()}).out, "1 passed, 0 failed\n");
}

}  // namespace
}  // namespace messina::cli
