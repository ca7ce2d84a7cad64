// Reads by key: row cache first, then one MultiGet for the rest.
#include <algorithm>
#include <limits>

#include "cql/bytes.h"
#include "table/embedded_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

constexpr size_t kNoHead = std::numeric_limits<size_t>::max();
/// Keys that are worked on at once.
constexpr size_t kKeysMax = 512;

/// Puts the cells that are wanted and live into `cells`; says whether any live cell was met.
bool take_cells(RecordReader& reader, const Deletion& deletion, uint32_t now,
                std::span<const ColumnPlan::Wanted> wanted, const StoredTable& table,
                bool needs_life, std::span<std::optional<std::string_view>> cells) {
    bool has_life = false;
    auto next = wanted.begin();
    Cell cell;
    while ((next != wanted.end() || (needs_life && !has_life)) && reader.next(cell)) {
        const bool is_live = cell.is_live(now) && !deletion.covers(cell.liveness.timestamp);
        if (is_live && !has_life) has_life = table.has_column(cell.column);
        while (next != wanted.end() && next->number < cell.column) ++next;
        for (; next != wanted.end() && next->number == cell.column; ++next)
            if (is_live) cells[next->position] = cell.value;
    }
    return has_life;
}

/// Sorts `order` by key: eight bytes at a time where they differ early, which they mostly do.
void sort_by_key(std::vector<size_t>& order, const std::vector<RowCache::Probe>& probes) {
    struct Sorted {
        uint64_t beginning;
        size_t index;
    };
    thread_local std::vector<Sorted> sorted;
    sorted.clear();
    for (const size_t index : order) {
        const std::string_view key = probes[index].key;
        char first[8] = {};
        std::copy_n(key.data(), std::min(key.size(), sizeof first), first);
        sorted.push_back({cql::load_big_endian<uint64_t>(first), index});
    }
    std::ranges::sort(sorted, [&](const Sorted& a, const Sorted& b) {
        return a.beginning != b.beginning ? a.beginning < b.beginning
                                          : probes[a.index].key < probes[b.index].key;
    });
    std::ranges::transform(sorted, order.begin(), &Sorted::index);
}

}  // namespace

void ColumnPlan::make(const StoredTable& table, std::span<const size_t> columns) {
    columns_.assign(columns.begin(), columns.end());
    keys.clear();
    regular.clear();
    statics.clear();
    for (size_t position = 0; position < columns.size(); ++position) {
        const size_t column = columns[position];
        const Wanted wanted{table.column_numbers[column], position, column};
        switch (table.schema.columns[column].role) {
            case ColumnRole::PartitionKey:
            case ColumnRole::ClusteringKey: keys.push_back(wanted); break;
            case ColumnRole::Static: statics.push_back(wanted); break;
            case ColumnRole::Regular: regular.push_back(wanted); break;
        }
    }
    std::ranges::sort(regular, {}, &Wanted::number);
    std::ranges::sort(statics, {}, &Wanted::number);
}

bool ColumnPlan::is_for(std::span<const size_t> columns) const {
    return !columns_.empty() && std::ranges::equal(columns_, columns);
}

void EmbeddedTable::read(const ReadRequest& request, ReadReceiver& receiver) {
    for (const size_t column : request.columns) {
        if (column < table_.schema.columns.size()) continue;
        const Error error = unknown_column(table_.schema, column);
        for (size_t i = 0; i < request.keys.size(); ++i) receiver.on_error(i, error);
        return receiver.on_end();
    }
    if (!plan_.is_for(request.columns)) plan_.make(table_, request.columns);
    for (size_t begin = 0; begin < request.keys.size(); begin += kKeysMax)
        read_some(request, begin, std::min(begin + kKeysMax, request.keys.size()), receiver);
    receiver.on_end();
}

void EmbeddedTable::read_some(const ReadRequest& request, size_t begin, size_t end,
                              ReadReceiver& receiver) {
    asked_.clear();
    probes_.clear();
    key_bytes_.clear();
    cached_bytes_.clear();
    for (size_t i = begin; i < end; ++i) {
        Asked asked;
        if (auto added = add_probes(request.keys[i], asked); !added) {
            asked.is_refused = true;
            receiver.on_error(i, added.error());
        }
        asked_.push_back(asked);
    }
    // Keys that were made here stand in a buffer that has stopped moving only now.
    if (table_.keys.has_clustering())
        for (RowCache::Probe& probe : probes_)
            probe.key = key_bytes_.view(probe.begin, probe.begin + probe.size);
    load_records();

    const uint32_t now = database_->now_seconds();
    for (size_t i = begin; i < end; ++i) {
        const Asked& asked = asked_[i - begin];
        if (asked.is_refused) continue;
        const auto exists = make_row(request.keys[i], asked, now);
        if (!exists) {
            receiver.on_error(i, exists.error());
        } else if (*exists) {
            const RowView row{cells_};
            receiver.on_row(i, &row);
        } else {
            receiver.on_row(i, nullptr);
        }
    }
    for (rocksdb::PinnableSlice& pinned : pinned_) pinned.Reset();
}

Result<void> EmbeddedTable::add_probes(std::string_view key, Asked& asked) {
    asked.row = probes_.size();
    asked.head = kNoHead;
    MESSINA_TRY(const StoredKeys::Parts parts, table_.keys.split(key));
    MESSINA_TRY_VOID(table_.keys.check_partition(parts.partition));
    RowCache::Probe probe;
    if (!table_.keys.has_clustering()) {
        probe.key = table_.keys.single(parts.partition);
        probes_.push_back(probe);
        return {};
    }
    if (parts.clustering_count != table_.schema.clustering_key_count())
        return fail(incomplete_key(table_.schema));
    probe.begin = key_bytes_.size();
    StoredKeys::append_rows_prefix(parts.partition, key_bytes_);
    MESSINA_TRY_VOID(table_.keys.append_clustering(parts.clustering, key_bytes_));
    probe.size = key_bytes_.size() - probe.begin;
    probes_.push_back(probe);
    if (!table_.has_heads) return {};
    asked.head = probes_.size();
    probe.begin = key_bytes_.size();
    StoredKeys::append_head(parts.partition, key_bytes_);
    probe.size = key_bytes_.size() - probe.begin;
    probes_.push_back(probe);
    return {};
}

void EmbeddedTable::load_records() {
    database_->row_cache().read(table_.number, probes_, cached_bytes_);
    records_.assign(probes_.size(), {});
    missing_.clear();
    for (size_t i = 0; i < probes_.size(); ++i) {
        const RowCache::Probe& probe = probes_[i];
        if (probe.is_found)
            records_[i] = cached_bytes_.view(probe.begin, probe.begin + probe.size);
        else
            missing_.push_back(i);
    }
    statuses_.assign(probes_.size(), rocksdb::Status());
    if (missing_.empty()) return;
    sort_by_key(missing_, probes_);
    missing_keys_.clear();
    for (const size_t i : missing_)
        missing_keys_.emplace_back(probes_[i].key.data(), probes_[i].key.size());
    if (pinned_.size() < missing_.size()) pinned_.resize(missing_.size());
    thread_local std::vector<rocksdb::Status> statuses;
    statuses.assign(missing_.size(), rocksdb::Status());
    database_->rocks().MultiGet({}, table_.family, missing_.size(), missing_keys_.data(),
                                pinned_.data(), statuses.data(), true);
    for (size_t n = 0; n < missing_.size(); ++n) {
        const size_t i = missing_[n];
        if (statuses[n].ok())
            records_[i] = {pinned_[n].data(), pinned_[n].size()};
        else if (!statuses[n].IsNotFound())
            statuses_[i] = statuses[n];
        if (statuses_[i].ok()) database_->row_cache().keep(table_.number, probes_[i], records_[i]);
    }
}

Result<bool> EmbeddedTable::make_row(std::string_view key, const Asked& asked, uint32_t now) {
    if (!statuses_[asked.row].ok()) return fail(to_error(statuses_[asked.row], "read"));
    if (asked.head == kNoHead) return fill_cells(key, records_[asked.row], {}, {}, now);
    if (!statuses_[asked.head].ok()) return fail(to_error(statuses_[asked.head], "read"));
    // The keys of a row and of its head are of equal length up to the clustering columns.
    const std::string_view clustering =
        probes_[asked.row].key.substr(probes_[asked.head].key.size());
    return fill_cells(key, records_[asked.row], records_[asked.head], clustering, now);
}

Result<bool> EmbeddedTable::fill_cells(std::string_view key, std::string_view record,
                                       std::string_view head, std::string_view clustering,
                                       uint32_t now) {
    cells_.assign(plan_.size(), std::nullopt);
    RecordReader row(record);
    Deletion deletion = row.deletion();
    if (!head.empty()) {
        RecordReader of_head(head);
        head_ranges_.clear();
        of_head.read_ranges(head_ranges_);
        deletion = later(deletion, of_head.deletion());
        deletion = later(deletion, deletion_at(head_ranges_, clustering));
        take_cells(of_head, of_head.deletion(), now, plan_.statics, table_, false, cells_);
        if (of_head.is_malformed()) return fail(malformed_record(table_.schema));
    }
    const Liveness& marker = row.marker();
    const bool is_marked =
        marker.exists() && !marker.is_expired(now) && !deletion.covers(marker.timestamp);
    const bool has_cells =
        take_cells(row, deletion, now, plan_.regular, table_, !is_marked, cells_);
    if (row.is_malformed()) return fail(malformed_record(table_.schema));
    for (const ColumnPlan::Wanted& wanted : plan_.keys)
        cells_[wanted.position] = StoredKeys::column_of(key, wanted.column);
    return is_marked || has_cells;
}

Result<void> EmbeddedTable::add_static_row(std::string_view key, std::string_view head,
                                           Page& page) {
    cells_.assign(plan_.size(), std::nullopt);
    RecordReader reader(head);
    head_ranges_.clear();
    reader.read_ranges(head_ranges_);
    const bool has_statics = take_cells(reader, reader.deletion(), database_->now_seconds(),
                                        plan_.statics, table_, true, cells_);
    if (reader.is_malformed()) return fail(malformed_record(table_.schema));
    if (!has_statics) return {};
    Page::Row& row = page.rows.emplace_back();
    row.clustering.resize(table_.schema.clustering_key_count());
    for (const ColumnPlan::Wanted& wanted : plan_.keys)
        cells_[wanted.position] = StoredKeys::column_of(key, wanted.column);
    for (const auto& cell : cells_)
        row.cells.push_back(cell ? std::optional(std::string(*cell)) : std::nullopt);
    return {};
}

}  // namespace messina::table
