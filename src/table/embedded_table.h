// A worker's handle of a table in the embedded store. Everything is done before a call returns.
#pragma once

#include <memory>
#include <vector>

#include <rocksdb/write_batch.h>

#include "table/database.h"
#include "table/record.h"

namespace messina::table {

/// Which stored cells a read wants, and where they go.
class ColumnPlan {
  public:
    /// Key columns are cut out of the key, all others found by their number.
    void make(const StoredTable& table, std::span<const size_t> columns);
    [[nodiscard]] bool is_for(std::span<const size_t> columns) const;

    struct Wanted {
        uint32_t number = 0;
        size_t position = 0;
        size_t column = 0;
    };
    std::vector<Wanted> keys;     // by position
    std::vector<Wanted> regular;  // by number
    std::vector<Wanted> statics;  // by number

    [[nodiscard]] size_t size() const { return columns_.size(); }

  private:
    std::vector<size_t> columns_;
};

class EmbeddedTable final : public Table {
  public:
    EmbeddedTable(std::shared_ptr<Database> database, StoredTable& table)
        : database_(std::move(database)), table_(table) {}

    [[nodiscard]] const TableSchema& schema() const override { return table_.schema; }
    void read(const ReadRequest& request, ReadReceiver& receiver) override;
    void write(std::span<const Mutation> mutations, WriteReceiver& receiver) override;
    void read_partition(const PageRequest& request,
                        std::function<void(Result<Page>)> done) override;

  private:
    using Cells = std::vector<std::optional<std::string_view>>;

    /// One key of a read; its probes stand in `probes_`.
    struct Asked {
        size_t row = 0;
        size_t head = 0;
        bool is_refused = false;
    };

    // embedded_read.cc
    void read_some(const ReadRequest& request, size_t begin, size_t end, ReadReceiver& receiver);
    Result<void> add_probes(std::string_view key, Asked& asked);
    void load_records();
    Result<bool> make_row(std::string_view key, const Asked& asked, uint32_t now);
    /// Fills `cells_` from stored records; false when there is no such row. `head` is that of the
    /// row's partition, or empty.
    Result<bool> fill_cells(std::string_view key, std::string_view record, std::string_view head,
                            std::string_view clustering, uint32_t now);

    // embedded_write.cc
    Result<void> add_mutation(const Mutation& mutation, uint32_t now);
    Result<void> add_upsert(const Mutation& mutation, const StoredKeys::Parts& parts, uint32_t now);
    Result<void> add_delete_columns(const Mutation& mutation, const StoredKeys::Parts& parts,
                                    uint32_t now);
    Result<void> add_delete_range(const Mutation& mutation, const StoredKeys::Parts& parts,
                                  uint32_t now);
    Result<void> add_cells(const StoredKeys::Parts& parts, bool has_marker);
    Result<void> merge_row(const StoredKeys::Parts& parts);
    void merge_head(std::string_view partition, bool has_deletion);

    // embedded_page.cc
    Result<Page> make_page(const PageRequest& request);
    Result<Page> make_single_page(const PageRequest& request, const StoredKeys::Parts& parts);
    Result<Page> make_clustered_page(const PageRequest& request, const StoredKeys::Parts& parts);
    Result<void> load_head(std::string_view partition, std::string& head);
    /// Static columns without any row are a row without clustering columns.
    Result<void> add_static_row(std::string_view key, std::string_view head, Page& page);

    std::shared_ptr<Database> database_;
    StoredTable& table_;

    // Kept from call to call for their memory.
    ColumnPlan plan_;
    std::vector<Asked> asked_;
    std::vector<RowCache::Probe> probes_;
    std::vector<std::string_view> records_;  // of the probes
    std::vector<rocksdb::Status> statuses_;  // of the probes that RocksDB was asked for
    std::vector<rocksdb::PinnableSlice> pinned_;
    std::vector<size_t> missing_;
    std::vector<rocksdb::Slice> missing_keys_;
    Buffer key_bytes_;
    Buffer cached_bytes_;
    std::vector<DeletedRange> head_ranges_;
    Cells cells_;

    rocksdb::WriteBatch batch_;
    std::vector<std::string> written_keys_;
    Record record_;
    Record head_record_;
    std::string operand_;
};

}  // namespace messina::table
