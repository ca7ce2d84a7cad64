// Writes: every mutation becomes a record that RocksDB merges into what is there, so no write needs
// a read and the order of arrival does not matter.
#include <algorithm>

#include <fmt/core.h>

#include "base/failpoint.h"
#include "cql/fixed_size.h"
#include "table/embedded_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

Result<uint32_t> expiry_of(const TableSchema& schema, int64_t ttl_seconds, uint32_t now,
                           uint32_t& ttl) {
    MESSINA_TRY_VOID(check_ttl(ttl_seconds));
    const int64_t seconds = ttl_seconds != 0 ? ttl_seconds : schema.default_ttl.count();
    ttl = static_cast<uint32_t>(seconds);
    if (seconds == 0) return 0;
    return static_cast<uint32_t>(std::min<int64_t>(now + seconds, UINT32_MAX));
}

}  // namespace

void EmbeddedTable::write(std::span<const Mutation> mutations, WriteReceiver& receiver) {
    const auto fail_all = [&](const Error& error) {
        for (size_t i = 0; i < mutations.size(); ++i) receiver.on_written(i, &error);
    };
    if (failpoint("table.before_write")) return fail_all(failpoint_error("table.before_write"));
    database_->collect_garbage();
    batch_.Clear();
    written_keys_.clear();
    const uint32_t now = database_->now_seconds();
    // Most often empty, or it holds the few that can never succeed.
    std::vector<std::pair<size_t, Error>> refused;
    for (size_t i = 0; i < mutations.size(); ++i)
        if (auto added = add_mutation(mutations[i], now); !added)
            refused.emplace_back(i, std::move(added.error()));

    auto done = database_->commit(batch_);
    for (const std::string& key : written_keys_) database_->row_cache().forget(table_.number, key);
    if (done && failpoint("table.after_write")) done = fail(failpoint_error("table.after_write"));
    auto next_refused = refused.begin();
    for (size_t i = 0; i < mutations.size(); ++i) {
        if (next_refused != refused.end() && next_refused->first == i)
            receiver.on_written(i, &(next_refused++)->second);
        else
            receiver.on_written(i, done ? nullptr : &done.error());
    }
}

Result<void> EmbeddedTable::add_mutation(const Mutation& mutation, uint32_t now) {
    MESSINA_TRY_VOID(check_timestamp(mutation.timestamp_us));
    MESSINA_TRY(const StoredKeys::Parts parts, table_.keys.split(mutation.key));
    MESSINA_TRY_VOID(table_.keys.check_partition(parts.partition));
    record_.clear();
    head_record_.clear();
    head_record_.is_head = true;
    const bool is_whole = parts.clustering_count == table_.schema.clustering_key_count();
    switch (mutation.kind) {
        case MutationKind::Upsert: return add_upsert(mutation, parts, now);
        case MutationKind::DeleteColumns: return add_delete_columns(mutation, parts, now);
        case MutationKind::DeleteRange: return add_delete_range(mutation, parts, now);
        case MutationKind::DeleteRow:
            if (!is_whole) return fail(incomplete_key(table_.schema));
            record_.deletion = {mutation.timestamp_us, now};
            return merge_row(parts);
        case MutationKind::DeletePartition:
            if (table_.keys.has_clustering()) {
                head_record_.deletion = {mutation.timestamp_us, now};
                merge_head(parts.partition, true);
                return {};
            }
            record_.deletion = {mutation.timestamp_us, now};
            return merge_row(parts);
    }
    return {};
}

Result<void> EmbeddedTable::add_upsert(const Mutation& mutation, const StoredKeys::Parts& parts,
                                       uint32_t now) {
    Liveness liveness;
    liveness.timestamp = mutation.timestamp_us;
    MESSINA_TRY(liveness.expiry, expiry_of(table_.schema, mutation.ttl_seconds, now, liveness.ttl));
    MESSINA_TRY_VOID(check_cells(mutation));
    for (size_t i = 0; i < mutation.columns.size(); ++i) {
        const size_t column = mutation.columns[i];
        MESSINA_TRY_VOID(check_settable(table_.schema, column));
        const Column& definition = table_.schema.columns[column];
        Cell cell{table_.column_numbers[column], !mutation.cells[i], liveness, {}};
        if (cell.is_dead)
            cell.liveness = {mutation.timestamp_us, now, 0};
        else
            cell.value = *mutation.cells[i];
        const size_t size = cql::fixed_size(definition.type.kind);
        if (!cell.is_dead && size != 0 && cell.value.size() != size && !cell.value.empty())
            return fail(ErrorClass::Poison, "table.cell_malformed",
                        fmt::format("{} bytes are no {} for column {}", cell.value.size(),
                                    definition.type.to_text(), definition.name));
        const bool is_static = definition.role == ColumnRole::Static;
        (is_static ? head_record_ : record_).cells.push_back(cell);
    }
    record_.marker = liveness;
    return add_cells(parts, true);
}

Result<void> EmbeddedTable::add_delete_columns(const Mutation& mutation,
                                               const StoredKeys::Parts& parts, uint32_t now) {
    for (const size_t column : mutation.columns) {
        MESSINA_TRY_VOID(check_settable(table_.schema, column));
        const bool is_static = table_.schema.columns[column].role == ColumnRole::Static;
        (is_static ? head_record_ : record_)
            .cells.push_back(
                {table_.column_numbers[column], true, Liveness{mutation.timestamp_us, now, 0}, {}});
    }
    return add_cells(parts, false);
}

Result<void> EmbeddedTable::add_delete_range(const Mutation& mutation,
                                             const StoredKeys::Parts& parts, uint32_t now) {
    if (!table_.keys.has_clustering()) return fail(no_range(table_.schema));
    DeletedRange range;
    MESSINA_TRY(Bounds bounds, make_bounds(table_.keys, mutation.from, mutation.to));
    range.begin = std::move(bounds.begin);
    range.end = std::move(bounds.end);
    range.is_endless = bounds.is_endless;
    range.deletion = {mutation.timestamp_us, now};
    if (!range.is_endless && range.begin >= range.end) return {};
    head_record_.ranges.push_back(std::move(range));
    merge_head(parts.partition, true);
    return {};
}

/// Writes `record_` to the row and static cells to the partition's head.
Result<void> EmbeddedTable::add_cells(const StoredKeys::Parts& parts, bool has_marker) {
    const auto by_column = [](Record& record) {
        std::ranges::stable_sort(record.cells, {}, &Cell::column);
        const auto twice = std::ranges::adjacent_find(record.cells, {}, &Cell::column);
        return twice == record.cells.end();
    };
    if (!by_column(record_) || !by_column(head_record_)) return fail(column_twice(table_.schema));
    const bool is_whole = parts.clustering_count == table_.schema.clustering_key_count();
    const bool is_for_statics_only =
        parts.clustering_count == 0 && record_.cells.empty() && !head_record_.cells.empty();
    if (!is_whole && !is_for_statics_only) return fail(incomplete_key(table_.schema));
    if (is_whole && (has_marker || !record_.cells.empty())) MESSINA_TRY_VOID(merge_row(parts));
    if (!head_record_.cells.empty()) merge_head(parts.partition, false);
    return {};
}

Result<void> EmbeddedTable::merge_row(const StoredKeys::Parts& parts) {
    std::string_view key = table_.keys.single(parts.partition);
    if (table_.keys.has_clustering()) {
        key_bytes_.clear();
        StoredKeys::append_rows_prefix(parts.partition, key_bytes_);
        MESSINA_TRY_VOID(table_.keys.append_clustering(parts.clustering, key_bytes_));
        key = key_bytes_.view();
    }
    operand_.clear();
    encode(record_, operand_);
    batch_.Merge(table_.family, slice(key), operand_);
    written_keys_.emplace_back(key);
    return {};
}

void EmbeddedTable::merge_head(std::string_view partition, bool has_deletion) {
    key_bytes_.clear();
    StoredKeys::append_head(partition, key_bytes_);
    operand_.clear();
    encode(head_record_, operand_);
    batch_.Merge(table_.family, slice(key_bytes_.view()), operand_);
    written_keys_.emplace_back(key_bytes_.view());
    database_->note_head(table_, partition, has_deletion, batch_);
}

}  // namespace messina::table
