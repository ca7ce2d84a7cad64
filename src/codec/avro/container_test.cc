#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "codec/avro/container_reader.h"
#include "codec/avro/container_writer.h"
#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using testing::code_of;
using testing::schema_of;

constexpr BlockCodec kCodecs[] = {BlockCodec::Null, BlockCodec::Deflate, BlockCodec::Snappy,
                                  BlockCodec::Zstandard};

class Memory final : public RandomAccess {
  public:
    explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<size_t> read_at(uint64_t offset, std::span<char> into) override {
        if (offset >= bytes_.size()) return 0;
        const size_t size = std::min(into.size(), bytes_.size() - offset);
        std::copy_n(bytes_.data() + offset, size, into.data());
        largest_read = std::max(largest_read, size);
        return size;
    }
    size_t largest_read = 0;

  private:
    std::string bytes_;
};

/// "r0", "r1", … as strings.
std::string datum(int number) {
    Buffer out;
    append_prefixed(out, "r" + std::to_string(number));
    return std::string(out.view());
}

std::string file_of(int records, BlockCodec codec, uint64_t block_records = 10) {
    Random random(1);
    Buffer out;
    ContainerWriter writer(
        *schema_of("string"),
        {.codec = codec, .block_records_max = block_records, .metadata = {{"made.by", "a test"}}},
        random, out);
    for (int i = 0; i < records; ++i) EXPECT_TRUE(writer.append(datum(i), out));
    EXPECT_TRUE(writer.flush(out));
    return std::string(out.view());
}

Result<std::unique_ptr<ContainerReader>> open(std::string bytes, ContainerOptions options = {}) {
    return ContainerReader::open(std::make_unique<Memory>(std::move(bytes)), options);
}

/// Reads to the end; the code of the error, or how many records.
std::string outcome(std::string bytes, ContainerOptions options = {}) {
    auto reader = open(std::move(bytes), options);
    if (!reader) return std::string(reader.error().code);
    Batch batch;
    while (true) {
        const auto got = (*reader)->read(batch, 1'000);
        if (!got) return std::string(got.error().code);
        if (*got == 0) return std::to_string(batch.records.size());
    }
}

TEST(AvroContainer, GivesBackItsRecordsUnderEveryCodec) {
    for (const BlockCodec codec : kCodecs) {
        auto reader = open(file_of(95, codec));
        ASSERT_TRUE(reader) << reader.error().to_text();
        EXPECT_EQ((*reader)->header().codec, codec);
        EXPECT_EQ((*reader)->header().metadata.at("made.by"), "a test");
        EXPECT_EQ((*reader)->schema()->canonical(), "\"string\"");
        Batch batch;
        size_t got = 0;
        while ((got = *(*reader)->read(batch, 7)) > 0) EXPECT_LE(got, 7U);
        ASSERT_EQ(batch.records.size(), 95U);
        EXPECT_EQ(batch.chunks.size(), 10U);
        for (int i = 0; i < 95; ++i) {
            EXPECT_EQ(batch.records[static_cast<size_t>(i)].raw, datum(i));
            EXPECT_EQ(batch.records[static_cast<size_t>(i)].position.minor, i % 10);
        }
        EXPECT_EQ(batch.begin, batch.records[0].position);
        EXPECT_EQ(batch.end, (*reader)->position());
    }
}

TEST(AvroContainer, ResumesAtAnyRecord) {
    const std::string file = file_of(35, BlockCodec::Deflate);
    Batch all;
    auto first = *open(file);
    while (*first->read(all, 1'000) > 0) {
    }
    for (size_t i = 0; i <= 35; ++i) {
        auto reader = *open(file);
        const Position position = i < 35 ? all.records[i].position : all.end;
        ASSERT_TRUE(reader->resume(position)) << i;
        EXPECT_EQ(reader->position(), position);
        Batch rest;
        while (*reader->read(rest, 4) > 0) {
        }
        ASSERT_EQ(rest.records.size(), 35 - i);
        for (size_t k = 0; k < rest.records.size(); ++k)
            EXPECT_EQ(rest.records[k].raw, all.records[i + k].raw);
    }
}

TEST(AvroContainer, RefusesPositionsThatAreNone) {
    const std::string file = file_of(35, BlockCodec::Null);
    auto reader = *open(file);
    Batch batch;
    ASSERT_TRUE(reader->read(batch, 10));
    const Position second = reader->position();
    EXPECT_EQ(code_of(reader->resume({second.major, 11})), "avro.container.position");
    EXPECT_EQ(code_of(reader->resume({second.major + 1, 2})), "avro.container.sync");
    EXPECT_EQ(code_of(reader->resume({1'000'000, 2})), "avro.container.position");
    EXPECT_TRUE(reader->resume(second));
}

TEST(AvroContainer, FindsDamage) {
    const std::string file = file_of(10, BlockCodec::Null, 5);
    EXPECT_EQ(outcome(file), "10");
    EXPECT_EQ(outcome(""), "avro.container.magic");
    EXPECT_EQ(outcome("Obj\x02xyz"), "avro.container.magic");
    EXPECT_EQ(outcome(file.substr(0, 20)), "avro.container.header");
    EXPECT_EQ(outcome(file.substr(0, file.size() - 1)), "avro.container.truncated");
    std::string other_sync = file;
    other_sync.back() ^= 1;
    EXPECT_EQ(outcome(other_sync), "avro.container.sync");
    const size_t begin = (*open(file))->header().bytes;
    EXPECT_EQ(outcome(file.substr(0, begin + 1)), "avro.container.truncated");
    std::string negative = file;
    negative[begin] = '\x01';
    EXPECT_EQ(outcome(negative), "avro.container.block");
    std::string more_records = file;
    more_records[begin] = '\x0c';
    EXPECT_EQ(outcome(more_records), "avro.truncated");
    std::string fewer_records = file;
    fewer_records[begin] = '\x08';
    EXPECT_EQ(outcome(fewer_records), "avro.container.block");
    for (const BlockCodec codec : kCodecs) {
        if (codec == BlockCodec::Null) continue;
        std::string broken = file_of(10, codec);
        const size_t body = (*open(broken))->header().bytes + 4;
        broken[body] ^= 0x55;
        broken[body + 3] ^= 0x55;
        EXPECT_EQ(outcome(broken), "avro.container.block") << to_string(codec);
    }
}

TEST(AvroContainer, RefusesUnknownCodecsAndBadSchemas) {
    const auto header = [](std::string_view schema, std::string_view codec) {
        Buffer out;
        out.append("Obj\x01");
        append_long(out, 2);
        append_prefixed(out, "avro.schema");
        append_prefixed(out, schema);
        append_prefixed(out, "avro.codec");
        append_prefixed(out, codec);
        append_long(out, 0);
        out.append(std::string(16, 's'));
        return std::string(out.view());
    };
    EXPECT_EQ(outcome(header("\"int\"", "")), "0");
    EXPECT_EQ(outcome(header("\"int\"", "lzma")), "avro.container.codec");
    EXPECT_EQ(outcome(header("{", "null")), "avro.schema_syntax");
}

TEST(AvroContainer, BoundsWhatABlockMayHold) {
    for (const BlockCodec codec : kCodecs)
        EXPECT_EQ(outcome(file_of(2'000, codec, 5'000), {.block_bytes_max = 2'000}),
                  "avro.container.block_size")
            << to_string(codec);
}

TEST(AvroContainer, TakesBlocksWithoutRecordsAndLargeHeaders) {
    Random random(1);
    Buffer out;
    ContainerWriter writer(*schema_of("string"),
                           {.metadata = {{"large", std::string(300'000, 'x')}}}, random, out);
    const std::string sync(out.view(out.size() - 16, out.size()));
    append_long(out, 0);
    append_long(out, 0);
    out.append(sync);
    ASSERT_TRUE(writer.append(datum(1), out));
    ASSERT_TRUE(writer.flush(out));
    ASSERT_TRUE(writer.flush(out));
    EXPECT_EQ(outcome(std::string(out.view())), "1");
    EXPECT_EQ(outcome(std::string(out.view()), {.header_bytes_max = 100'000}),
              "avro.container.header");
}

TEST(AvroContainer, ClosesBlocksByBytesAndByRecords) {
    Random random(1);
    Buffer out;
    ContainerWriter writer(*schema_of("string"), {.block_bytes = 30, .block_records_max = 5},
                           random, out);
    const size_t header = out.size();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer.append(datum(i), out));
    EXPECT_EQ(out.size(), header);
    EXPECT_EQ(writer.pending_records(), 4U);
    ASSERT_TRUE(writer.append(datum(4), out));
    EXPECT_EQ(writer.pending_records(), 0U);
    const size_t one_block = out.size();
    ASSERT_TRUE(writer.append(std::string(1, '\x46') + std::string(35, 'x'), out));
    EXPECT_GT(out.size(), one_block);
}

TEST(AvroContainer, ReadsFilesOfThisMachine) {
    const std::string path = ::testing::TempDir() + "messina_container_test.avro";
    std::ofstream(path, std::ios::binary) << file_of(12, BlockCodec::Snappy);
    auto file = open_file(path);
    ASSERT_TRUE(file) << file.error().to_text();
    auto reader = ContainerReader::open(std::move(*file));
    ASSERT_TRUE(reader) << reader.error().to_text();
    Batch batch;
    EXPECT_EQ(*(*reader)->read(batch, 100), 10U);
    EXPECT_EQ(*(*reader)->read(batch, 100), 2U);
    EXPECT_EQ(*(*reader)->read(batch, 100), 0U);
    std::filesystem::remove(path);
    EXPECT_EQ(code_of(open_file(path)), "avro.container.file");
    auto directory = open_file(::testing::TempDir());
    ASSERT_TRUE(directory);
    EXPECT_EQ(code_of(ContainerReader::open(std::move(*directory))), "avro.container.file");
}

}  // namespace
}  // namespace messina::codec::avro
