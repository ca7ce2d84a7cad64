// File, stdout and discard sinks: the conformance suite on each, and what is special to them.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "endpoint/testing/endpoint_bench.h"
#include "engine/testing/conformance.h"

namespace messina::endpoint {
namespace {

using engine::testing::CountingDelivery;
using testing::numbered_batch;
using testing::SinkBench;

engine::testing::SinkUnderTest describe(const SinkKind& kind, const std::string& yaml) {
    auto bench = std::make_shared<SinkBench>(kind, yaml);
    EXPECT_TRUE(bench->plan->open(false).has_value());
    return {
        [bench](engine::testing::ManualWorker& worker) { return std::move(*bench->make(worker)); },
        [](size_t first, size_t count) { return numbered_batch(first, count); }};
}

class FileSinkTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::string yaml(const std::string& more = "") const {
        return fmt::format("{{ path: '{}'{} }}", folder_ / "out/f.jsonl", more);
    }
    [[nodiscard]] std::string content() const { return folder_.read("out/f.jsonl"); }
    void write_before(const std::string& text) const {
        std::filesystem::create_directories(folder_ / "out");
        folder_.write("out/f.jsonl", text);
    }
    /// Opens, writes records 0 … count - 1, flushes.
    CountingDelivery write(SinkBench& bench, size_t count, bool is_resumed = false) {
        auto sink = bench.open(is_resumed);
        auto batch = numbered_batch(0, count);
        CountingDelivery delivery;
        sink->write(*batch, batch->live(), delivery);
        sink->flush();
        EXPECT_EQ(delivery.reported(), count);
        return delivery;
    }
    ~FileSinkTest() override { arm_failpoints(""); }

    testing::TemporaryFolder folder_;
};

TEST_F(FileSinkTest, Conforms) {
    engine::testing::check_sink(describe(kFileSink, yaml()));
    std::string expected;
    const auto add = [&](size_t n) { expected += fmt::format("{{\"n\":{}}}\n", n); };
    add(0);
    for (size_t i = 0; i < 7; ++i)
        if (i % 3 != 1) add(1 + i);
    for (size_t i = 0; i < 512; ++i)
        if (i % 3 != 1) add(8 + i);
    EXPECT_EQ(content(), expected) << "exactly the rows that were given, in order";
}

TEST_F(FileSinkTest, ConformsWhenSyncedToDisk) {
    engine::testing::check_sink(describe(kFileSink, yaml(", sync: machine")));
}

TEST_F(FileSinkTest, ReportsNothingBeforeTheBytesAreWritten) {
    SinkBench bench(kFileSink, yaml());
    auto sink = bench.open();
    auto batch = numbered_batch(0, 3);
    CountingDelivery delivery;
    sink->write(*batch, batch->live(), delivery);
    EXPECT_EQ(delivery.reported() == 0, content().empty()) << "I3";
    sink->flush();
    EXPECT_EQ(delivery.done_rows, 3u);
    EXPECT_EQ(content(), "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
}

TEST_F(FileSinkTest, AppendsOrReplacesAsAsked) {
    write_before("old\n");
    SinkBench append(kFileSink, yaml());
    write(append, 1);
    EXPECT_EQ(content(), "old\n{\"n\":0}\n");
    SinkBench replace(kFileSink, yaml(", mode: replace"));
    write(replace, 1);
    EXPECT_EQ(content(), "{\"n\":0}\n");
    SinkBench resumed(kFileSink, yaml(", mode: replace"));
    write(resumed, 1, true);
    EXPECT_EQ(content(), "{\"n\":0}\n{\"n\":0}\n") << "a run that goes on never begins anew";
}

TEST_F(FileSinkTest, CutsATornEndOff) {
    const std::string long_torn(10'000, 'x');
    for (const std::string& torn :
         {std::string("{\"n\""), long_torn, std::string(4095, 'y'), std::string(4096, 'z')}) {
        write_before("whole\n" + torn);
        SinkBench bench(kFileSink, yaml());
        write(bench, 1);
        EXPECT_EQ(content(), "whole\n{\"n\":0}\n") << torn.size();
        write_before(torn);
        SinkBench only_torn(kFileSink, yaml());
        write(only_torn, 1);
        EXPECT_EQ(content(), "{\"n\":0}\n");
    }
}

TEST_F(FileSinkTest, CutsBackWhatAFailedWriteLeftAndCanTryAgain) {
    SinkBench bench(kFileSink, yaml());
    auto sink = bench.open();
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{20, before.rlim_max};
    auto first = numbered_batch(0, 2);
    CountingDelivery fits;
    sink->write(*first, first->live(), fits);
    sink->flush();
    ASSERT_EQ(fits.done_rows, 2u);
    auto batch = numbered_batch(2, 3);
    CountingDelivery refused;
    sink->write(*batch, batch->live(), refused);
    ::setrlimit(RLIMIT_FSIZE, &small);
    sink->flush();
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(refused.failed_rows.size(), 3u);
    EXPECT_EQ(refused.last_outcome, engine::Outcome::Unknown);
    EXPECT_EQ(content(), "{\"n\":0}\n{\"n\":1}\n") << "no half record stays";
    CountingDelivery again;
    sink->write(*batch, batch->live(), again);
    sink->flush();
    EXPECT_EQ(again.done_rows, 3u);
    EXPECT_EQ(content(), "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
}

TEST_F(FileSinkTest, TellsATransientErrorWhenTheDiskIsFull) {
    SinkBench bench(kFileSink, "{ path: /dev/full }");
    const CountingDelivery delivery = write(bench, 2);
    EXPECT_EQ(delivery.failed_rows.size(), 2u);
    EXPECT_EQ(delivery.last_error.error_class, ErrorClass::Transient);
    EXPECT_NE(delivery.last_error.hint.find("space"), std::string::npos);
}

TEST_F(FileSinkTest, ReportsUnknownWhenItFailsAfterTheWrite) {
    SinkBench bench(kFileSink, yaml());
    ASSERT_TRUE(arm_failpoints("file_sink.after_write=error"));
    const CountingDelivery delivery = write(bench, 2);
    EXPECT_EQ(delivery.failed_rows.size(), 2u);
    EXPECT_EQ(delivery.last_outcome, engine::Outcome::Unknown);
    EXPECT_EQ(delivery.last_error.error_class, ErrorClass::Transient);
}

TEST_F(FileSinkTest, WritesFromSeveralWorkersIntoOneFile) {
    SinkBench bench(kFileSink, yaml());
    auto first = bench.open();
    engine::testing::ManualWorker other;
    auto second = std::move(*bench.make(other));
    auto batch = numbered_batch(0, 2);
    CountingDelivery delivery;
    first->write(*batch, std::vector<RowIndex>{0}, delivery);
    second->write(*batch, std::vector<RowIndex>{1}, delivery);
    second->flush();
    first->flush();
    EXPECT_EQ(delivery.done_rows, 2u);
    EXPECT_EQ(content(), "{\"n\":1}\n{\"n\":0}\n");
}

TEST_F(FileSinkTest, RefusesAFolderThatCannotBeMade) {
    folder_.write("file", "x");
    SinkBench bench(kFileSink, fmt::format("{{ path: '{}' }}", folder_ / "file/out.jsonl"));
    const Result<void> opened = bench.plan->open(false);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().error_class, ErrorClass::Misconfigured);
}

TEST_F(FileSinkTest, PutsRowsItCannotEncodeAmongTheFailures) {
    SinkBench bench(kFileSink, yaml(", format: { text: { field: m } }"));
    auto sink = bench.open();
    auto batch = numbered_batch(0, 3);
    batch->slots(0)[0] = *codec::parse_json(R"({"m":"a"})", batch->arena);
    batch->slots(2)[0] = *codec::parse_json(R"({"m":"c"})", batch->arena);
    CountingDelivery delivery;
    sink->write(*batch, batch->live(), delivery);
    sink->flush();
    EXPECT_EQ(delivery.reported(), 3u);
    EXPECT_EQ(delivery.failed_rows, std::vector<RowIndex>{1});
    ASSERT_EQ(batch->failures.size(), 1u);
    EXPECT_EQ(batch->failures[0].error.code, "text.missing_field");
    EXPECT_EQ(content(), "a\nc\n");
}

TEST_F(FileSinkTest, TellsEachRowItsOwnCauseWhateverFailedBefore) {
    SinkBench bench(kFileSink, yaml(", format: { text: { field: m } }"));
    auto sink = bench.open();
    auto batch = numbered_batch(0, 4);
    batch->slots(0)[0] = *codec::parse_json(R"({"m":"a"})", batch->arena);
    batch->slots(2)[0] = *codec::parse_json(R"({"m":"c"})", batch->arena);
    // Another sink has refused row 2 already; this one can write it.
    batch->fail_row(2, "other", Error{ErrorClass::Poison, "other.refused", "", ""});
    CountingDelivery delivery;
    sink->write(*batch, std::vector<RowIndex>{0, 1, 2, 3}, delivery);
    sink->flush();
    EXPECT_EQ(delivery.failed_rows, (std::vector<RowIndex>{1, 3}));
    EXPECT_EQ(delivery.last_error.code, "text.missing_field");
    EXPECT_EQ(delivery.done_rows, 2u);
    EXPECT_EQ(content(), "a\nc\n");
}

/// Standard output into a pipe, while it lives.
class StandardOutput {
  public:
    StandardOutput() : saved_(::dup(STDOUT_FILENO)) {
        EXPECT_EQ(::pipe(ends_), 0);
        ::dup2(ends_[1], STDOUT_FILENO);
    }
    ~StandardOutput() {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
        ::close(ends_[1]);
        if (ends_[0] >= 0) ::close(ends_[0]);
    }
    void close_reader() { ::close(std::exchange(ends_[0], -1)); }

  private:
    int saved_;
    int ends_[2] = {-1, -1};
};

TEST(StdoutSink, Conforms) {
    const StandardOutput output;
    engine::testing::check_sink(describe(kStdoutSink, "{}"));
}

TEST(StdoutSink, StopsWhenNobodyReadsAnyMore) {
    ::signal(SIGPIPE, SIG_IGN);
    StandardOutput output;
    SinkBench bench(kStdoutSink, "{}");
    auto sink = bench.open();
    output.close_reader();
    auto batch = numbered_batch(0, 1);
    CountingDelivery delivery;
    sink->write(*batch, batch->live(), delivery);
    sink->flush();
    EXPECT_EQ(delivery.failed_rows.size(), 1u);
    EXPECT_EQ(delivery.last_error.error_class, ErrorClass::Fatal);
}

TEST(DiscardSink, Conforms) {
    engine::testing::check_sink(describe(kDiscardSink, "{}"));
}

}  // namespace
}  // namespace messina::endpoint
