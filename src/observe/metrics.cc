#include "observe/metrics.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "observe/escape.h"

namespace messina::observe {
namespace {

constexpr std::string_view kPrefix = "messina_";

size_t label_index(const MetricSpec& spec, std::string_view name) {
    const auto labels = spec.labels();
    const auto found = std::find_if(labels.begin(), labels.end(),
                                    [&](const LabelSpec& label) { return label.name == name; });
    MESSINA_CHECK(found != labels.end(), fmt::format("{} has no label {}", spec.name, name));
    return static_cast<size_t>(found - labels.begin());
}

/// The values in the declared order; every label must be there once.
std::vector<std::string> in_declared_order(const MetricSpec& spec, Labels labels) {
    MESSINA_CHECK(labels.size() == spec.label_count,
                  fmt::format("{} has {} labels", spec.name, spec.label_count));
    std::vector<std::string> values(spec.label_count);
    std::vector<bool> is_set(spec.label_count);
    for (const Label& label : labels) {
        const size_t index = label_index(spec, label.name);
        MESSINA_CHECK(!is_set[index], fmt::format("{}: {} twice", spec.name, label.name));
        is_set[index] = true;
        values[index] = to_utf8(label.value);
    }
    return values;
}

bool matches(const MetricSpec& spec, const std::vector<std::string>& values, Labels wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const Label& label) {
        return values[label_index(spec, label.name)] == label.value;
    });
}

uint64_t value_at(uint64_t total, Instant) {
    return total;
}
double value_at(double total, Instant) {
    return total;
}
HistogramSnapshot value_at(HistogramSnapshot total, Instant) {
    return total;
}
double value_at(Age::Total total, Instant now) {
    if (total.oldest >= now) return 0;
    return std::chrono::duration<double>(now - total.oldest).count();
}

void add_up(uint64_t& sum, uint64_t value) {
    sum += value;
}
void add_up(double& sum, double value) {
    sum += value;
}
void add_up(HistogramSnapshot& sum, const HistogramSnapshot& value) {
    sum.add(value);
}

void add_up(Age::Total& sum, Age::Total value) {
    sum.oldest = std::min(sum.oldest, value.oldest);
}

double to_number(double value, const MetricSpec&) {
    return value;
}
double to_number(const HistogramSnapshot& value, const MetricSpec&) {
    return static_cast<double>(value.count());
}
double to_number(uint64_t value, const MetricSpec& spec) {
    return static_cast<double>(value) * (spec.unit == Unit::Seconds ? 1e-9 : 1);
}

}  // namespace

template <class Cell>
typename Cell::Total MetricRegistry::Series<Cell>::total() const {
    typename Cell::Total sum = retired;
    for (const Cell* cell : cells) cell->add_to(sum);
    return sum;
}

template <class Cell>
MetricSnapshot MetricRegistry::Family<Cell>::snapshot(Instant now) const {
    MetricSnapshot taken{spec, {}};
    taken.series.reserve(series.size());
    for (const auto& [values, one] : series)
        taken.series.push_back({values, value_at(one.total(), now)});
    return taken;
}

MetricRegistry::MetricRegistry(Clock& clock, std::span<const MetricSpec* const> specs)
    : clock_(clock) {
    const auto make = [](const MetricSpec* spec) -> AnyFamily {
        switch (spec->kind) {
            case MetricKind::Counter: return Family<Counter>{spec, {}};
            case MetricKind::Gauge: return Family<Gauge>{spec, {}};
            case MetricKind::Age: return Family<Age>{spec, {}};
            case MetricKind::Histogram: break;
        }
        return Family<Histogram>{spec, {}};
    };
    families_.reserve(specs.size());
    for (const MetricSpec* spec : specs) {
        AnyFamily& family = families_.emplace_back(make(spec));
        // A metric without labels has its one series from the start.
        if (spec->label_count == 0)
            std::visit([](auto& one) { one.series[LabelValues()]; }, family);
    }
}

template <class Cell>
MetricRegistry::Family<Cell>& MetricRegistry::family(const MetricSpec& spec) {
    for (AnyFamily& any : families_) {
        auto* found = std::get_if<Family<Cell>>(&any);
        if (found != nullptr && found->spec == &spec) return *found;
    }
    check_failed(__FILE__, __LINE__, "declared", fmt::format("{} is in no table", spec.name));
}

template <class Cell>
MetricRegistry::Series<Cell>& MetricRegistry::series(const MetricSpec& spec, Labels labels) {
    auto& all = family<Cell>(spec).series;
    LabelValues values = in_declared_order(spec, labels);
    if (const auto found = all.find(values); found != all.end()) return found->second;
    if (all.size() >= kSeriesMax) return all[LabelValues(spec.label_count, "other")];
    for (size_t i = 0; i < spec.label_count; ++i) {
        LabelValues sibling = values;
        for (const std::string_view value : spec.label_array[i].values) {
            sibling[i] = value;
            all[sibling];
        }
    }
    return all[std::move(values)];
}

void MetricRegistry::remove(const Series<Gauge>& series) {
    for (AnyFamily& any : families_)
        if (auto* family = std::get_if<Family<Gauge>>(&any))
            std::erase_if(family->series,
                          [&](const auto& entry) { return &entry.second == &series; });
}

std::vector<MetricSnapshot> MetricRegistry::scrape() {
    const std::lock_guard lock(mutex_);
    for (const auto& refresh : before_scrape_) refresh();
    const Instant now = clock_.instant();
    std::vector<MetricSnapshot> taken;
    taken.reserve(families_.size());
    for (const AnyFamily& any : families_)
        taken.push_back(std::visit([&](const auto& one) { return one.snapshot(now); }, any));
    return taken;
}

template <class Cell>
typename Cell::Total MetricRegistry::sum(const MetricSpec& spec, Labels matching) {
    const std::lock_guard lock(mutex_);
    typename Cell::Total sum{};
    for (const auto& [values, one] : family<Cell>(spec).series)
        if (matches(spec, values, matching)) add_up(sum, one.total());
    return sum;
}

uint64_t MetricRegistry::total(const CounterSpec& spec, Labels matching) {
    return sum<Counter>(spec, matching);
}
double MetricRegistry::total(const GaugeSpec& spec, Labels matching) {
    return sum<Gauge>(spec, matching);
}
HistogramSnapshot MetricRegistry::total(const HistogramSpec& spec, Labels matching) {
    return sum<Histogram>(spec, matching);
}

std::optional<double> MetricRegistry::total(std::string_view name) {
    const Instant now = clock_.instant();
    const std::lock_guard lock(mutex_);
    for (const AnyFamily& any : families_) {
        const auto total_of = [&]<class Cell>(const Family<Cell>& family) {
            typename Cell::Total sum{};
            for (const auto& [values, one] : family.series) add_up(sum, one.total());
            return to_number(value_at(std::move(sum), now), *family.spec);
        };
        const std::string_view full =
            std::visit([](const auto& family) { return family.spec->name; }, any);
        const bool is_meant =
            full == name || (full.starts_with(kPrefix) && full.substr(kPrefix.size()) == name);
        if (is_meant) return std::visit(total_of, any);
    }
    return {};
}

template <class Cell, class... Args>
Cell& Metrics::own(const MetricSpec& spec, Labels labels, Args... args) {
    const std::lock_guard lock(registry_.mutex_);
    MetricRegistry::Series<Cell>& series = registry_.series<Cell>(spec, labels);
    Cells<Cell>& cells = std::get<Cells<Cell>>(cells_);
    for (Owned<Cell>& owned : cells)
        if (&owned.series == &series) return owned.cell;
    Cell& cell = cells.emplace_back(series, args...).cell;
    series.cells.push_back(&cell);
    return cell;
}

Counter& Metrics::counter(const CounterSpec& spec, Labels labels) {
    return own<Counter>(spec, labels);
}
Gauge& Metrics::gauge(const GaugeSpec& spec, Labels labels) {
    return own<Gauge>(spec, labels);
}
Age& Metrics::age(const AgeSpec& spec, Labels labels) {
    return own<Age>(spec, labels, registry_.clock_.instant());
}
Histogram& Metrics::histogram(const HistogramSpec& spec, Labels labels) {
    return own<Histogram>(spec, labels);
}

void Metrics::give_back(const Gauge& gauge) {
    const std::lock_guard lock(registry_.mutex_);
    auto& gauges = std::get<Cells<Gauge>>(cells_);
    const auto owned = std::ranges::find(gauges, &gauge, [](const auto& one) { return &one.cell; });
    MESSINA_CHECK(owned != gauges.end(), "a gauge is given back to the Metrics that gave it");
    MetricRegistry::Series<Gauge>& series = owned->series;
    std::erase(series.cells, &gauge);
    gauges.erase(owned);
    if (series.cells.empty()) registry_.remove(series);
}

void Metrics::before_scrape(std::function<void()> refresh) {
    const std::lock_guard lock(registry_.mutex_);
    auto& all = registry_.before_scrape_;
    refreshers_.push_back(all.insert(all.end(), std::move(refresh)));
}

template <class Cell>
void Metrics::retire(Cells<Cell>& cells) {
    for (const Owned<Cell>& owned : cells) {
        if constexpr (Cell::kIsCumulative) owned.cell.add_to(owned.series.retired);
        std::erase(owned.series.cells, &owned.cell);
    }
}

Metrics::~Metrics() {
    const std::lock_guard lock(registry_.mutex_);
    for (const auto& refresher : refreshers_) registry_.before_scrape_.erase(refresher);
    std::apply([this](auto&... cells) { (retire(cells), ...); }, cells_);
}

}  // namespace messina::observe
