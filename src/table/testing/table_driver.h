// Writes and reads of a table in one line each, for tests of whatever uses tables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table/store.h"

namespace messina::table::testing {

/// "id text" or "at timestamp desc": name, CQL type, and "desc" or nothing.
struct SchemaText {
    std::vector<std::string_view> partition_key = {};
    std::vector<std::string_view> clustering_key = {};
    std::vector<std::string_view> statics = {};
    std::vector<std::string_view> columns = {};
};
/// Ends the test program when a text is no column.
TableSchema make_schema(std::string_view name, const SchemaText& text);

class TableDriver {
  public:
    using Values = std::vector<Value>;
    /// A null Value writes a null.
    using Cells = std::vector<std::pair<std::string_view, Value>>;
    /// Cells as debug text in the order of the columns asked for; "null" for none.
    using Row = std::vector<std::string>;
    struct Bound {
        Values prefix = {};
        bool is_inclusive = true;
    };
    struct Range {
        Bound from = {};
        Bound to = {};
        bool is_reversed = false;
        size_t rows_max = 1000;  // per page
    };
    /// Lets an asynchronous store work until the condition holds.
    using RunUntil = std::function<void(const std::function<bool()>&)>;

    explicit TableDriver(Table& table, RunUntil run_until = {})
        : table_(table), run_until_(std::move(run_until)) {}

    [[nodiscard]] std::string key(const Values& values) const;

    Result<void> upsert(const Values& key_values, const Cells& cells, int64_t timestamp,
                        int64_t ttl_seconds = 0);
    Result<void> delete_row(const Values& key_values, int64_t timestamp);
    Result<void> delete_partition(const Values& key_values, int64_t timestamp);
    Result<void> delete_columns(const Values& key_values,
                                const std::vector<std::string_view>& columns, int64_t timestamp);
    Result<void> delete_range(const Values& partition_key, const Bound& from, const Bound& to,
                              int64_t timestamp);
    /// One mutation as it is.
    Result<void> write(const Mutation& mutation);

    /// nullopt: no such row.
    Result<std::optional<Row>> read(const Values& key_values,
                                    const std::vector<std::string_view>& columns);
    /// All rows of a partition, page by page.
    Result<std::vector<Row>> rows(const Values& partition_key,
                                  const std::vector<std::string_view>& columns, const Range& range);
    Result<std::vector<Row>> rows(const Values& partition_key,
                                  const std::vector<std::string_view>& columns) {
        return rows(partition_key, columns, Range());
    }

  private:
    [[nodiscard]] std::vector<size_t> indexes(const std::vector<std::string_view>& columns) const;
    [[nodiscard]] std::string cell_text(size_t column,
                                        const std::optional<std::string_view>& cell) const;
    /// Encoded clustering columns.
    [[nodiscard]] std::string prefix(const Values& values) const;
    void wait(const std::function<bool()>& is_done) const {
        if (run_until_) run_until_(is_done);
    }

    Table& table_;
    RunUntil run_until_;
};

}  // namespace messina::table::testing
