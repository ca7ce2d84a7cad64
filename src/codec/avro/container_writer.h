// Writes Avro object container files: datums in, blocks out.
//
// Belongs to one thread. The caller owns the file; this only says which bytes come next.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/error.h"
#include "base/random.h"
#include "codec/avro/container_codec.h"
#include "codec/avro/schema.h"

namespace messina::codec::avro {

struct ContainerWriterOptions {
    BlockCodec codec = BlockCodec::Null;
    /// A block is closed once it holds this much before compression, or as many records.
    size_t block_bytes = 64 * 1024;
    uint64_t block_records_max = 100'000;
    std::map<std::string, std::string> metadata = {};
};

class ContainerWriter {
  public:
    /// Appends the file's header to `out`. The sync marker is drawn from `random`.
    ContainerWriter(const Schema& schema, ContainerWriterOptions options, Random& random,
                    Buffer& out);

    /// Goes on with a file that has this header, behind its last whole block.
    ContainerWriter(const std::string& sync, ContainerWriterOptions options);

    /// Takes one encoded datum; appends a block to `out` when that fills one.
    Result<void> append(std::string_view datum, Buffer& out);
    /// Closes the block that is open, if any: before a checkpoint and at the end of the file.
    Result<void> flush(Buffer& out);
    [[nodiscard]] uint64_t pending_records() const { return records_; }

  private:
    ContainerWriterOptions options_;
    std::array<char, 16> sync_{};
    std::string block_;
    std::string stored_;
    uint64_t records_ = 0;
};

}  // namespace messina::codec::avro
