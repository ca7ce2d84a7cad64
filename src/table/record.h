// What the embedded store keeps under one key: cells with their timestamps, the row's marker and
// deletion, and (of a partition's head) deleted ranges. A write is such a record too; merging
// records in any order and grouping gives the same result.
//
// Of two cells of a column the later write wins. Equal timestamps are decided as ScyllaDB does: a
// deletion beats a value, an expiring value beats a lasting one, the later expiry and then the
// smaller TTL wins, and last the greater bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace messina::table {

/// Older than any write.
inline constexpr int64_t kNoTimestamp = INT64_MIN;

struct Liveness {
    int64_t timestamp = kNoTimestamp;
    uint32_t expiry = 0;  // seconds since the epoch; 0: never
    uint32_t ttl = 0;

    [[nodiscard]] bool exists() const { return timestamp != kNoTimestamp; }
    [[nodiscard]] bool is_expired(uint32_t now) const { return expiry != 0 && expiry <= now; }
    bool operator==(const Liveness&) const = default;
};

struct Deletion {
    int64_t timestamp = kNoTimestamp;
    uint32_t at = 0;  // seconds since the epoch, when it was written

    [[nodiscard]] bool exists() const { return timestamp != kNoTimestamp; }
    [[nodiscard]] bool covers(int64_t written) const { return written <= timestamp; }
    bool operator==(const Deletion&) const = default;
};
/// The one that deletes more.
inline const Deletion& later(const Deletion& a, const Deletion& b) {
    return a.timestamp != b.timestamp ? (a.timestamp > b.timestamp ? a : b) : (a.at > b.at ? a : b);
}

struct Cell {
    uint32_t column = 0;  // its stable number
    bool is_dead = false;
    Liveness liveness;       // of a dead cell `expiry` is when it was deleted
    std::string_view value;  // of a live cell

    [[nodiscard]] bool is_live(uint32_t now) const { return !is_dead && !liveness.is_expired(now); }
};

bool beats(const Liveness& a, const Liveness& b);
bool beats(const Cell& a, const Cell& b);

/// A deleted piece of a partition, in sortable clustering bytes: from `begin` up to before `end`.
struct DeletedRange {
    std::string begin;
    std::string end;
    bool is_endless = false;  // then `end` is empty
    Deletion deletion;
    bool operator==(const DeletedRange&) const = default;
};

/// Views into what it was decoded from.
struct Record {
    bool is_head = false;  // of a partition, not of a row
    Deletion deletion;
    Liveness marker;                   // the row exists even without cells
    std::vector<Cell> cells;           // by column, each once
    std::vector<DeletedRange> ranges;  // by begin, none overlapping another

    void clear();
    [[nodiscard]] bool is_empty() const {
        return !deletion.exists() && !marker.exists() && cells.empty() && ranges.empty();
    }
};

/// Appends the stored form.
void encode(const Record& record, std::string& out);
/// False when the bytes are malformed. No bytes are an empty record.
bool decode(std::string_view bytes, Record& record);

/// Merges `other` into `record`; views of both stay in use. `scratch` saves allocations.
void merge(Record& record, const Record& other, std::vector<Cell>& scratch);
/// Takes away what `deletion` covers.
void apply(const Deletion& deletion, Record& record);
/// Takes away what nobody needs at `now`: values of expired cells at once, expired cells and
/// deletions of rows and cells once they are `grace` seconds old. Deletions of partitions and
/// ranges are left to garbage collection: other keys need them.
void purge(Record& record, uint32_t now, uint32_t grace);

/// What deletes the sortable clustering key `at`, if anything.
Deletion deletion_at(const std::vector<DeletedRange>& ranges, std::string_view at);
/// Adds a deleted range, the later deletion winning where they overlap.
void add_range(std::vector<DeletedRange>& ranges, const DeletedRange& added);

/// Walks over the stored form without building a Record: what reads do.
class RecordReader {
  public:
    explicit RecordReader(std::string_view bytes);

    [[nodiscard]] const Deletion& deletion() const { return deletion_; }
    [[nodiscard]] const Liveness& marker() const { return marker_; }
    [[nodiscard]] bool is_head() const { return is_head_; }
    /// The next cell, in order of columns; false at the end or when malformed.
    bool next(Cell& cell);
    [[nodiscard]] bool is_malformed() const { return is_malformed_; }
    /// Before the first next(): appends the ranges.
    void read_ranges(std::vector<DeletedRange>& ranges);

  private:
    template <class T>
    T take();
    uint64_t take_number();
    std::string_view take_text();

    const char* at_;
    const char* end_;
    Deletion deletion_;
    Liveness marker_;
    Liveness base_;
    bool is_head_ = false;
    bool has_ranges_ = false;
    bool is_malformed_ = false;
};

}  // namespace messina::table
