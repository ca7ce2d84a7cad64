#include "endpoint/record_reader.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>

#include <gtest/gtest.h>

#include "codec/csv_record_end.h"

namespace messina::endpoint {
namespace {

using engine::TakeLimits;
using engine::TakeState;

/// Gives `step` bytes at a time, and what `interludes` says before the byte that is its key.
class MemoryStream final : public ByteStream {
  public:
    explicit MemoryStream(std::string bytes, size_t step = SIZE_MAX)
        : bytes_(std::move(bytes)), step_(step) {}
    Result<size_t> read(char* to, size_t bytes_max) override {
        if (fails_at && at_ >= *fails_at) {
            fails_at.reset();
            return fail(ErrorClass::Transient, "test.io", "not now");
        }
        size_t count = std::min({bytes_max, step_, bytes_.size() - at_});
        if (fails_at) count = std::min(count, *fails_at - at_);
        std::memcpy(to, bytes_.data() + at_, count);
        at_ += count;
        return count;
    }
    void append(std::string_view more) { bytes_ += more; }
    std::optional<size_t> fails_at;

  private:
    std::string bytes_;
    size_t step_;
    size_t at_ = 0;
};

struct Read {
    std::vector<std::string> records;
    std::vector<int64_t> positions;
    std::vector<std::string> failures;
    int64_t end = 0;
    bool operator==(const Read&) const = default;
};

RecordSplitter csv_splitter() {
    return
        [end = codec::CsvRecordEnd()](std::string_view bytes) mutable { return end.find(bytes); };
}

/// Takes until End, or until Idle when `until_idle`.
Read read_all(RecordReader& reader, TakeLimits limits = {}) {
    Read read;
    Batch batch;
    for (int takes = 0; takes < 100'000; ++takes) {
        batch.reset();
        Result<TakeState> state = reader.take(batch, limits);
        if (!state) continue;
        if (*state != TakeState::Taken) break;
        for (const Record& record : batch.records) {
            read.records.emplace_back(record.raw);
            read.positions.push_back(record.position.major);
        }
        for (const RowFailure& failure : batch.failures)
            read.failures.emplace_back(failure.error.code);
        read.end = batch.end.major;
    }
    return read;
}

Read read_text(const std::string& text, RecordReaderOptions options = {}, TakeLimits limits = {},
               size_t step = SIZE_MAX) {
    RecordReader reader(std::make_unique<MemoryStream>(text, step), 0, std::move(options));
    return read_all(reader, limits);
}

RecordReaderOptions chunks_of(size_t bytes) {
    RecordReaderOptions options;
    options.chunk_bytes = bytes;
    return options;
}

TEST(RecordReader, CutsLines) {
    const Read read = read_text("a\nbb\nccc\n");
    EXPECT_EQ(read.records, (std::vector<std::string>{"a", "bb", "ccc"}));
    EXPECT_EQ(read.positions, (std::vector<int64_t>{0, 2, 5}));
    EXPECT_EQ(read.end, 9);
}

TEST(RecordReader, TakesARecordWithoutFinalNewline) {
    const Read read = read_text("a\nbb");
    EXPECT_EQ(read.records, (std::vector<std::string>{"a", "bb"}));
    EXPECT_EQ(read.end, 4);
}

TEST(RecordReader, TakesCarriageReturnsOffAndSkipsBlankLines) {
    const Read read = read_text("a\r\n\r\n \t\nb\r\n\n");
    EXPECT_EQ(read.records, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(read.positions, (std::vector<int64_t>{0, 8}));
}

TEST(RecordReader, KeepsBlankLinesWhenAskedTo) {
    RecordReaderOptions options;
    options.skips_blank = false;
    EXPECT_EQ(read_text("a\n\nb\n", options).records, (std::vector<std::string>{"a", "", "b"}));
}

TEST(RecordReader, GivesNothingOfAnEmptyStream) {
    EXPECT_EQ(read_text("").records.size(), 0u);
    EXPECT_EQ(read_text("\n\n  \n").records.size(), 0u);
}

TEST(RecordReader, ReadsOverManyBlankLinesInOneTake) {
    RecordReader reader(std::make_unique<MemoryStream>(std::string(10'000, '\n') + "a\n"), 0,
                        chunks_of(64));
    Batch batch;
    EXPECT_EQ(reader.take(batch, {512, 16}), TakeState::Taken)
        << "Idle would say that nothing is there now";
    ASSERT_EQ(batch.records.size(), 1u);
    EXPECT_EQ(batch.records[0].position.major, 10'000);
}

TEST(RecordReader, GivesTheSameWhereverChunksEnd) {
    const std::string text =
        "first\r\nsecond line\n\n\nthird\nx\nlonger than a chunk of sixteen bytes\r\nlast";
    const Read expected = read_text(text);
    for (size_t chunk = 1; chunk <= text.size() + 1; ++chunk) {
        for (const size_t step : {size_t{1}, size_t{3}, chunk}) {
            EXPECT_EQ(read_text(text, chunks_of(chunk), {}, step), expected)
                << "chunks of " << chunk << ", reads of " << step;
        }
        EXPECT_EQ(read_text(text, chunks_of(chunk), {1, SIZE_MAX}), expected);
        EXPECT_EQ(read_text(text, chunks_of(chunk), {512, 1}), expected);
    }
}

TEST(RecordReader, CutsCsvInsideQuotesWhereverChunksEnd) {
    const std::string text = "a,\"one\ntwo\"\n\"x\"\"y\n\",b\r\nlast,1\n";
    RecordReaderOptions options;
    options.splitter = csv_splitter();
    const Read expected = read_text(text, options);
    EXPECT_EQ(expected.records,
              (std::vector<std::string>{"a,\"one\ntwo\"", "\"x\"\"y\n\",b", "last,1"}));
    for (size_t chunk = 1; chunk <= text.size(); ++chunk) {
        options.chunk_bytes = chunk;
        EXPECT_EQ(read_text(text, options), expected) << chunk;
    }
}

TEST(RecordReader, GoesOnFromAnyBatchEnd) {
    const std::string text = "a\nbb\n\nccc\ndddd\n";
    const Read all = read_text(text);
    for (size_t i = 0; i < all.records.size(); ++i) {
        const int64_t begin = i + 1 < all.records.size() ? all.positions[i + 1] : all.end;
        RecordReader reader(std::make_unique<MemoryStream>(text.substr(static_cast<size_t>(begin))),
                            static_cast<uint64_t>(begin), {});
        const Read rest = read_all(reader);
        EXPECT_EQ(rest.records,
                  std::vector<std::string>(all.records.begin() + static_cast<ptrdiff_t>(i) + 1,
                                           all.records.end()));
        EXPECT_EQ(rest.positions,
                  std::vector<int64_t>(all.positions.begin() + static_cast<ptrdiff_t>(i) + 1,
                                       all.positions.end()));
    }
}

TEST(RecordReader, KeepsTheRecordsAroundAnOversizedOne) {
    const std::string big(100, 'x');
    const std::string text = "before\n" + big + "\nafter\nlast\n";
    for (const size_t chunk : {size_t{1} << 20, size_t{8}, size_t{16}, size_t{64}, size_t{107},
                               size_t{108}, size_t{115}}) {
        for (const size_t step : {SIZE_MAX, size_t{1}, size_t{13}}) {
            RecordReaderOptions options = chunks_of(chunk);
            options.record_bytes_max = 20;
            const Read read = read_text(text, options, {}, step);
            ASSERT_EQ(read.records.size(), 4u) << "chunks of " << chunk << ", reads of " << step;
            EXPECT_EQ(read.records[0], "before");
            EXPECT_EQ(read.records[1].substr(0, 10), big.substr(0, 10))
                << "the dead letter holds its beginning";
            EXPECT_EQ(read.records[2], "after");
            EXPECT_EQ(read.records[3], "last");
            EXPECT_EQ(read.positions, (std::vector<int64_t>{0, 7, 108, 114}));
            EXPECT_EQ(read.failures, (std::vector<std::string>{"file.record_too_large"}));
            EXPECT_EQ(read.end, static_cast<int64_t>(text.size()));
        }
    }
}

TEST(RecordReader, TellsPlaceAndSizeOfAnOversizedRecord) {
    RecordReaderOptions options;
    options.record_bytes_max = 20;
    RecordReader reader(std::make_unique<MemoryStream>("a\n" + std::string(50, 'x') + "\n"), 0,
                        options);
    Batch batch;
    ASSERT_EQ(reader.take(batch, {}), TakeState::Taken);
    EXPECT_TRUE(batch.failures.empty()) << "what comes before it goes out first";
    batch.reset();
    ASSERT_EQ(reader.take(batch, {}), TakeState::Taken);
    ASSERT_EQ(batch.failures.size(), 1u);
    EXPECT_EQ(batch.failures[0].record, 0u);
    EXPECT_EQ(batch.failures[0].error.error_class, ErrorClass::Poison);
    EXPECT_NE(batch.failures[0].error.message.find("51 bytes at byte 2"), std::string::npos)
        << batch.failures[0].error.message;
}

TEST(RecordReader, HoldsNoMoreThanTheBoundOfAnOversizedRecord) {
    RecordReaderOptions options = chunks_of(64);
    options.record_bytes_max = 256;
    RecordReader reader(std::make_unique<MemoryStream>(std::string(1 << 20, 'x') + "\nafter\n"), 0,
                        options);
    const Read read = read_all(reader);
    ASSERT_EQ(read.records.size(), 2u);
    EXPECT_LE(read.records[0].size(), 4096u);
    EXPECT_EQ(read.records[1], "after");
    EXPECT_EQ(read.positions[1], (1 << 20) + 1);
}

TEST(RecordReader, GoesOnBehindAnOversizedRecordWithLineEndsInQuotes) {
    const std::string text = "a,1\n\"" + std::string(300, '\n') + "x,y\n\",2\nb,3\n";
    for (size_t chunk = 1; chunk <= text.size(); chunk += 7) {
        RecordReaderOptions options = chunks_of(chunk);
        options.record_bytes_max = 20;
        options.splitter = csv_splitter();
        const Read read = read_text(text, options);
        ASSERT_EQ(read.records.size(), 3u) << "chunks of " << chunk;
        EXPECT_EQ(read.records[2], "b,3");
        EXPECT_EQ(read.failures.size(), 1u);
    }
}

TEST(RecordReader, LosesNothingToAnErrorInTheMiddle) {
    const std::string text = "first\nsecond\n" + std::string(60, 'x') + "\nthird\nlast";
    RecordReaderOptions options = chunks_of(16);
    options.record_bytes_max = 20;
    const Read expected = read_text(text, options);
    ASSERT_EQ(expected.records.size(), 5u);
    for (size_t at = 0; at < text.size(); ++at) {
        auto stream = std::make_unique<MemoryStream>(text);
        stream->fails_at = at;
        RecordReader reader(std::move(stream), 0, options);
        EXPECT_EQ(read_all(reader), expected) << "an error at byte " << at;
    }
}

TEST(RecordReader, WaitsForTheRestOfARecordInAFollowedFile) {
    RecordReaderOptions options = chunks_of(8);
    options.is_followed = true;
    auto owned = std::make_unique<MemoryStream>("one\ntw");
    MemoryStream& stream = *owned;
    RecordReader reader(std::move(owned), 0, options);
    EXPECT_EQ(read_all(reader).records, (std::vector<std::string>{"one"}));
    EXPECT_TRUE(read_all(reader).records.empty()) << "half a record is none";
    stream.append("o\nthr");
    EXPECT_EQ(read_all(reader).records, (std::vector<std::string>{"two"}));
    stream.append("ee\n");
    const Read last = read_all(reader);
    EXPECT_EQ(last.records, (std::vector<std::string>{"three"}));
    EXPECT_EQ(last.positions, (std::vector<int64_t>{8}));
    Batch batch;
    EXPECT_EQ(reader.take(batch, {}), TakeState::Idle) << "a followed file has no end";
}

TEST(RecordReader, WaitsForTheEndOfAnOversizedRecordInAFollowedFile) {
    RecordReaderOptions options = chunks_of(8);
    options.is_followed = true;
    options.record_bytes_max = 10;
    auto owned = std::make_unique<MemoryStream>("one\n" + std::string(30, 'x'));
    MemoryStream& stream = *owned;
    RecordReader reader(std::move(owned), 0, options);
    EXPECT_EQ(read_all(reader).records, (std::vector<std::string>{"one"}));
    stream.append("yyy\ntwo\n");
    const Read rest = read_all(reader);
    ASSERT_EQ(rest.records.size(), 2u) << "the tail of the large record is no record of its own";
    EXPECT_EQ(rest.records[1], "two");
    EXPECT_EQ(rest.positions, (std::vector<int64_t>{4, 38}));
    EXPECT_EQ(rest.failures.size(), 1u);
}

TEST(RecordReader, TakesTheHeaderOffWithItsByteOrderMark) {
    RecordReader reader(std::make_unique<MemoryStream>("\xEF\xBB\xBFid,name\r\n1,x\n", 1), 0,
                        chunks_of(4));
    EXPECT_EQ(reader.take_header(), "id,name");
    EXPECT_EQ(reader.position(), 12u);
    const Read read = read_all(reader);
    EXPECT_EQ(read.records, (std::vector<std::string>{"1,x"}));
    EXPECT_EQ(read.positions, (std::vector<int64_t>{12}));
}

TEST(RecordReader, FindsNoHeaderInAnEmptyStream) {
    RecordReader reader(std::make_unique<MemoryStream>(""), 0, {});
    EXPECT_EQ(reader.take_header(), "");
}

TEST(RecordReader, StampsRecordsByTheirPlace) {
    RecordReaderOptions options;
    options.timestamp_base_us = 1000;
    RecordReader reader(std::make_unique<MemoryStream>("a\nb\n"), 0, options);
    Batch batch;
    ASSERT_EQ(reader.take(batch, {}), TakeState::Taken);
    EXPECT_EQ(batch.records[0].timestamp_us, 1000);
    EXPECT_EQ(batch.records[1].timestamp_us, 1002) << "of two lines the later is newer";
}

TEST(RecordReader, KeepsTheBytesOfABatchWhileReadingOn) {
    RecordReader reader(std::make_unique<MemoryStream>("alpha\nbeta\ngamma\ndelta\n", 7), 0,
                        chunks_of(8));
    std::vector<std::unique_ptr<Batch>> batches;
    std::vector<std::string> copies;
    while (true) {
        batches.push_back(std::make_unique<Batch>());
        if (reader.take(*batches.back(), {1, SIZE_MAX}) != TakeState::Taken) break;
        copies.emplace_back(batches.back()->records[0].raw);
    }
    ASSERT_EQ(copies.size(), 4u);
    for (size_t i = 0; i < copies.size(); ++i) EXPECT_EQ(batches[i]->records[0].raw, copies[i]);
}

}  // namespace
}  // namespace messina::endpoint
