#include "endpoint/record_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace messina::endpoint {

class RecordReader::BytesChunk final : public Chunk {
  public:
    explicit BytesChunk(size_t capacity) : bytes_(new char[capacity]), capacity_(capacity) {}
    [[nodiscard]] char* data() { return bytes_.get(); }
    [[nodiscard]] size_t capacity() const { return capacity_; }
    size_t size = 0;

  private:
    std::unique_ptr<char[]> bytes_;
    size_t capacity_;
};

size_t find_line_end(std::string_view bytes, size_t& resume) {
    const size_t at = bytes.find('\n', resume);
    resume = bytes.size();
    return at == std::string_view::npos ? at : at + 1;
}

RecordReader::RecordReader(std::unique_ptr<ByteStream> stream, uint64_t begin, RecordReaderOptions options)
    : stream_(std::move(stream)), options_(std::move(options)), position_(begin) {}

bool RecordReader::has_buffered() const { return chunk_ != nullptr && cursor_ < chunk_->size; }

/// Makes room (a new chunk with the unfinished record in front) and reads once. False when nothing came.
Result<bool> RecordReader::refill() {
    const size_t rest = chunk_ == nullptr ? 0 : chunk_->size - cursor_;
    const bool has_room = chunk_ != nullptr && chunk_->size < chunk_->capacity();
    if (!has_room) {
        auto next = std::make_shared<BytesChunk>(std::max(options_.chunk_bytes, rest * 2));
        if (rest > 0) std::memcpy(next->data(), chunk_->data() + cursor_, rest);
        next->size = rest;
        chunk_ = std::move(next);
        cursor_ = 0;
    }
    // What other batches may be reading of this chunk is never written again: only bytes behind `size` are.
    MESSINA_TRY(const size_t got, stream_->read(chunk_->data() + chunk_->size, chunk_->capacity() - chunk_->size));
    chunk_->size += got;
    is_at_end_ = got == 0;
    return got > 0;
}

/// The next whole record in the chunk, terminator included, reading more as needed. False: there is none now.
Result<bool> RecordReader::find_record(std::string_view& record) {
    while (true) {
        const std::string_view rest =
            chunk_ == nullptr ? std::string_view{} : std::string_view(chunk_->data() + cursor_, chunk_->size - cursor_);
        const size_t end = rest.empty() ? std::string_view::npos : options_.splitter(rest, scanned_);
        if (end != std::string_view::npos) {
            record = rest.substr(0, end);
            return true;
        }
        if (rest.size() > options_.record_bytes_max) {
            record = rest;
            return true;
        }
        MESSINA_TRY(const bool has_more, refill());
        if (has_more) continue;
        if (rest.empty() || options_.is_followed) return false;
        record = rest;
        return true;
    }
}

namespace {

bool is_blank(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

std::string_view without_terminator(std::string_view record) {
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.ends_with('\r')) record.remove_suffix(1);
    return record;
}

}  // namespace

void RecordReader::give(Batch& batch, std::string_view record) {
    Record& given = batch.records.emplace_back();
    given.raw = without_terminator(record);
    given.position = {static_cast<int64_t>(position_), 0};
    given.timestamp_us = options_.timestamp_base_us + static_cast<int64_t>(position_);
}

/// A record above the bound: its beginning goes to the dead letters with its place, the rest is read over.
Result<void> RecordReader::skip_oversized(Batch& batch) {
    constexpr size_t kept_bytes = 4096;
    const std::string_view begin(chunk_->data() + cursor_, std::min(kept_bytes, chunk_->size - cursor_));
    give(batch, begin);
    batch.records.back().raw = batch.arena.copy(begin);
    const uint64_t start = position_;
    while (true) {
        const std::string_view rest(chunk_->data() + cursor_, chunk_->size - cursor_);
        const size_t end = options_.splitter(rest, scanned_);
        const size_t used = end == std::string_view::npos ? rest.size() : end;
        cursor_ += used;
        position_ += used;
        scanned_ = 0;
        if (end != std::string_view::npos) break;
        MESSINA_TRY(const bool has_more, refill());
        if (!has_more) break;
    }
    batch.failures.push_back(
        {static_cast<RowIndex>(batch.records.size() - 1), "source",
         Error{ErrorClass::Poison, "file.record_too_large",
               fmt::format("a record of {} bytes at byte {} is larger than record_max, {} bytes; the dead letter holds its beginning",
                           position_ - start, start, options_.record_bytes_max),
               "raise `record_max` of the source if such records are right"}});
    return {};
}

Result<engine::TakeState> RecordReader::take(Batch& batch, const engine::TakeLimits& limits) {
    batch.begin = {static_cast<int64_t>(position_), 0};
    size_t bytes = 0;
    const BytesChunk* chunk_before = nullptr;
    while (batch.records.size() < limits.records_max && bytes < limits.bytes_max) {
        std::string_view record;
        if (batch.records.empty()) {
            MESSINA_TRY(const bool is_found, find_record(record));
            if (!is_found) break;
        } else {
            // A batch does not wait for the next chunk: what is whole in this one goes on first.
            const std::string_view rest(chunk_->data() + cursor_, chunk_->size - cursor_);
            const size_t end = rest.empty() ? std::string_view::npos : options_.splitter(rest, scanned_);
            if (end == std::string_view::npos) break;
            record = rest.substr(0, end);
        }
        if (chunk_.get() != chunk_before) {
            batch.chunks.push_back(chunk_);
            chunk_before = chunk_.get();
        }
        if (record.size() > options_.record_bytes_max) {
            MESSINA_TRY_VOID(skip_oversized(batch));
            break;
        }
        if (!options_.skips_blank || !is_blank(record)) give(batch, record);
        cursor_ += record.size();
        position_ += record.size();
        bytes += record.size();
        scanned_ = 0;
    }
    batch.end = {static_cast<int64_t>(position_), 0};
    if (!batch.records.empty()) return engine::TakeState::Taken;
    batch.chunks.clear();
    return is_at_end_ && !options_.is_followed ? engine::TakeState::End : engine::TakeState::Idle;
}

Result<std::string> RecordReader::take_header() {
    std::string_view record;
    MESSINA_TRY(const bool is_found, find_record(record));
    if (!is_found) return std::string();
    std::string header(without_terminator(record));
    cursor_ += record.size();
    position_ += record.size();
    scanned_ = 0;
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (header.starts_with(byte_order_mark)) header.erase(0, byte_order_mark.size());
    return header;
}

}  // namespace messina::endpoint
