// Cuts a stream of bytes into records: lines, CSV records, or whatever else a RecordSplitter knows
// the end of. Constant memory: the stream is read in chunks that the batches share; only a record
// over a chunk's end is copied to the next one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/batch.h"
#include "endpoint/byte_stream.h"
#include "engine/source.h"

namespace messina::endpoint {

/// Finds where a record ends. `bytes` follow those of the call before: the offset in them after the
/// record's terminator, and the next bytes begin a record; or npos, and the record goes on.
using RecordSplitter = std::function<size_t(std::string_view bytes)>;

/// Records end at a line feed; a carriage return before it is taken off.
size_t find_line_end(std::string_view bytes);

struct RecordReaderOptions {
    RecordSplitter splitter = find_line_end;
    size_t record_bytes_max = 16u << 20;
    size_t chunk_bytes = 1u << 19;
    bool skips_blank = true;  // records of nothing but white space are no records
    bool is_followed =
        false;  // the end of the file is not the end: an unfinished last record waits
    int64_t timestamp_base_us = 0;  // a record's timestamp is this plus its offset
};

class RecordReader {
  public:
    /// `begin`: the position of the stream's first byte.
    RecordReader(std::unique_ptr<ByteStream> stream, uint64_t begin, RecordReaderOptions options);

    /// See LaneReader::take.
    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits);
    /// The first record's text (a CSV header), without giving it to a batch; empty at the end.
    Result<std::string> take_header();
    [[nodiscard]] uint64_t position() const { return position_; }
    /// Whether more may come behind what was read.
    [[nodiscard]] bool is_open_ended() const {
        return options_.is_followed || stream_->is_open_ended();
    }

  private:
    class BytesChunk;

    size_t find_end();
    Result<bool> refill();
    Result<bool> find_record(std::string_view& record);
    Result<bool> pass_oversized(Batch& batch);
    void give(Batch& batch, std::string_view record);
    [[nodiscard]] std::string_view rest() const;

    /// A record above the bound, until its end is found.
    struct Oversized {
        uint64_t begin;
        std::string beginning;
        /// Adds to the beginning what comes next, as far as it is kept: however the reads were cut.
        void keep(std::string_view bytes);
    };

    std::unique_ptr<ByteStream> stream_;
    RecordReaderOptions options_;
    std::shared_ptr<BytesChunk> chunk_;
    size_t cursor_ = 0;      // of the next record in the chunk
    size_t scanned_ = 0;     // bytes from the cursor on that the splitter has seen
    uint64_t position_ = 0;  // of the cursor in the stream
    bool is_at_end_ = false;
    std::optional<Oversized> oversized_;
};

}  // namespace messina::endpoint
