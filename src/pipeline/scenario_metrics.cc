#include "pipeline/scenario_metrics.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/nearest.h"

namespace messina::pipeline {
namespace {

std::string_view short_name(std::string_view name) {
    constexpr std::string_view prefix = "messina_";
    constexpr std::string_view suffix = "_total";
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return name;
}

Result<const observe::MetricSpec*> find_counter(const config::Node& name) {
    std::vector<std::string_view> known;
    for (const observe::MetricSpec* spec : observe::kAllMetrics) {
        if (spec->kind != observe::MetricKind::Counter || spec->label_count == 0) continue;
        if (short_name(spec->name) == short_name(name.scalar)) return spec;
        known.push_back(short_name(spec->name));
    }
    return fail(config::error_at(name.mark, "scenario.unknown_metric",
                                 fmt::format("there is no counter '{}'", name.scalar),
                                 did_you_mean(short_name(name.scalar), known)));
}

Result<uint64_t> read_count(const config::Node& node) {
    uint64_t count = 0;
    const char* end = node.scalar.data() + node.scalar.size();
    const auto parsed = std::from_chars(node.scalar.data(), end, count);
    if (node.kind != config::NodeKind::Scalar || parsed.ec != std::errc() || parsed.ptr != end)
        return fail(config::error_at(node.mark, "scenario.form", "expected a count"));
    return count;
}

/// The counter's total, of one value of its second label or of all.
uint64_t total(observe::MetricRegistry& registry, const observe::MetricSpec& spec,
               std::string_view pipeline, std::optional<std::string_view> second) {
    uint64_t sum = 0;
    for (const observe::MetricSnapshot& metric : registry.scrape()) {
        if (metric.spec != &spec) continue;
        for (const observe::SeriesSnapshot& series : metric.series)
            if (series.label_values.at(0) == pipeline &&
                (!second || series.label_values.at(1) == *second))
                sum += std::get<uint64_t>(series.value);
    }
    return sum;
}

}  // namespace

Result<void> compare_metrics(const config::Node& expected, observe::MetricRegistry& registry,
                             const std::string& pipeline, std::vector<std::string>& differences) {
    if (expected.kind != config::NodeKind::Map)
        return fail(config::error_at(expected.mark, "scenario.form", "expected a map of counters"));
    const auto compare = [&](const observe::MetricSpec& spec, const config::Node& node,
                             std::optional<std::string_view> second) -> Result<void> {
        MESSINA_TRY(const uint64_t count, read_count(node));
        const uint64_t actual = total(registry, spec, pipeline, second);
        if (actual == count) return {};
        differences.push_back(fmt::format(
            "metrics: {}{} differs\n    expected: {}\n    actual:   {}\n", short_name(spec.name),
            second ? fmt::format(" of {}", *second) : "", count, actual));
        return {};
    };
    for (const auto& [name, node] : expected.entries) {
        MESSINA_TRY(const observe::MetricSpec* spec, find_counter(name));
        if (node.kind != config::NodeKind::Map) {
            MESSINA_TRY_VOID(compare(*spec, node, std::nullopt));
            continue;
        }
        if (spec->label_count < 2)
            return fail(config::error_at(
                node.mark, "scenario.form",
                fmt::format("{} is one count for the whole pipeline", short_name(spec->name))));
        for (const auto& [second, count] : node.entries)
            MESSINA_TRY_VOID(compare(*spec, count, second.scalar));
    }
    return {};
}

}  // namespace messina::pipeline
