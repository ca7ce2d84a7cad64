// Conformance: random writes, applied in two orders, against a model that is too simple to be
// wrong.
#pragma once

#include <algorithm>
#include <map>

#include "base/random.h"
#include "table/testing/store_conformance.h"

namespace messina::table::testing {

/// Keeps all writes and looks through them for every question.
class ModelTable {
  public:
    enum class Kind : uint8_t { Upsert, DeleteRow, DeletePartition, DeleteRange, DeleteColumns };
    struct Write {
        Kind kind = Kind::Upsert;
        int64_t partition = 0;
        int64_t row = 0;
        int64_t row_end = 0;  // DeleteRange: rows in [row, row_end]
        bool has_v = false;
        bool has_w = false;
        std::optional<int64_t> v;  // nullopt: null
        std::optional<int64_t> w;
        int64_t timestamp = 0;
    };
    void add(const Write& write) { writes_.push_back(write); }

    /// "[row v w]" of each row in order.
    [[nodiscard]] std::string show(int64_t partition, int64_t rows_max) const {
        std::string all;
        for (int64_t row = 0; row < rows_max; ++row) all += show_row(partition, row);
        return all;
    }

  private:
    [[nodiscard]] std::string show_row(int64_t partition, int64_t row) const {
        const int64_t deleted = deleted_at(partition, row);
        bool exists = false;
        for (const Write& write : writes_)
            exists = exists || (write.kind == Kind::Upsert && write.partition == partition &&
                                write.row == row && write.timestamp > deleted);
        const auto v = cell(partition, row, deleted, &Write::has_v, &Write::v);
        const auto w = cell(partition, row, deleted, &Write::has_w, &Write::w);
        if (!exists && !v && !w) return "";
        const auto text = [](const std::optional<int64_t>& value) {
            return value ? std::to_string(*value) : std::string("null");
        };
        return "[" + std::to_string(row) + " " + text(v) + " " + text(w) + "]";
    }
    [[nodiscard]] int64_t deleted_at(int64_t partition, int64_t row) const {
        int64_t latest = INT64_MIN;
        for (const Write& write : writes_) {
            if (write.partition != partition) continue;
            const bool is_hit =
                write.kind == Kind::DeletePartition ||
                (write.kind == Kind::DeleteRow && write.row == row) ||
                (write.kind == Kind::DeleteRange && write.row <= row && row <= write.row_end);
            if (is_hit) latest = std::max(latest, write.timestamp);
        }
        return latest;
    }
    [[nodiscard]] std::optional<int64_t> cell(int64_t partition, int64_t row, int64_t deleted,
                                              bool Write::* has,
                                              std::optional<int64_t> Write::* value) const {
        int64_t latest = INT64_MIN;
        std::optional<int64_t> winner;
        for (const Write& write : writes_) {
            if (write.partition != partition || write.row != row || !(write.*has)) continue;
            if (write.kind != Kind::Upsert && write.kind != Kind::DeleteColumns) continue;
            if (write.timestamp <= deleted || write.timestamp < latest) continue;
            const std::optional<int64_t> offered =
                write.kind == Kind::Upsert ? write.*value : std::nullopt;
            if (write.timestamp > latest)
                winner = offered;
            else if (!offered || !winner)
                winner = std::nullopt;  // a deletion wins
            else
                winner = std::max(*winner, *offered);  // all are ≥ 0: bytes sort as numbers
            latest = write.timestamp;
        }
        return winner;
    }

    std::vector<Write> writes_;
};

inline ModelTable::Write random_write(Random& random, int64_t partitions, int64_t rows) {
    using Kind = ModelTable::Kind;
    const auto below = [&](int64_t bound) {
        return static_cast<int64_t>(random.below(static_cast<uint64_t>(bound)));
    };
    ModelTable::Write write;
    const int64_t dice = below(20);
    write.kind = dice < 12   ? Kind::Upsert
                 : dice < 14 ? Kind::DeleteRow
                 : dice < 15 ? Kind::DeletePartition
                 : dice < 17 ? Kind::DeleteRange
                             : Kind::DeleteColumns;
    write.partition = below(partitions);
    write.row = below(rows);
    write.row_end = write.row + below(4);
    write.has_v = random.chance(0.7);
    write.has_w = random.chance(0.5) || !write.has_v;
    if (random.chance(0.8)) write.v = below(100);
    if (random.chance(0.8)) write.w = below(100);
    write.timestamp = below(40);
    return write;
}

inline Result<void> apply_write(TableDriver& t, const ModelTable::Write& write) {
    using Kind = ModelTable::Kind;
    const Value partition = Value::integer(write.partition);
    const Value row = Value::integer(write.row);
    const auto value = [](const std::optional<int64_t>& cell) {
        return cell ? Value::integer(*cell) : Value::null();
    };
    TableDriver::Cells cells;
    std::vector<std::string_view> columns;
    if (write.has_v) cells.emplace_back("v", value(write.v));
    if (write.has_w) cells.emplace_back("w", value(write.w));
    for (const auto& cell : cells) columns.push_back(cell.first);
    switch (write.kind) {
        case Kind::Upsert: return t.upsert({partition, row}, cells, write.timestamp);
        case Kind::DeleteRow: return t.delete_row({partition, row}, write.timestamp);
        case Kind::DeletePartition: return t.delete_partition({partition}, write.timestamp);
        case Kind::DeleteRange:
            return t.delete_range({partition}, {{row}}, {{Value::integer(write.row_end)}},
                                  write.timestamp);
        case Kind::DeleteColumns:
            return t.delete_columns({partition, row}, columns, write.timestamp);
    }
    return {};
}

TEST_P(StoreConformance, ComesToTheSameRowsInAnyOrderOfWrites) {
    constexpr int64_t partitions = 3;
    constexpr int64_t rows = 8;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed);
        ModelTable model;
        std::vector<ModelTable::Write> writes;
        for (int i = 0; i < 60; ++i) {
            writes.push_back(random_write(random, partitions, rows));
            model.add(writes.back());
        }
        for (int order = 0; order < 2; ++order) {
            TableDriver& t = open(make_schema("random", {.partition_key = {"p int"},
                                                         .clustering_key = {"c int"},
                                                         .columns = {"v int", "w int"}}));
            for (size_t i = writes.size(); i > 1; --i)
                std::swap(writes[i - 1], writes[random.below(i)]);
            for (const ModelTable::Write& write : writes) good(apply_write(t, write));
            for (int64_t p = 0; p < partitions; ++p) {
                const std::string expected = model.show(p, rows);
                EXPECT_EQ(show(t.rows({number(p)}, {"c", "v", "w"}, {.rows_max = 3})), expected)
                    << "seed " << seed;
                std::string by_key;
                for (int64_t c = 0; c < rows; ++c) {
                    const std::string row = show(t.read({number(p), number(c)}, {"c", "v", "w"}));
                    if (row != "none") by_key += row;
                }
                EXPECT_EQ(by_key, expected) << "seed " << seed;
            }
        }
    }
}

}  // namespace messina::table::testing
