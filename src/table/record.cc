#include "table/record.h"

#include <algorithm>

namespace messina::table {
namespace {

/// Whether a range that ends at `end` lies before `at`.
bool ends_before(const DeletedRange& range, std::string_view at) {
    return !range.is_endless && range.end <= at;
}

/// A piece of `range` from `begin` on, up to `end` or to its own end.
DeletedRange piece(const DeletedRange& range, std::string_view begin) {
    DeletedRange part = range;
    part.begin = begin;
    return part;
}
DeletedRange piece(const DeletedRange& range, std::string_view begin, std::string_view end) {
    DeletedRange part = piece(range, begin);
    part.end = end;
    part.is_endless = false;
    return part;
}

void append_range(std::vector<DeletedRange>& ranges, DeletedRange range) {
    if (!range.is_endless && range.begin >= range.end) return;
    if (!ranges.empty()) {
        DeletedRange& last = ranges.back();
        const bool adjoins = !last.is_endless && last.end == range.begin;
        if (adjoins && last.deletion == range.deletion) {
            last.end = range.end;
            last.is_endless = range.is_endless;
            return;
        }
    }
    ranges.push_back(std::move(range));
}

/// The end that comes first; endless ones come last.
bool ends_first(const DeletedRange& a, const DeletedRange& b) {
    return !a.is_endless && (b.is_endless || a.end < b.end);
}

}  // namespace

void Record::clear() {
    is_head = false;
    deletion = {};
    marker = {};
    cells.clear();
    ranges.clear();
}

bool beats(const Liveness& a, const Liveness& b) {
    if (a.timestamp != b.timestamp) return a.timestamp > b.timestamp;
    if ((a.expiry != 0) != (b.expiry != 0)) return a.expiry != 0;
    if (a.expiry != b.expiry) return a.expiry > b.expiry;
    return a.ttl < b.ttl;
}

bool beats(const Cell& a, const Cell& b) {
    if (a.liveness.timestamp != b.liveness.timestamp)
        return a.liveness.timestamp > b.liveness.timestamp;
    if (a.is_dead != b.is_dead) return a.is_dead;
    if (a.liveness != b.liveness) return beats(a.liveness, b.liveness);
    return a.value > b.value;  // char_traits compare as unsigned bytes
}

void merge(Record& record, const Record& other, std::vector<Cell>& scratch) {
    record.is_head = record.is_head || other.is_head;
    record.deletion = later(record.deletion, other.deletion);
    if (beats(other.marker, record.marker)) record.marker = other.marker;
    for (const DeletedRange& range : other.ranges) add_range(record.ranges, range);

    scratch.clear();
    auto mine = record.cells.begin();
    auto theirs = other.cells.begin();
    while (mine != record.cells.end() && theirs != other.cells.end()) {
        if (mine->column < theirs->column) {
            scratch.push_back(*mine++);
        } else if (theirs->column < mine->column) {
            scratch.push_back(*theirs++);
        } else {
            scratch.push_back(beats(*theirs, *mine) ? *theirs : *mine);
            ++mine;
            ++theirs;
        }
    }
    scratch.insert(scratch.end(), mine, record.cells.end());
    scratch.insert(scratch.end(), theirs, other.cells.end());
    record.cells.swap(scratch);
    apply(record.deletion, record);
}

void apply(const Deletion& deletion, Record& record) {
    if (!deletion.exists()) return;
    if (deletion.covers(record.marker.timestamp)) record.marker = {};
    std::erase_if(record.cells,
                  [&](const Cell& cell) { return deletion.covers(cell.liveness.timestamp); });
}

void purge(Record& record, uint32_t now, uint32_t grace) {
    const auto is_old = [&](uint32_t since) { return static_cast<uint64_t>(since) + grace <= now; };
    if (record.deletion.exists() && !record.is_head && is_old(record.deletion.at))
        record.deletion = {};
    if (record.marker.is_expired(now) && is_old(record.marker.expiry)) record.marker = {};
    std::erase_if(record.cells, [&](const Cell& cell) {
        return !cell.is_live(now) && is_old(cell.liveness.expiry);
    });
    for (Cell& cell : record.cells)
        if (!cell.is_live(now)) cell.value = {};
}

Deletion deletion_at(const std::vector<DeletedRange>& ranges, std::string_view at) {
    auto after = std::ranges::upper_bound(
        ranges, at, std::ranges::less{},
        [](const DeletedRange& range) -> std::string_view { return range.begin; });
    if (after == ranges.begin()) return {};
    --after;
    return ends_before(*after, at) ? Deletion{} : after->deletion;
}

void add_range(std::vector<DeletedRange>& ranges, const DeletedRange& added) {
    if (!added.is_endless && added.begin >= added.end) return;
    std::vector<DeletedRange> result;
    result.reserve(ranges.size() + 2);
    std::string_view at = added.begin;  // `added` is in the result up to here
    bool is_done = false;
    for (const DeletedRange& range : ranges) {
        if (is_done || ends_before(range, at)) {
            append_range(result, range);
            continue;
        }
        if (ends_before(added, range.begin)) {
            append_range(result, piece(added, at));
            append_range(result, range);
            is_done = true;
            continue;
        }
        // They overlap: what of either lies before the other, the common piece, what is left.
        if (range.begin < at) append_range(result, piece(range, range.begin, at));
        if (at < range.begin) append_range(result, piece(added, at, range.begin));
        const std::string_view begin = std::max<std::string_view>(at, range.begin);
        const bool range_ends_first = ends_first(range, added);
        DeletedRange common = piece(range_ends_first ? range : added, begin);
        common.deletion = later(range.deletion, added.deletion);
        append_range(result, std::move(common));
        if (range_ends_first) {
            at = range.end;
            continue;
        }
        is_done = true;
        if (ends_first(added, range)) append_range(result, piece(range, added.end));
    }
    if (!is_done) append_range(result, piece(added, at));
    ranges.swap(result);
}

}  // namespace messina::table
