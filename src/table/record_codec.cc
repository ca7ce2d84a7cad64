// The stored form of a Record. Numbers are little-endian; lengths and column numbers take 7 bits a
// byte. A row written at once costs 9 bytes, and 2 bytes a short cell, besides the values.
#include <cstring>

#include "table/record.h"

namespace messina::table {
namespace {

// First byte: what follows it.
constexpr uint8_t kHasDeletion = 1;  // timestamp, time
constexpr uint8_t kHasBase = 2;      // timestamp that most cells share
constexpr uint8_t kBaseExpires = 4;  // expiry and TTL of it
constexpr uint8_t kBaseIsMarker = 8;
constexpr uint8_t kHasRanges = 16;
constexpr uint8_t kIsHead = 32;

// Low bits of a cell's column number.
enum class CellForm : uint8_t { Base = 0, Lasting = 1, Expiring = 2, Dead = 3 };
constexpr int kFormBits = 2;

// A range's first byte.
constexpr uint8_t kEndless = 1;

template <class T>
void append_raw(std::string& out, T number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_number(std::string& out, uint64_t number) {
    while (number >= 0x80) {
        out.push_back(static_cast<char>(number | 0x80));
        number >>= 7;
    }
    out.push_back(static_cast<char>(number));
}

void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size());
    out.append(text);
}

void append_deletion(std::string& out, const Deletion& deletion) {
    append_raw(out, deletion.timestamp);
    append_raw(out, deletion.at);
}

void append_cell(std::string& out, const Cell& cell, const Liveness& base) {
    const CellForm form = cell.is_dead                ? CellForm::Dead
                          : cell.liveness == base     ? CellForm::Base
                          : cell.liveness.expiry == 0 ? CellForm::Lasting
                                                      : CellForm::Expiring;
    append_number(out,
                  static_cast<uint64_t>(cell.column) << kFormBits | static_cast<uint64_t>(form));
    if (form != CellForm::Base) append_raw(out, cell.liveness.timestamp);
    if (form == CellForm::Dead) return append_raw(out, cell.liveness.expiry);
    if (form == CellForm::Expiring) {
        append_raw(out, cell.liveness.expiry);
        append_raw(out, cell.liveness.ttl);
    }
    append_text(out, cell.value);
}

Liveness base_of(const Record& record) {
    if (record.marker.exists()) return record.marker;
    for (const Cell& cell : record.cells)
        if (!cell.is_dead) return cell.liveness;
    return {};
}

}  // namespace

void encode(const Record& record, std::string& out) {
    if (record.is_empty()) return;
    const Liveness base = base_of(record);
    const bool base_expires = base.expiry != 0 || base.ttl != 0;
    out.push_back(static_cast<char>(
        (record.deletion.exists() ? kHasDeletion : 0) | (base.exists() ? kHasBase : 0) |
        (base_expires ? kBaseExpires : 0) | (record.marker.exists() ? kBaseIsMarker : 0) |
        (record.ranges.empty() ? 0 : kHasRanges) | (record.is_head ? kIsHead : 0)));
    if (record.deletion.exists()) append_deletion(out, record.deletion);
    if (base.exists()) append_raw(out, base.timestamp);
    if (base_expires) {
        append_raw(out, base.expiry);
        append_raw(out, base.ttl);
    }
    if (!record.ranges.empty()) {
        append_number(out, record.ranges.size());
        for (const DeletedRange& range : record.ranges) {
            out.push_back(static_cast<char>(range.is_endless ? kEndless : 0));
            append_text(out, range.begin);
            append_text(out, range.end);
            append_deletion(out, range.deletion);
        }
    }
    for (const Cell& cell : record.cells) append_cell(out, cell, base);
}

RecordReader::RecordReader(std::string_view bytes)
    : at_(bytes.data()), end_(bytes.data() + bytes.size()) {
    if (bytes.empty()) return;
    const auto flags = take<uint8_t>();
    if ((flags & kHasDeletion) != 0) {
        deletion_.timestamp = take<int64_t>();
        deletion_.at = take<uint32_t>();
    }
    if ((flags & kHasBase) != 0) base_.timestamp = take<int64_t>();
    if ((flags & kBaseExpires) != 0) {
        base_.expiry = take<uint32_t>();
        base_.ttl = take<uint32_t>();
    }
    if ((flags & kBaseIsMarker) != 0) marker_ = base_;
    has_ranges_ = (flags & kHasRanges) != 0;
    is_head_ = (flags & kIsHead) != 0;
}

template <class T>
T RecordReader::take() {
    T number{};
    if (static_cast<size_t>(end_ - at_) < sizeof number) [[unlikely]] {
        is_malformed_ = true;
        at_ = end_;
        return number;
    }
    std::memcpy(&number, at_, sizeof number);
    at_ += sizeof number;
    return number;
}

uint64_t RecordReader::take_number() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto byte = take<uint8_t>();
        number |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) return number;
    }
    is_malformed_ = true;
    return 0;
}

std::string_view RecordReader::take_text() {
    const uint64_t size = take_number();
    if (size > static_cast<size_t>(end_ - at_)) [[unlikely]] {
        is_malformed_ = true;
        at_ = end_;
        return {};
    }
    const std::string_view text(at_, size);
    at_ += size;
    return text;
}

bool RecordReader::next(Cell& cell) {
    if (at_ == end_) return false;
    const uint64_t head = take_number();
    const auto form = static_cast<CellForm>(head & ((1U << kFormBits) - 1));
    cell.column = static_cast<uint32_t>(head >> kFormBits);
    cell.is_dead = form == CellForm::Dead;
    cell.liveness = base_;
    if (form != CellForm::Base) [[unlikely]] {
        cell.liveness = {take<int64_t>(), 0, 0};
        if (form == CellForm::Dead || form == CellForm::Expiring)
            cell.liveness.expiry = take<uint32_t>();
        if (form == CellForm::Expiring) cell.liveness.ttl = take<uint32_t>();
    }
    cell.value = cell.is_dead ? std::string_view{} : take_text();
    return !is_malformed_;
}

void RecordReader::read_ranges(std::vector<DeletedRange>& ranges) {
    if (!has_ranges_) return;
    for (uint64_t count = take_number(); count > 0 && !is_malformed_; --count) {
        DeletedRange range;
        range.is_endless = take<uint8_t>() == kEndless;
        range.begin = take_text();
        range.end = take_text();
        range.deletion.timestamp = take<int64_t>();
        range.deletion.at = take<uint32_t>();
        ranges.push_back(std::move(range));
    }
}

bool decode(std::string_view bytes, Record& record) {
    record.clear();
    RecordReader reader(bytes);
    record.is_head = reader.is_head();
    record.deletion = reader.deletion();
    record.marker = reader.marker();
    reader.read_ranges(record.ranges);
    Cell cell;
    while (reader.next(cell)) record.cells.push_back(cell);
    return !reader.is_malformed();
}

}  // namespace messina::table
