// The unit of work: records of one lane, in order, with their raw bytes, a row of slots each, and
// what became of them so far.
//
// A batch belongs to one lane and is touched by that lane's worker only. Its memory (arena, slots,
// raw chunk) lives until the engine has heard of every effect of it; sinks that keep anything
// longer copy it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/error.h"
#include "data/position.h"
#include "data/slots.h"
#include "data/value.h"

namespace messina {

using RowIndex = uint32_t;

/// The bytes that records point into (a read chunk, a Kafka message set), shared by the batches cut
/// from it.
class Chunk {
  public:
    virtual ~Chunk() = default;
};

/// Reference-counted by shared_ptr because the last of several batches frees it.
using ChunkRef = std::shared_ptr<const Chunk>;

/// What a source knows of the form of a whole lane: the header of a CSV file, the writer's schema
/// of an Avro file. The codec that made it knows its own kind; it is the same object for all
/// batches of a lane.
class LaneSchema {
  public:
    virtual ~LaneSchema() = default;
};
using LaneSchemaRef = std::shared_ptr<const LaneSchema>;

struct Header {
    std::string_view name;
    Value value;  // Bytes or Null
};

/// One input record as the source gave it. All views point into the batch's chunks or arena.
struct Record {
    std::string_view raw;  // the value; see is_tombstone
    std::string_view key;
    Position position;         // of this record
    int64_t timestamp_us = 0;  // since the epoch; 0: unknown
    bool has_key = false;
    bool is_tombstone = false;  // a Kafka record without a value
    const Header* headers = nullptr;
    uint32_t header_count = 0;
};

/// Why a row left the pipeline before the sinks.
enum class RowState : uint8_t {
    Live,
    Dropped,  // by a filter or another step, on purpose and counted
    Failed,   // its Error is in Batch::failures; goes to the dead letters
};

struct RowFailure {
    RowIndex record;   // number in Batch::records
    RowIndex row;      // as rows were numbered when it failed: they may have been remade since
    std::string step;  // "decode", or kind and number of the step: "lookup#2"
    Error error;
};

class Batch {
  public:
    // --- filled by the source ---
    std::vector<Record> records;
    std::vector<ChunkRef> chunks;
    Position begin;  // of the first record
    Position end;    // reading goes on here once everything in the batch is done
    Arena arena;
    std::string_view lane;   // its name; lives as long as the lane
    std::string_view topic;  // of a Kafka partition; empty: none. Lives as long as the lane.
    int32_t partition = 0;
    LaneSchemaRef schema;  // null: records speak for themselves
    /// Rows that failed.
    std::vector<RowFailure> failures;
    /// For a record that the source could not give whole; before make_rows.
    void fail_record(RowIndex record, std::string_view step, Error error) {
        failures.push_back({record, record, std::string(step), std::move(error)});
    }

    // --- rows: one per record at first; `explode` makes more ---
    /// Prepares `records.size()` rows, live unless the source failed them, of `slot_count` Absent
    /// slots and `site_count` sites.
    void make_rows(size_t slot_count, size_t site_count);
    /// Replaces the rows: row i of the result is a copy of row `from[i]`.
    void remake_rows(const std::vector<RowIndex>& from);

    [[nodiscard]] size_t row_count() const { return row_record_.size(); }
    [[nodiscard]] const Record& record_of(RowIndex row) const { return records[row_record_[row]]; }
    [[nodiscard]] RowIndex record_index_of(RowIndex row) const { return row_record_[row]; }
    Value* slots(RowIndex row) { return slots_ + static_cast<size_t>(row) * slot_count_; }
    [[nodiscard]] const Value* slots(RowIndex row) const {
        return slots_ + static_cast<size_t>(row) * slot_count_;
    }
    Site* sites(RowIndex row) { return sites_ + static_cast<size_t>(row) * site_count_; }
    [[nodiscard]] const Site* sites(RowIndex row) const {
        return sites_ + static_cast<size_t>(row) * site_count_;
    }
    [[nodiscard]] size_t slot_count() const { return slot_count_; }

    /// The rows that go on, ascending. Steps loop over this.
    [[nodiscard]] const std::vector<RowIndex>& live() const { return live_; }
    /// Takes rows off `live` for which `keep` is false.
    template <class Keep>
    void retain(Keep&& keep) {
        size_t kept = 0;
        for (const RowIndex row : live_)
            if (keep(row)) live_[kept++] = row;
        live_.resize(kept);
    }
    /// Marks a row as failed; the caller (or the engine after the step) takes it off `live`.
    void fail_row(RowIndex row, std::string_view step, Error error);
    [[nodiscard]] bool has_failed(RowIndex row) const {
        return !failures.empty() && is_failed_[row];
    }
    /// Why the row failed, if that is one of the failures from number `first` on; otherwise null.
    /// For a time in which rows are not remade.
    [[nodiscard]] const Error* failure_of(RowIndex row, size_t first) const;
    /// Takes every failed row off `live`.
    void remove_failed();

    /// Rows dropped on purpose since make_rows.
    uint64_t dropped = 0;

    /// Empties the batch for reuse; keeps memory of the usual size.
    void reset();
    [[nodiscard]] size_t bytes() const;

  private:
    std::vector<RowIndex> row_record_;
    std::vector<RowIndex> live_;
    std::vector<bool> is_failed_;
    Value* slots_ = nullptr;
    Site* sites_ = nullptr;
    size_t slot_count_ = 0;
    size_t site_count_ = 0;
};

}  // namespace messina
