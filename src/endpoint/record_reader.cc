#include "endpoint/record_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/core.h>

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

size_t find_line_end(std::string_view bytes) {
    const size_t at = bytes.find('\n');
    return at == std::string_view::npos ? at : at + 1;
}

RecordReader::RecordReader(std::unique_ptr<ByteStream> stream, uint64_t begin,
                           RecordReaderOptions options)
    : stream_(std::move(stream)), options_(std::move(options)), position_(begin) {}

std::string_view RecordReader::rest() const {
    if (chunk_ == nullptr) return {};
    return {chunk_->data() + cursor_, chunk_->size - cursor_};
}

/// Where the record at the cursor ends; npos when that is not in the chunk. Each byte is shown to
/// the splitter once.
size_t RecordReader::find_end() {
    const size_t seen = std::exchange(scanned_, 0);
    const size_t end = options_.splitter(rest().substr(seen));
    if (end != std::string_view::npos) return seen + end;
    scanned_ = rest().size();
    return end;
}

/// Makes room (a new chunk with the unfinished record in front) and reads once. False when nothing
/// came.
Result<bool> RecordReader::refill() {
    const bool has_room = chunk_ != nullptr && chunk_->size < chunk_->capacity();
    if (!has_room) {
        const std::string_view unfinished = rest();
        auto next =
            std::make_shared<BytesChunk>(std::max(options_.chunk_bytes, unfinished.size() * 2));
        if (!unfinished.empty()) std::memcpy(next->data(), unfinished.data(), unfinished.size());
        next->size = unfinished.size();
        chunk_ = std::move(next);
        cursor_ = 0;
    }
    // What other batches may be reading of this chunk is never written again: only bytes behind
    // `size` are.
    MESSINA_TRY(const size_t got,
                stream_->read(chunk_->data() + chunk_->size, chunk_->capacity() - chunk_->size));
    chunk_->size += got;
    is_at_end_ = got == 0;
    return got > 0;
}

/// The next whole record in the chunk, terminator included, reading more as needed; of one above
/// the bound, as much as is there. False: there is none now.
Result<bool> RecordReader::find_record(std::string_view& record) {
    while (true) {
        record = rest();
        const size_t end = find_end();
        if (end != std::string_view::npos) {
            record = record.substr(0, end);
            return true;
        }
        if (record.size() > options_.record_bytes_max) return true;
        MESSINA_TRY(const bool has_more, refill());
        if (has_more) continue;
        record = rest();  // it may have moved to a new chunk
        return !record.empty() && !is_open_ended();
    }
}

void RecordReader::Oversized::keep(std::string_view bytes) {
    constexpr size_t kept_bytes_max = 4096;
    beginning.append(bytes.substr(0, kept_bytes_max - beginning.size()));
}

namespace {

bool is_blank(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
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

/// Reads over a record above the bound and gives its beginning as a failure. False: its end has not
/// come yet. May be called again after an error; what was passed by then stays passed.
Result<bool> RecordReader::pass_oversized(Batch& batch) {
    while (true) {
        const std::string_view bytes = rest();
        const size_t end = find_end();
        const size_t used = end == std::string_view::npos ? bytes.size() : end;
        oversized_->keep(bytes.substr(0, used));
        cursor_ += used;
        position_ += used;
        scanned_ = 0;
        if (end != std::string_view::npos) break;
        MESSINA_TRY(const bool has_more, refill());
        if (!has_more && is_open_ended()) return false;
        if (!has_more) break;
    }
    const Oversized record = std::move(*std::exchange(oversized_, std::nullopt));
    Record& given = batch.records.emplace_back();
    given.raw = batch.arena.copy(without_terminator(record.beginning));
    given.position = {static_cast<int64_t>(record.begin), 0};
    given.timestamp_us = options_.timestamp_base_us + static_cast<int64_t>(record.begin);
    batch.fail_record(
        static_cast<RowIndex>(batch.records.size() - 1), "source",
        Error{ErrorClass::Poison, "file.record_too_large",
              fmt::format("a record of {} bytes at byte {} is larger than record_max, {} bytes; "
                          "the dead letter holds its beginning",
                          position_ - record.begin, record.begin, options_.record_bytes_max),
              "raise `record_max` of the source if such records are right"});
    return true;
}

Result<engine::TakeState> RecordReader::take(Batch& batch, const engine::TakeLimits& limits) {
    batch.begin = {static_cast<int64_t>(oversized_ ? oversized_->begin : position_), 0};
    size_t bytes = 0;
    const BytesChunk* chunk_before = nullptr;
    while (batch.records.size() < limits.records_max && bytes < limits.bytes_max) {
        if (oversized_) {
            MESSINA_TRY(const bool is_passed, pass_oversized(batch));
            if (is_passed) bytes += batch.records.back().raw.size();
            if (is_passed) continue;
            break;
        }
        std::string_view record;
        if (batch.records.empty()) {
            MESSINA_TRY(const bool is_found, find_record(record));
            if (!is_found) break;
        } else {
            // A batch does not wait for the next chunk: what is whole in this one goes on first.
            const std::string_view waiting = rest();
            const size_t end = find_end();
            if (end == std::string_view::npos) break;
            record = waiting.substr(0, end);
        }
        if (record.size() > options_.record_bytes_max) {
            // Reading over it may fail: what the batch holds already goes out first.
            if (!batch.records.empty()) break;
            oversized_ = Oversized{position_, {}};
            continue;
        }
        if (chunk_.get() != chunk_before) {
            batch.chunks.push_back(chunk_);
            chunk_before = chunk_.get();
        }
        if (!options_.skips_blank || !is_blank(record)) {
            give(batch, record);
            bytes += record.size();
        }
        cursor_ += record.size();
        position_ += record.size();
        scanned_ = 0;
    }
    batch.end = {static_cast<int64_t>(position_), 0};
    if (!batch.records.empty()) return engine::TakeState::Taken;
    batch.chunks.clear();
    return is_at_end_ && !is_open_ended() ? engine::TakeState::End : engine::TakeState::Idle;
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
