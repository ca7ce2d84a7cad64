// Reads of a partition in clustering order, forwards or backwards, a page at a time.
#include <algorithm>

#include "table/embedded_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

/// Goes over the rows of a piece of a partition in either direction.
class RowWalk {
  public:
    RowWalk(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family, std::string lower,
            std::string upper, bool is_reversed)
        : lower_(std::move(lower)),
          upper_(std::move(upper)),
          lower_slice_(lower_),
          upper_slice_(upper_),
          is_reversed_(is_reversed) {
        rocksdb::ReadOptions options;
        options.iterate_lower_bound = &lower_slice_;
        options.iterate_upper_bound = &upper_slice_;
        rows_.reset(rocks.NewIterator(options, family));
        if (is_reversed_)
            rows_->SeekToLast();
        else
            rows_->SeekToFirst();
    }
    [[nodiscard]] bool has_row() const { return rows_->Valid(); }
    void next() { is_reversed_ ? rows_->Prev() : rows_->Next(); }
    [[nodiscard]] std::string_view key() const { return view(rows_->key()); }
    [[nodiscard]] std::string_view record() const { return view(rows_->value()); }
    [[nodiscard]] rocksdb::Status status() const { return rows_->status(); }

  private:
    std::string lower_;
    std::string upper_;
    rocksdb::Slice lower_slice_;
    rocksdb::Slice upper_slice_;
    bool is_reversed_;
    std::unique_ptr<rocksdb::Iterator> rows_;
};

Page::Row& append_row(const std::vector<std::optional<std::string_view>>& cells, Page& page) {
    Page::Row& row = page.rows.emplace_back();
    for (const auto& cell : cells)
        row.cells.push_back(cell ? std::optional(std::string(*cell)) : std::nullopt);
    return row;
}

}  // namespace

void EmbeddedTable::read_partition(const PageRequest& request,
                                   std::function<void(Result<Page>)> done) {
    done(make_page(request));
}

Result<Page> EmbeddedTable::make_page(const PageRequest& request) {
    for (const size_t column : request.columns)
        if (column >= table_.schema.columns.size())
            return fail(unknown_column(table_.schema, column));
    MESSINA_TRY(const StoredKeys::Parts parts, table_.keys.split(request.partition_key));
    MESSINA_TRY_VOID(table_.keys.check_partition(parts.partition));
    if (parts.clustering_count != 0)
        return fail(ErrorClass::Misconfigured, "table.key_incomplete",
                    "a partition is read by its partition key alone");
    if (!plan_.is_for(request.columns)) plan_.make(table_, request.columns);
    return table_.keys.has_clustering() ? make_clustered_page(request, parts)
                                        : make_single_page(request, parts);
}

/// Without clustering columns a partition is one row.
Result<Page> EmbeddedTable::make_single_page(const PageRequest& request,
                                             const StoredKeys::Parts& parts) {
    rocksdb::PinnableSlice bytes;
    const std::string_view key = table_.keys.single(parts.partition);
    const rocksdb::Status status =
        database_->rocks().Get({}, table_.family, {key.data(), key.size()}, &bytes);
    if (!status.ok() && !status.IsNotFound()) return fail(to_error(status, "read"));
    Page page;
    MESSINA_TRY(const bool exists,
                fill_cells(request.partition_key, view(bytes), {}, {}, database_->now_seconds()));
    if (exists && request.rows_max != 0 && request.resume_after.empty()) append_row(cells_, page);
    return page;
}

Result<Page> EmbeddedTable::make_clustered_page(const PageRequest& request,
                                                const StoredKeys::Parts& parts) {
    MESSINA_TRY(Bounds bounds, make_bounds(table_.keys, request.from, request.to));
    const bool is_bounded = !request.from.prefix.empty() || !request.to.prefix.empty();
    key_bytes_.clear();
    StoredKeys::append_rows_prefix(parts.partition, key_bytes_);
    const std::string prefix(key_bytes_.view());
    std::string lower = prefix + bounds.begin;
    std::string upper = bounds.is_endless ? after_prefix(prefix) : prefix + bounds.end;
    if (!request.resume_after.empty()) {
        // The first key after another one is that key and a zero byte.
        const std::string last = prefix + std::string(request.resume_after);
        if (request.is_reversed)
            upper = std::min(upper, last);
        else
            lower = std::max(lower, last + '\0');
    }
    std::string head;
    MESSINA_TRY_VOID(load_head(parts.partition, head));
    const uint32_t now = database_->now_seconds();
    Page page;
    RowWalk walk(database_->rocks(), table_.family, lower, std::max(lower, upper),
                 request.is_reversed);
    for (; walk.has_row(); walk.next()) {
        const std::string_view clustering = walk.key().substr(prefix.size());
        MESSINA_TRY(const bool exists,
                    fill_cells(request.partition_key, walk.record(), head, clustering, now));
        if (!exists) continue;
        if (page.rows.size() == request.rows_max) return page;
        Page::Row& row = append_row(cells_, page);
        MESSINA_TRY(row.clustering, table_.keys.clustering_of(clustering));
        const size_t partition_columns = table_.schema.partition_key_count();
        for (const ColumnPlan::Wanted& wanted : plan_.keys)
            if (wanted.column >= partition_columns)
                row.cells[wanted.position] = row.clustering[wanted.column - partition_columns];
        page.resume = clustering;
    }
    if (!walk.status().ok()) return fail(to_error(walk.status(), "read"));
    page.resume.clear();
    const bool is_whole_partition = !is_bounded && request.resume_after.empty();
    if (page.rows.empty() && is_whole_partition && request.rows_max != 0)
        MESSINA_TRY_VOID(add_static_row(request.partition_key, head, page));
    return page;
}

Result<void> EmbeddedTable::load_head(std::string_view partition, std::string& head) {
    head.clear();
    if (!table_.has_heads) return {};
    key_bytes_.clear();
    StoredKeys::append_head(partition, key_bytes_);
    const rocksdb::Status status =
        database_->rocks().Get({}, table_.family, {key_bytes_.data(), key_bytes_.size()}, &head);
    if (!status.ok() && !status.IsNotFound()) return fail(to_error(status, "read"));
    return {};
}

}  // namespace messina::table
