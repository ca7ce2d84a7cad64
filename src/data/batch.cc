#include "data/batch.h"

#include <algorithm>
#include <numeric>

namespace messina {

void Batch::make_rows(size_t slot_count, size_t site_count) {
    slot_count_ = slot_count;
    site_count_ = site_count;
    const size_t rows = records.size();
    row_record_.resize(rows);
    std::iota(row_record_.begin(), row_record_.end(), RowIndex{0});
    live_ = row_record_;
    is_failed_.assign(rows, false);
    slots_ = arena.make_array<Value>(rows * slot_count);
    sites_ = arena.make_array<Site>(rows * site_count);
    for (const RowFailure& failure : failures) is_failed_[failure.record] = true;
    remove_failed();
}

void Batch::remake_rows(const std::vector<RowIndex>& from) {
    Value* slots = arena.make_array<Value>(from.size() * slot_count_);
    Site* sites = arena.make_array<Site>(from.size() * site_count_);
    std::vector<RowIndex> row_record(from.size());
    for (size_t i = 0; i < from.size(); ++i) {
        std::copy_n(this->slots(from[i]), slot_count_, slots + i * slot_count_);
        std::copy_n(this->sites(from[i]), site_count_, sites + i * site_count_);
        row_record[i] = row_record_[from[i]];
    }
    slots_ = slots;
    sites_ = sites;
    row_record_ = std::move(row_record);
    live_.resize(from.size());
    std::iota(live_.begin(), live_.end(), RowIndex{0});
    is_failed_.assign(from.size(), false);
}

void Batch::fail_row(RowIndex row, std::string_view step, Error error) {
    if (is_failed_[row]) return;
    is_failed_[row] = true;
    failures.push_back({row_record_[row], row, std::string(step), std::move(error)});
}

const Error* Batch::failure_of(RowIndex row, size_t first) const {
    if (!has_failed(row)) return nullptr;
    for (size_t i = first; i < failures.size(); ++i)
        if (failures[i].row == row) return &failures[i].error;
    return nullptr;
}

void Batch::remove_failed() {
    if (failures.empty()) return;
    retain([this](RowIndex row) { return !is_failed_[row]; });
}

void Batch::reset() {
    records.clear();
    chunks.clear();
    failures.clear();
    schema.reset();
    topic = {};
    dropped = 0;
    row_record_.clear();
    live_.clear();
    is_failed_.clear();
    slots_ = nullptr;
    sites_ = nullptr;
    arena.reset();
}

size_t Batch::bytes() const {
    size_t raw = 0;
    for (const Record& record : records) raw += record.raw.size() + record.key.size();
    return raw + arena.bytes_reserved();
}

}  // namespace messina
