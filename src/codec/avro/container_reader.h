// Reads Avro object container files block by block, in constant memory, and hands out the records'
// datums as raw bytes. Positions are (byte offset of the block, number of the record in it).
//
// Belongs to one thread. What was handed out stays valid as long as its block, which is a Chunk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "codec/avro/container_codec.h"
#include "codec/avro/datum_reader.h"
#include "codec/avro/schema.h"
#include "data/batch.h"
#include "data/position.h"

namespace messina::codec::avro {

/// Bytes that can be read from any place: a file, an object in a store.
class RandomAccess {
  public:
    virtual ~RandomAccess() = default;
    /// Fills `into` from `offset` on and gives how much there was: less only at the end.
    virtual Result<size_t> read_at(uint64_t offset, std::span<char> into) = 0;
};

/// A file of this machine. Errors are Transient (avro.container.file), or Misconfigured when it
/// cannot be opened.
Result<std::unique_ptr<RandomAccess>> open_file(const std::string& path);

struct ContainerOptions {
    /// Of a block, stored and unpacked alike.
    size_t block_bytes_max = 64 * 1024 * 1024;
    size_t header_bytes_max = 16 * 1024 * 1024;
    ReadLimits limits = {};
};

/// What a container file begins with.
struct ContainerHeader {
    SchemaRef schema;
    BlockCodec codec = BlockCodec::Null;
    std::string sync;                             // 16 bytes
    std::map<std::string, std::string> metadata;  // of the writer's own; without avro.*
    uint64_t bytes = 0;                           // the first block begins here
};

/// One unpacked block.
struct ContainerBlock final : Chunk {
    Position begin;  // of its first record
    uint64_t end_offset = 0;
    uint64_t record_count = 0;
    std::string bytes;
};
using ContainerBlockRef = std::shared_ptr<const ContainerBlock>;

class ContainerReader {
  public:
    static Result<std::unique_ptr<ContainerReader>> open(std::unique_ptr<RandomAccess> file,
                                                         ContainerOptions options = {});

    [[nodiscard]] const ContainerHeader& header() const { return header_; }
    /// The writer's schema.
    [[nodiscard]] const SchemaRef& schema() const { return header_.schema; }

    /// Goes on with the record at `position`, which an earlier read gave. A block that is not at
    /// that place is found out by its sync marker (avro.container.sync).
    Result<void> resume(Position position);

    /// Adds up to `records_max` records to the batch, with their block as chunk and their
    /// positions; sets the batch's end, and its begin when it was empty. Gives how many: 0 at the
    /// end of the file. Never crosses a block, so one call unpacks at most one.
    Result<size_t> read(Batch& batch, size_t records_max);

    /// Where the next record stands.
    [[nodiscard]] Position position() const;

  private:
    ContainerReader(std::unique_ptr<RandomAccess> file, ContainerOptions options)
        : file_(std::move(file)), options_(options), datums_(options.limits) {}

    Result<void> read_header();
    Result<void> parse_header(std::string_view bytes);
    /// The next block with records in it; none at the end of the file.
    Result<bool> next_block();
    Result<ContainerBlockRef> read_block(uint64_t offset);
    /// Cuts the next record off the current block.
    Result<std::string_view> next_datum();
    [[nodiscard]] std::unexpected<Error> broken_at(std::string_view code, uint64_t offset,
                                                   std::string what) const;

    std::unique_ptr<RandomAccess> file_;
    ContainerOptions options_;
    ContainerHeader header_;
    ShapesRef shapes_;
    DatumReader datums_;
    Arena scratch_;
    ContainerBlockRef block_;
    uint64_t next_offset_ = 0;  // of the block after `block_`
    uint64_t record_ = 0;       // next in `block_`
    size_t byte_ = 0;           // of that record
};

}  // namespace messina::codec::avro
