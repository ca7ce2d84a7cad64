// Deletions of partitions and ranges are kept in the partition's head, apart from the rows they
// delete. Once nobody may write below one any more it is handed down to the rows, which compaction
// then drops, and taken out of the head.
#include <algorithm>

#include "table/database.h"
#include "table/database_keys.h"
#include "table/record.h"

namespace messina::table {
namespace {

constexpr uint32_t kIntervalSeconds = 60;
constexpr size_t kPartitionsMax = 256;  // per run
constexpr size_t kRowsPerBatch = 1000;

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

Error malformed_head() {
    return to_error(rocksdb::Status::Corruption("a partition's head is malformed"),
                    "collect garbage");
}

/// The head's deletions that are at least as old as `at`.
Record deletions_until(const Record& head, uint32_t at) {
    Record old;
    if (head.deletion.at <= at) old.deletion = head.deletion;
    for (const DeletedRange& range : head.ranges)
        if (range.deletion.at <= at) old.ranges.push_back(range);
    return old;
}

bool has_anything_under(const Deletion& deletion, const Record& row) {
    return (row.marker.exists() && deletion.covers(row.marker.timestamp)) ||
           std::ranges::any_of(row.cells, [&](const Cell& cell) {
               return deletion.covers(cell.liveness.timestamp);
           });
}

}  // namespace

void Database::note_head(StoredTable& table, std::string_view partition, bool has_deletion,
                         rocksdb::WriteBatch& batch) {
    if (!table.has_heads) {
        batch.Put(keys::has_heads(table.number), "");
        table.has_heads = true;
    }
    if (has_deletion) batch.Put(keys::garbage({now_seconds(), table.number, partition}), "");
}

void Database::collect_garbage() {
    const uint32_t now = now_seconds();
    if (now < next_collection_.load(std::memory_order_relaxed)) return;
    const std::unique_lock lock(garbage_mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return;
    next_collection_ = now + kIntervalSeconds;

    std::vector<std::string> due;
    const std::unique_ptr<rocksdb::Iterator> queue(rocks_->NewIterator({}));
    for (queue->Seek(std::string(keys::kGarbagePrefix)); queue->Valid(); queue->Next()) {
        const auto entry = keys::parse_garbage(view(queue->key()));
        const auto grace = static_cast<uint64_t>(options_.grace.count());
        if (!entry || entry->at + grace > now || due.size() == kPartitionsMax) break;
        due.push_back(queue->key().ToString());
    }
    for (const std::string& key : due) {
        const auto entry = keys::parse_garbage(key);
        const auto table = std::ranges::find(tables_, entry->table, &StoredTable::number);
        // A table that is not open now keeps its deletions; a failure is met again next time.
        if (table == tables_.end() || !collect(**table, entry->partition, key)) continue;
    }
}

Result<void> Database::collect(StoredTable& table, std::string_view partition,
                               std::string_view queue_key) {
    const uint32_t at = keys::parse_garbage(queue_key)->at;
    Buffer head_key;
    StoredKeys::append_head(partition, head_key);
    MESSINA_TRY(const std::string bytes, read_head(table, head_key.view()));
    Record head;
    if (!decode(bytes, head)) return fail(malformed_head());
    MESSINA_TRY_VOID(hand_down(table, partition, deletions_until(head, at)));

    // Nobody may write to the head between reading and rewriting it.
    const std::unique_lock lock(head_mutex_);
    MESSINA_TRY(const std::string newest, read_head(table, head_key.view()));
    if (!decode(newest, head)) return fail(malformed_head());
    if (head.deletion.at <= at) head.deletion = {};
    std::erase_if(head.ranges, [&](const DeletedRange& range) { return range.deletion.at <= at; });
    std::string rest;
    if (!head.is_empty()) encode(head, rest);
    rocksdb::WriteBatch batch;
    if (rest.empty())
        batch.Delete(table.family, slice(head_key.view()));
    else
        batch.Put(table.family, slice(head_key.view()), rest);
    batch.Delete(slice(queue_key));
    const rocksdb::Status status = rocks_->Write({}, &batch);
    if (!status.ok()) return fail(to_error(status, "collect garbage"));
    row_cache_.forget(table.number, head_key.view());
    return {};
}

Result<std::string> Database::read_head(StoredTable& table, std::string_view key) {
    std::string bytes;
    const rocksdb::Status status = rocks_->Get({}, table.family, slice(key), &bytes);
    if (!status.ok() && !status.IsNotFound()) return fail(to_error(status, "collect garbage"));
    return bytes;
}

Result<void> Database::hand_down(StoredTable& table, std::string_view partition,
                                 const Record& deletions) {
    Buffer prefix;
    StoredKeys::append_rows_prefix(partition, prefix);
    const std::string upper = after_prefix(prefix.view());
    const rocksdb::Slice upper_slice(upper);
    rocksdb::ReadOptions read;
    read.iterate_upper_bound = &upper_slice;
    const std::unique_ptr<rocksdb::Iterator> rows(rocks_->NewIterator(read, table.family));
    rocksdb::WriteBatch batch;
    std::vector<std::string> written;
    const auto flush = [&]() -> Result<void> {
        MESSINA_TRY_VOID(commit(batch));
        for (const std::string& key : written) row_cache_.forget(table.number, key);
        batch.Clear();
        written.clear();
        return {};
    };
    Record row;
    Record handed_down;
    std::string operand;
    for (rows->Seek(slice(prefix.view())); rows->Valid(); rows->Next()) {
        const std::string_view clustering = view(rows->key()).substr(prefix.size());
        handed_down.deletion = later(deletions.deletion, deletion_at(deletions.ranges, clustering));
        if (!decode(view(rows->value()), row) || !has_anything_under(handed_down.deletion, row))
            continue;
        operand.clear();
        encode(handed_down, operand);
        batch.Merge(table.family, rows->key(), operand);
        written.push_back(rows->key().ToString());
        if (written.size() == kRowsPerBatch) MESSINA_TRY_VOID(flush());
    }
    if (!rows->status().ok()) return fail(to_error(rows->status(), "collect garbage"));
    return flush();
}

}  // namespace messina::table
