// Walks over a page of rows.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "cql/bytes.h"
#include "cql/transport.h"

namespace messina::cql {

class RowReader {
  public:
    explicit RowReader(const Rows& rows)
        : reader_(rows.bytes), rows_left_(rows.row_count), column_count_(rows.column_count) {}

    [[nodiscard]] bool has_next() const { return rows_left_ > 0; }
    /// Fills `cells`, one for each column; an empty optional is a null. False when the bytes are
    /// not what the page says, or there are not as many columns.
    bool next(std::span<std::optional<std::string_view>> cells) {
        if (cells.size() != column_count_) return false;
        --rows_left_;
        for (auto& cell : cells) {
            const auto size = reader_.take<int32_t>();
            if (!size) return false;
            cell = std::nullopt;
            if (*size < 0) continue;
            cell = reader_.take_bytes(static_cast<size_t>(*size));
            if (!cell) return false;
        }
        return true;
    }

  private:
    ByteReader reader_;
    uint32_t rows_left_;
    uint32_t column_count_;
};

/// Builds the values of a Request.
class ValueWriter {
  public:
    void clear() {
        bytes_.clear();
        count_ = 0;
    }
    void add(std::string_view value) {
        append_big_endian(bytes_, static_cast<int32_t>(value.size()));
        bytes_.append(value);
        ++count_;
    }
    template <std::integral T>
    void add_number(T value) {
        append_big_endian(bytes_, static_cast<int32_t>(sizeof value));
        append_big_endian(bytes_, value);
        ++count_;
    }
    void add_null() { add_size(-1); }
    /// Leaves a cell as it is, or an option at its default.
    void add_unset() { add_size(-2); }
    void add(const std::optional<std::string_view>& value) { value ? add(*value) : add_null(); }
    /// Values that have their sizes before them already.
    void add_encoded(std::string_view values, uint32_t count) {
        bytes_.append(values);
        count_ += count;
    }
    [[nodiscard]] std::string_view bytes() const { return bytes_.view(); }
    [[nodiscard]] uint32_t count() const { return count_; }

  private:
    void add_size(int32_t size) {
        append_big_endian(bytes_, size);
        ++count_;
    }
    Buffer bytes_;
    uint32_t count_ = 0;
};

}  // namespace messina::cql
