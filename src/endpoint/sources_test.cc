// File, generate and stdin sources: the conformance suite on each, and what is special to them.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "endpoint/testing/compress.h"
#include "endpoint/testing/endpoint_bench.h"
#include "engine/checkpoint.h"
#include "engine/testing/conformance.h"

namespace messina::endpoint {
namespace {

using engine::TakeState;
using engine::testing::SourceUnderTest;

class SourcesTest : public ::testing::Test {
  protected:
    PipelineFacts facts(bool has_state = true) {
        return {"test", has_state ? folder_ / "state" : "", &worker_.clock()};
    }
    /// The plan outlives the sources that the description makes.
    SourceUnderTest describe(const SourceKind& kind, const std::string& yaml,
                             std::map<std::string, std::vector<std::string>> expected,
                             bool is_resumable = true) {
        plan_ = make_source_plan(kind, yaml, facts(is_resumable));
        return {[this] { return std::move(*plan_->make()); }, std::move(expected), is_resumable};
    }
    std::unique_ptr<engine::Source> open(const std::string& yaml) {
        plan_ = testing::make_source_plan(kFileSource, yaml, facts());
        auto source = std::move(*plan_->make());
        const Result<void> opened = source->open();
        EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().to_text());
        return source;
    }
    void check(const SourceUnderTest& tested) {
        engine::testing::check_source_reads_all(tested);
        engine::testing::check_source_resumes(tested);
    }
    static std::vector<std::string> take_texts(engine::LaneReader& lane) {
        Batch batch;
        std::vector<std::string> texts;
        if (const auto state = lane.take(batch, {}); state && *state == TakeState::Taken)
            for (const Record& record : batch.records) texts.emplace_back(record.raw);
        return texts;
    }
    using make_plan = std::unique_ptr<SourcePlan>(const SourceKind&, const std::string&,
                                                  const PipelineFacts&);
    make_plan* make_source_plan = testing::make_source_plan;

    testing::TemporaryFolder folder_;
    engine::testing::ManualWorker worker_;
    std::unique_ptr<SourcePlan> plan_;
};

std::vector<std::string> json_lines(size_t count, const std::string& name) {
    std::vector<std::string> lines;
    for (size_t i = 0; i < count; ++i) lines.push_back(fmt::format("{{\"{}\":{}}}", name, i));
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

TEST_F(SourcesTest, FileSourceReadsJsonLines) {
    const auto a = json_lines(20, "a");
    const auto b = json_lines(7, "b");
    const std::string path_a = folder_.write("a.jsonl", joined(a));
    const std::string path_b = folder_.write("b.jsonl", joined(b));
    folder_.write("c.txt", "not matched\n");
    check(describe(kFileSource, fmt::format("path: '{}'", folder_ / "*.jsonl"),
                   {{path_a, a}, {path_b, b}}));
}

TEST_F(SourcesTest, FileSourceReadsCompressedFiles) {
    const auto lines = json_lines(20, "a");
    const std::string gz = folder_.write("a.gz", testing::gzip(joined(lines)));
    const std::string zst = folder_.write("a.zst", testing::zstd(joined(lines)));
    check(describe(kFileSource, fmt::format("path: '{}'", folder_ / "a.*"),
                   {{gz, lines}, {zst, lines}}));
}

TEST_F(SourcesTest, FileSourceReadsCsv) {
    const std::string path =
        folder_.write("a.csv", "id,name\r\n1,\"two\nlines\"\r\n2,b\r\n3,c\r\n4,d");
    check(describe(kFileSource, fmt::format("{{ path: '{}', format: csv }}", path),
                   {{path, {"1,\"two\nlines\"", "2,b", "3,c", "4,d"}}}));
}

TEST_F(SourcesTest, FileSourceReadsRecordsAroundPoison) {
    const std::string path = folder_.write("a.jsonl", "{}\n{broken\n\n[1]\n");
    check(
        describe(kFileSource, fmt::format("path: '{}'", path), {{path, {"{}", "{broken", "[1]"}}}));
}

TEST_F(SourcesTest, FileSourceWithoutStateBeginsAnew) {
    const auto lines = json_lines(9, "a");
    const std::string path = folder_.write("a.jsonl", joined(lines));
    check(describe(kFileSource, fmt::format("path: '{}'", path), {{path, lines}}, false));
}

TEST_F(SourcesTest, GenerateSourceGivesTheSameRecordsAgain) {
    const std::string yaml =
        "{ count: 50, draws: { v: { count: 9 } }, fields: { id: { key: { draw: v, form: uuid } }, "
        "n: { number: { min: 1, max: 9 } } } }";
    auto first = testing::make_source_plan(kGenerateSource, yaml, facts(false));
    auto source = std::move(*first->make());
    auto lane = std::move(*source->next_lane());
    const std::vector<std::string> records =
        engine::testing::conformance::read_lane(*lane, {}).records;
    ASSERT_EQ(records.size(), 50u);
    check(describe(kGenerateSource, yaml, {{"generate", records}}));
}

/// Standard input from a text, while it lives.
class StandardInput {
  public:
    StandardInput() : saved_(::dup(STDIN_FILENO)) {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
        write_end_ = ends[1];
    }
    ~StandardInput() {
        close();
        ::dup2(saved_, STDIN_FILENO);
        ::close(saved_);
    }
    void write(const std::string& text) const {
        EXPECT_EQ(::write(write_end_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void close() {
        if (write_end_ >= 0) ::close(write_end_);
        write_end_ = -1;
    }

  private:
    int saved_;
    int write_end_ = -1;
};

TEST_F(SourcesTest, StdinSourceReadsToTheEnd) {
    std::optional<StandardInput> input;
    const auto lines = json_lines(20, "a");
    SourceUnderTest tested = describe(kStdinSource, "{ format: json }", {{"stdin", lines}}, false);
    tested.make = [&, make = tested.make] {
        input.reset();
        input.emplace();
        input->write(joined(lines));
        input->close();
        return make();
    };
    check(tested);
}

TEST_F(SourcesTest, StdinSourceDoesNotHangOnHalfARecord) {
    StandardInput input;
    plan_ = testing::make_source_plan(kStdinSource, "{ format: json }", facts());
    auto source = std::move(*plan_->make());
    auto lane = std::move(*source->next_lane());
    Batch batch;
    EXPECT_EQ(lane->take(batch, {}), TakeState::Idle);
    input.write("{\"a\":");
    EXPECT_EQ(lane->take(batch, {}), TakeState::Idle) << "the worker has other lanes to turn";
    input.write("1}\n{\"b\"");
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"{\"a\":1}"}));
    input.write(":2}");
    input.close();
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"{\"b\":2}"}));
    batch.reset();
    EXPECT_EQ(lane->take(batch, {}), TakeState::End);
}

TEST_F(SourcesTest, StdinSourceWaitsForAWholeHeader) {
    StandardInput input;
    plan_ = testing::make_source_plan(kStdinSource, "{ format: csv }", facts());
    auto source = std::move(*plan_->make());
    auto lane = std::move(*source->next_lane());
    Batch batch;
    input.write("id,na");
    EXPECT_EQ(lane->take(batch, {}), TakeState::Idle);
    input.write("me\n1,x\n");
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"1,x"}));
}

TEST_F(SourcesTest, FileSourceNamesAPatternWithoutAnyFile) {
    plan_ = testing::make_source_plan(kFileSource, fmt::format("path: '{}'", folder_ / "*.none"),
                                      facts());
    auto source = std::move(*plan_->make());
    const Result<void> opened = source->open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "file.no_match");
}

TEST_F(SourcesTest, FileSourceRefusesAFileThatWasCut) {
    const std::string path = folder_.write("a.jsonl", "{\"a\":1}\n{\"a\":2}\n");
    const std::string yaml = fmt::format("path: '{}'", path);
    const engine::LanePosition read[] = {{path, {16, 0}}};
    ASSERT_TRUE(open(yaml)->commit(read).has_value());
    folder_.write("a.jsonl", "{}\n");
    const auto lane = open(yaml)->next_lane();
    ASSERT_FALSE(lane.has_value()) << "it must not look read out";
    EXPECT_EQ(lane.error().code, "file.shrunk");
    EXPECT_NE(lane.error().message.find(path), std::string::npos) << lane.error().message;
}

TEST_F(SourcesTest, FileSourceFollowsFilesAndFindsNewOnes) {
    const std::string path = folder_.write("a.jsonl", "1\n");
    auto source = open(fmt::format("{{ path: '{}', follow: true }}", folder_ / "*.jsonl"));
    auto lane = std::move(*source->next_lane());
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"1"}));
    EXPECT_EQ(*source->next_lane(), nullptr);
    EXPECT_FALSE(source->is_finished());
    std::ofstream(path, std::ios::app) << "2\n3";
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"2"}));
    std::ofstream(path, std::ios::app) << "\n";
    EXPECT_EQ(take_texts(*lane), (std::vector<std::string>{"3"}));
    folder_.write("b.jsonl", "4\n");
    worker_.advance(std::chrono::seconds(2));
    auto second = std::move(*source->next_lane());
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(take_texts(*second), (std::vector<std::string>{"4"}));
}

TEST_F(SourcesTest, FileSourceLetsFilesWaitForOthersOnlyWhereThoseEnd) {
    folder_.write("a.jsonl", "1\n");
    EXPECT_TRUE(open(fmt::format("{{ path: '{}' }}", folder_ / "*.jsonl"))->can_wait());
    EXPECT_FALSE(
        open(fmt::format("{{ path: '{}', follow: true }}", folder_ / "*.jsonl"))->can_wait());
}

TEST_F(SourcesTest, FileSourceFollowsACsvFileWhoseHeaderComesLater) {
    const std::string path = folder_.write("a.csv", "id,na");
    auto source = open(fmt::format("{{ path: '{}', follow: true, format: csv }}", path));
    auto lane = std::move(*source->next_lane());
    EXPECT_TRUE(take_texts(*lane).empty());
    std::ofstream(path, std::ios::app) << "me\n1,x\n";
    Batch batch;
    ASSERT_EQ(lane->take(batch, {}), TakeState::Taken);
    EXPECT_EQ(batch.records.at(0).raw, "1,x") << "the header is no record";
    EXPECT_NE(batch.schema, nullptr);
}

TEST_F(SourcesTest, FileSourceTellsItsSizeWithoutWhatWasRead) {
    const std::string path = folder_.write("a.jsonl", "{\"a\":1}\n{\"a\":2}\n");
    const std::string yaml = fmt::format("path: '{}'", path);
    auto source = open(yaml);
    EXPECT_EQ(source->size().bytes, 16u);
    const engine::LanePosition read[] = {{path, {8, 0}}};
    ASSERT_TRUE(source->commit(read).has_value());
    EXPECT_EQ(open(yaml)->size().bytes, 8u);
}

TEST_F(SourcesTest, GenerateSourceTakesNoOtherSourcesPosition) {
    Result<engine::CheckpointFile> file = engine::CheckpointFile::open(folder_ / "state", "test");
    const engine::LanePosition other[] = {{"a.jsonl", {3, 0}}};
    ASSERT_TRUE(file->save(other).has_value());
    plan_ = testing::make_source_plan(
        kGenerateSource, "{ count: 5, fields: { n: { number: { min: 1, max: 9 } } } }", facts());
    auto source = std::move(*plan_->make());
    ASSERT_TRUE(source->open().has_value());
    EXPECT_FALSE(source->is_resumed());
    EXPECT_EQ(take_texts(**source->next_lane()).size(), 5u);
}

}  // namespace
}  // namespace messina::endpoint
