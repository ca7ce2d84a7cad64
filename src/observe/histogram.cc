#include "observe/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace messina::observe {

using namespace histogram_layout;

void Histogram::add_to(Total& total) const {
    for (size_t cell = 0; cell < kCells; ++cell)
        total.add(cell, cells_[cell].load(std::memory_order_relaxed));
    total.add_seconds(sum_seconds_.load(std::memory_order_relaxed));
}

uint64_t HistogramSnapshot::count() const {
    return std::accumulate(cells_.begin(), cells_.end(), uint64_t{0});
}

void HistogramSnapshot::add(const HistogramSnapshot& other) {
    for (size_t cell = 0; cell < kCells; ++cell) cells_[cell] += other.cells_[cell];
    sum_seconds_ += other.sum_seconds_;
}

uint64_t HistogramSnapshot::count_up_to_step(size_t step) const {
    const auto end = cells_.begin() + static_cast<ptrdiff_t>(step * kCellsPerStep + 1);
    return std::accumulate(cells_.begin(), end, uint64_t{0});
}

Nanos HistogramSnapshot::quantile(double q) const {
    const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count());
    double below = 0;
    for (size_t cell = 0; cell + 1 < kCells; ++cell) {
        if (cells_[cell] == 0) continue;
        const auto inside = static_cast<double>(cells_[cell]);
        if (below + inside >= rank) {
            const auto begin = cell == 0 ? 0.0 : static_cast<double>(kBounds[cell - 1]);
            const auto end = static_cast<double>(kBounds[cell]);
            return Nanos(std::llround(begin + (end - begin) * (rank - below) / inside));
        }
        below += inside;
    }
    return Nanos(below < rank ? static_cast<int64_t>(kBounds.back()) : 0);
}

}  // namespace messina::observe
