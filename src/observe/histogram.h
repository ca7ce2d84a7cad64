// Durations in fine cells. Buckets that are wider than what they measure turn every quantile into
// an artefact of interpolation (a bucket 0…500 µs always says "P50 = 250 µs"); here a cell is at
// most 5 % wide from 100 ns to 1000 s, so a P50 of 20 µs is one.
//
// Ten steps a decade (1, 1.25, 1.6, 2 …) are the bounds that /metrics shows, from 1 µs to 100 s;
// each step is cut into six cells for our own quantiles.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace messina::observe {

namespace histogram_layout {

inline constexpr size_t kDecades = 10;  // from 100 ns
inline constexpr size_t kStepsPerDecade = 10;
inline constexpr size_t kCellsPerStep = 6;
inline constexpr size_t kSteps = kDecades * kStepsPerDecade;
/// Cell 0 ends at 100 ns, the last one holds what is longer than 1000 s.
inline constexpr size_t kCells = kSteps * kCellsPerStep + 2;

/// Where step `index` begins, in nanoseconds; step kSteps is the end of the last.
constexpr uint64_t step_bound(size_t index) {
    constexpr std::array<uint64_t, kStepsPerDecade> hundredths = {100, 125, 160, 200, 250,
                                                                  320, 400, 500, 630, 800};
    uint64_t decade = 1;
    for (size_t i = 0; i < index / kStepsPerDecade; ++i) decade *= 10;
    return hundredths[index % kStepsPerDecade] * decade;
}

/// The greatest nanoseconds of each cell but the last.
inline constexpr auto kBounds = [] {
    std::array<uint64_t, kCells - 1> bounds{};
    for (size_t step = 0; step < kSteps; ++step) {
        const uint64_t begin = step_bound(step);
        const uint64_t width = step_bound(step + 1) - begin;
        for (size_t cell = 0; cell < kCellsPerStep; ++cell)
            bounds[step * kCellsPerStep + cell] = begin + width * cell / kCellsPerStep;
    }
    bounds.back() = step_bound(kSteps);
    return bounds;
}();

/// Sixteen slots for each power of two: a number's top five bits, found without a division.
constexpr size_t slot_of(uint64_t nanos) {
    if (nanos < 16) return static_cast<size_t>(nanos);
    const auto octave = static_cast<size_t>(std::bit_width(nanos)) - 4;
    return octave * 16 + static_cast<size_t>((nanos >> (octave - 1)) & 15);
}

/// The first cell that a number of the slot can fall into.
inline constexpr auto kFirstCell = [] {
    std::array<uint16_t, slot_of(kBounds.back()) + 1> first{};
    uint16_t cell = 0;
    for (size_t slot = 0; slot < first.size(); ++slot) {
        const size_t octave = slot / 16;
        const uint64_t smallest = octave == 0 ? slot : (16 + slot % 16) << (octave - 1);
        while (kBounds[cell] < smallest) ++cell;
        first[slot] = cell;
    }
    return first;
}();

/// At most three comparisons: a slot is about as wide as two cells.
constexpr size_t cell_of(uint64_t nanos) {
    if (nanos > kBounds.back()) return kCells - 1;
    size_t cell = kFirstCell[slot_of(nanos)];
    while (kBounds[cell] < nanos) ++cell;
    return cell;
}

}  // namespace histogram_layout

/// What a histogram held at one moment; adds up over workers.
class HistogramSnapshot {
  public:
    [[nodiscard]] uint64_t count() const;
    [[nodiscard]] double sum_seconds() const { return sum_seconds_; }
    /// The duration that the share `q` (0…1) of all values does not exceed, within 2.5 % where
    /// cells are fine; zero when empty, 1000 s when beyond.
    [[nodiscard]] Nanos quantile(double q) const;
    /// How many values do not exceed step_bound(step).
    [[nodiscard]] uint64_t count_up_to_step(size_t step) const;

    void add(size_t cell, uint64_t count) { cells_[cell] += count; }
    void add_seconds(double seconds) { sum_seconds_ += seconds; }
    void add(const HistogramSnapshot& other);

  private:
    std::vector<uint64_t> cells_ = std::vector<uint64_t>(histogram_layout::kCells);
    double sum_seconds_ = 0;
};

/// One worker's cells: that worker alone records, anyone may read.
class alignas(64) Histogram {
  public:
    using Total = HistogramSnapshot;
    static constexpr bool kIsCumulative = true;

    /// `count` values of the same duration; a negative one (a clock was set back) counts as zero.
    void record(Nanos duration, uint64_t count = 1) {
        const Nanos value = duration < Nanos(0) ? Nanos(0) : duration;
        auto& cell = cells_[histogram_layout::cell_of(static_cast<uint64_t>(value.count()))];
        cell.store(cell.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
        const double seconds =
            static_cast<double>(value.count()) * 1e-9 * static_cast<double>(count);
        sum_seconds_.store(sum_seconds_.load(std::memory_order_relaxed) + seconds,
                           std::memory_order_relaxed);
    }
    void add_to(Total& total) const;

  private:
    std::array<std::atomic<uint64_t>, histogram_layout::kCells> cells_{};
    std::atomic<double> sum_seconds_{0};
};

}  // namespace messina::observe
