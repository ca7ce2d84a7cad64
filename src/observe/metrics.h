// Metrics: a registry for the process, and for each worker a set of cells of its own.
//
//   Metrics metrics(registry);                                      // one for each worker thread
//   Counter& records_in = metrics.counter(kRecordsIn, {{"pipeline", name}});   // at start
//   records_in.add(batch.records.size());                                      // for each batch
//
// A cell has one writer and needs neither lock nor locked instruction; a scrape adds up the cells
// of all workers. When a Metrics goes away, what it counted stays in the totals.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "observe/histogram.h"
#include "observe/metric_table.h"

namespace messina::observe {

// Each cell has a cache line (or more) of its own, so that two workers never share one.

class alignas(64) Counter {
  public:
    using Total = uint64_t;
    static constexpr bool kIsCumulative = true;

    void add(uint64_t count = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }
    /// Of a counter in seconds.
    void add(Nanos duration) { add(static_cast<uint64_t>(duration.count())); }
    /// Takes over a total that is counted elsewhere and never goes down.
    void set_total(uint64_t total) { value_.store(total, std::memory_order_relaxed); }
    [[nodiscard]] uint64_t value() const { return value_.load(std::memory_order_relaxed); }
    void add_to(Total& total) const { total += value(); }

  private:
    std::atomic<uint64_t> value_{0};
};

class alignas(64) Gauge {
  public:
    using Total = double;
    static constexpr bool kIsCumulative = false;

    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }
    void add_to(Total& total) const { total += value(); }

  private:
    std::atomic<double> value_{0};
};

/// Time since the last mark, reckoned when someone looks.
class alignas(64) Age {
  public:
    /// The oldest mark of all cells, or Instant::max() when there is none.
    struct Total {
        Instant oldest = Instant::max();
    };
    static constexpr bool kIsCumulative = false;

    explicit Age(Instant born) : mark_(born.time_since_epoch().count()) {}
    void mark(Instant now) {
        mark_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }
    void add_to(Total& total) const {
        const Instant mark{Nanos(mark_.load(std::memory_order_relaxed))};
        if (mark < total.oldest) total.oldest = mark;
    }

  private:
    std::atomic<int64_t> mark_;
};

struct Label {
    std::string_view name;
    std::string_view value;
};
/// Exactly the declared labels, in any order.
using Labels = std::initializer_list<Label>;

/// One series at the moment of a scrape: a counter's total, a gauge's or an age's value, a
/// histogram's cells. Counters of seconds are in nanoseconds.
struct SeriesSnapshot {
    std::vector<std::string> label_values;  // in the declared order
    std::variant<uint64_t, double, HistogramSnapshot> value;
};
struct MetricSnapshot {
    const MetricSpec* spec;
    std::vector<SeriesSnapshot> series;
};

class Metrics;

/// All series of the process. Thread-safe. Series are never forgotten (a counter must not go back),
/// but for gauges that were given back; past kSeriesMax of a metric, new ones are counted together
/// with every label "other".
class MetricRegistry {
  public:
    static constexpr size_t kSeriesMax = 1000;

    /// `clock` and `specs` must outlive the registry.
    explicit MetricRegistry(Clock& clock, std::span<const MetricSpec* const> specs = kAllMetrics);
    MetricRegistry(const MetricRegistry&) = delete;
    MetricRegistry& operator=(const MetricRegistry&) = delete;

    /// Every metric in the declared order, those without a series too.
    [[nodiscard]] std::vector<MetricSnapshot> scrape();

    /// Sums over the series that have these label values (any subset of the labels).
    [[nodiscard]] uint64_t total(const CounterSpec& spec, Labels matching = {});
    [[nodiscard]] double total(const GaugeSpec& spec, Labels matching = {});
    [[nodiscard]] HistogramSnapshot total(const HistogramSpec& spec, Labels matching = {});
    /// Of all series of the metric of that name, with or without "messina_": the sum, a histogram's
    /// number of values, the greatest age. Empty when there is no such metric.
    [[nodiscard]] std::optional<double> total(std::string_view name);

  private:
    friend class Metrics;
    using LabelValues = std::vector<std::string>;

    template <class Cell>
    struct Series {
        std::vector<const Cell*> cells;
        typename Cell::Total retired{};  // what cells that are gone had counted

        [[nodiscard]] typename Cell::Total total() const;
    };
    template <class Cell>
    struct Family {
        const MetricSpec* spec;
        std::map<LabelValues, Series<Cell>> series;

        [[nodiscard]] MetricSnapshot snapshot(Instant now) const;
    };
    using AnyFamily = std::variant<Family<Counter>, Family<Gauge>, Family<Age>, Family<Histogram>>;

    template <class Cell>
    Family<Cell>& family(const MetricSpec& spec);
    template <class Cell>
    Series<Cell>& series(const MetricSpec& spec, Labels labels);
    void remove(const Series<Gauge>& series);
    template <class Cell>
    typename Cell::Total sum(const MetricSpec& spec, Labels matching);

    Clock& clock_;
    std::mutex mutex_;
    std::vector<AnyFamily> families_;
    std::list<std::function<void()>> before_scrape_;
};

/// The cells of one writer, usually a worker thread. The references it gives live as long as it
/// does; asking again for the same series gives the same cell.
class Metrics {
  public:
    /// `registry` must outlive it.
    explicit Metrics(MetricRegistry& registry) : registry_(registry) {}
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    Counter& counter(const CounterSpec& spec, Labels labels = {});
    Gauge& gauge(const GaugeSpec& spec, Labels labels = {});
    /// Ends a gauge of this Metrics: what it told of is no longer here. Its series goes with its
    /// last writer.
    void give_back(const Gauge& gauge);
    /// Young from now on.
    Age& age(const AgeSpec& spec, Labels labels = {});
    Histogram& histogram(const HistogramSpec& spec, Labels labels = {});

    /// Calls `refresh` before each scrape, on the thread that scrapes, until this Metrics goes
    /// away. It may write cells that nobody else writes and must not ask for new ones.
    void before_scrape(std::function<void()> refresh);

  private:
    template <class Cell>
    struct Owned {
        template <class... Args>
        explicit Owned(MetricRegistry::Series<Cell>& of, Args... args)
            : series(of), cell(args...) {}

        MetricRegistry::Series<Cell>& series;
        Cell cell;
    };
    template <class Cell>
    using Cells = std::list<Owned<Cell>>;

    template <class Cell, class... Args>
    Cell& own(const MetricSpec& spec, Labels labels, Args... args);
    template <class Cell>
    void retire(Cells<Cell>& cells);

    MetricRegistry& registry_;
    std::tuple<Cells<Counter>, Cells<Gauge>, Cells<Age>, Cells<Histogram>> cells_;
    std::vector<std::list<std::function<void()>>::iterator> refreshers_;
};

}  // namespace messina::observe
