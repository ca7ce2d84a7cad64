#include "endpoint/byte_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/random.h"
#include "endpoint/testing/compress.h"
#include "endpoint/testing/endpoint_bench.h"

namespace messina::endpoint {
namespace {

using testing::gzip;
using testing::zstd;

Result<std::string> read_all(ByteStream& stream, size_t step) {
    std::string all;
    std::string block(step, '\0');
    while (true) {
        MESSINA_TRY(const size_t got, stream.read(block.data(), step));
        if (got == 0) return all;
        all.append(block, 0, got);
    }
}

std::string sample_text(size_t lines) {
    Random random(3);
    std::string text;
    for (size_t i = 0; i < lines; ++i)
        text += fmt::format("{{\"n\":{},\"r\":{}}}\n", i, random.next());
    return text;
}

class ByteStreamTest : public ::testing::Test {
  protected:
    std::unique_ptr<ByteStream> open(const std::string& content,
                                     Compression compression = Compression::Auto) {
        Result<std::unique_ptr<ByteStream>> stream =
            open_byte_stream(folder_.write("f", content), compression);
        EXPECT_TRUE(stream.has_value());
        return std::move(*stream);
    }
    testing::TemporaryFolder folder_;
};

TEST_F(ByteStreamTest, GivesTheSameBytesHoweverTheyAreCompressed) {
    const std::string text = sample_text(30'000);
    for (const std::string& content : {text, gzip(text), zstd(text)})
        for (const size_t step : {size_t{1} << 20, size_t{1000}})
            EXPECT_EQ(read_all(*open(content), step), text);
    EXPECT_EQ(read_all(*open(gzip("ab"), Compression::Gzip), 1), "ab");
    EXPECT_EQ(read_all(*open(zstd("ab"), Compression::Zstd), 1), "ab");
}

TEST_F(ByteStreamTest, ReadsSeveralMembersOneAfterTheOther) {
    EXPECT_EQ(read_all(*open(gzip("one\n") + gzip("") + gzip("two\n")), 3), "one\ntwo\n");
    EXPECT_EQ(read_all(*open(zstd("one\n") + zstd("") + zstd("two\n")), 3), "one\ntwo\n");
}

TEST_F(ByteStreamTest, ReadsEmptyFiles) {
    EXPECT_EQ(read_all(*open(""), 10), "");
    EXPECT_EQ(read_all(*open(gzip("")), 10), "");
    EXPECT_EQ(read_all(*open(zstd("")), 10), "");
}

TEST_F(ByteStreamTest, RefusesCompressedDataThatEndsInTheMiddle) {
    const std::string text = sample_text(1000);
    for (const std::string& content : {gzip(text), zstd(text)}) {
        for (const size_t cut : {size_t{1}, size_t{5}, content.size() / 2}) {
            const Result<std::string> read =
                read_all(*open(content.substr(0, content.size() - cut)), 4096);
            ASSERT_FALSE(read.has_value()) << cut;
            EXPECT_EQ(read.error().code, "file.compression");
            EXPECT_EQ(read.error().error_class, ErrorClass::Fatal);
            EXPECT_NE(read.error().message.find("/f"), std::string::npos);
        }
    }
}

TEST_F(ByteStreamTest, RefusesWhatIsNotCompressedAsSaid) {
    for (const Compression compression : {Compression::Gzip, Compression::Zstd}) {
        const Result<std::string> read =
            read_all(*open("plain text, longer than a header", compression), 100);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "file.compression");
    }
}

TEST_F(ByteStreamTest, GoesOnBehindSkippedBytes) {
    const std::string text = sample_text(30'000);
    for (const std::string& content : {text, gzip(text), zstd(text)}) {
        for (const size_t skipped : {size_t{0}, size_t{1}, text.size() / 2, text.size()}) {
            auto stream = open(content);
            ASSERT_TRUE(stream->skip(skipped).has_value());
            EXPECT_EQ(read_all(*stream, 4096), text.substr(skipped));
        }
    }
}

TEST_F(ByteStreamTest, RefusesToSkipBehindTheEnd) {
    for (const std::string& content : {std::string("abc"), gzip("abc"), zstd("abc")}) {
        auto stream = open(content);
        const Result<void> skipped = stream->skip(4);
        ASSERT_FALSE(skipped.has_value()) << "a file that was cut must not look read out";
        EXPECT_EQ(skipped.error().code, "file.shrunk");
    }
}

TEST_F(ByteStreamTest, SkipsInWhatCannotSeek) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    auto stream = make_byte_stream(FileDescriptor(ends[0]), "pipe");
    ASSERT_EQ(::write(ends[1], "abcdef", 6), 6);
    ::close(ends[1]);
    ASSERT_TRUE(stream->skip(2).has_value());
    EXPECT_EQ(read_all(*stream, 100), "cdef");
}

TEST_F(ByteStreamTest, NamesAMissingFile) {
    const auto stream = open_byte_stream(folder_ / "none", Compression::Auto);
    ASSERT_FALSE(stream.has_value());
    EXPECT_EQ(stream.error().code, "file.missing");
}

}  // namespace
}  // namespace messina::endpoint
