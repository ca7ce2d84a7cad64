// How a metric is declared: once, in metric_table.h, with name, unit, help and labels. The type of
// the constant says what kind of cell it has, so a counter cannot be asked for as a histogram.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace messina::observe {

enum class MetricKind : uint8_t {
    Counter,    // only goes up
    Gauge,      // goes up and down; a series is the sum of its writers' cells
    Age,        // a gauge: time since the oldest of its writers' marks
    Histogram,  // durations
};

/// What a value is shown in. Writers count bytes in bytes and time in nanoseconds.
enum class Unit : uint8_t { None, Bytes, Seconds };

/// A label with a closed set of values has a series for each of them as soon as there is one.
struct LabelSpec {
    std::string_view name;
    std::span<const std::string_view> values = {};

    constexpr LabelSpec() = default;
    constexpr LabelSpec(const char* label_name) : name(label_name) {}  // NOLINT
    constexpr LabelSpec(std::string_view label_name, std::span<const std::string_view> closed)
        : name(label_name), values(closed) {}
};

struct MetricSpec {
    static constexpr size_t kLabelsMax = 4;

    MetricKind kind;
    std::string_view name;  // as exposed: messina_…_total, …_seconds, …_bytes
    Unit unit;
    std::string_view help;  // one sentence
    size_t label_count;
    std::array<LabelSpec, kLabelsMax> label_array;

    [[nodiscard]] constexpr std::span<const LabelSpec> labels() const {
        return std::span(label_array).first(label_count);
    }
};

template <MetricKind Kind>
struct TypedMetricSpec : MetricSpec {
    template <class... Labels>
    constexpr TypedMetricSpec(std::string_view metric_name, Unit metric_unit,
                              std::string_view prose, Labels... label_specs)
        : MetricSpec{Kind,  metric_name,       metric_unit,
                     prose, sizeof...(Labels), {LabelSpec(label_specs)...}} {
        static_assert(sizeof...(Labels) <= kLabelsMax);
    }
};

using CounterSpec = TypedMetricSpec<MetricKind::Counter>;
using GaugeSpec = TypedMetricSpec<MetricKind::Gauge>;
using AgeSpec = TypedMetricSpec<MetricKind::Age>;
using HistogramSpec = TypedMetricSpec<MetricKind::Histogram>;

}  // namespace messina::observe
