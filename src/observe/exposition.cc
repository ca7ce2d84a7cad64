#include "observe/exposition.h"

#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace messina::observe {
namespace {

using histogram_layout::kStepsPerDecade;
using histogram_layout::step_bound;

// The bounds shown: 1 µs to 100 s.
constexpr size_t kFirstStep = 1 * kStepsPerDecade;
constexpr size_t kLastStep = 9 * kStepsPerDecade;
static_assert(step_bound(kFirstStep) == 1'000 && step_bound(kLastStep) == 100'000'000'000);

constexpr double kSecondsPerNano = 1e-9;

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Cuts the part before the next `separator` off `text`.
std::string_view take_part(std::string_view& text, char separator) {
    const size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return trimmed(part);
}

/// The weight in the parameters of a media range; 1 when there is none, 0 when it makes no sense.
double quality(std::string_view parameters) {
    while (!parameters.empty()) {
        std::string_view value = take_part(parameters, ';');
        const std::string_view name = take_part(value, '=');
        if (name != "q" && name != "Q") continue;
        double q = 0;
        std::from_chars(value.data(), value.data() + value.size(), q, std::chars_format::fixed);
        return q > 0 && q <= 1 ? q : 0;
    }
    return 1;
}

std::string_view kind_text(MetricKind kind) {
    switch (kind) {
        case MetricKind::Counter: return "counter";
        case MetricKind::Gauge:
        case MetricKind::Age: return "gauge";
        case MetricKind::Histogram: break;
    }
    return "histogram";
}

class Writer {
  public:
    explicit Writer(ExpositionFormat format)
        : is_open_metrics_(format == ExpositionFormat::OpenMetrics) {}

    void metric(const MetricSnapshot& metric) {
        head(*metric.spec);
        for (const SeriesSnapshot& series : metric.series) {
            labels(*metric.spec, series.label_values);
            std::visit([&](const auto& value) { sample(*metric.spec, value); }, series.value);
        }
    }
    std::string take() {
        if (is_open_metrics_) out_ += "# EOF\n";
        return std::move(out_);
    }

  private:
    void head(const MetricSpec& spec) {
        std::string_view name = spec.name;
        // In OpenMetrics a counter's family has no suffix, only its sample has.
        if (is_open_metrics_ && spec.kind == MetricKind::Counter) name.remove_suffix(6);
        write("# HELP {} {}\n# TYPE {} {}\n", name, spec.help, name, kind_text(spec.kind));
        if (is_open_metrics_ && spec.unit == Unit::Seconds) write("# UNIT {} seconds\n", name);
        if (is_open_metrics_ && name.ends_with("_bytes")) write("# UNIT {} bytes\n", name);
    }

    /// Renders the labels once; a histogram repeats them for each of its buckets.
    void labels(const MetricSpec& spec, std::span<const std::string> values) {
        labels_.clear();
        for (size_t i = 0; i < values.size(); ++i) {
            if (i != 0) labels_ += ',';
            labels_ += spec.label_array[i].name;
            labels_ += "=\"";
            for (const char c : values[i]) {
                if (c == '\\' || c == '"') labels_ += '\\';
                if (c == '\n')
                    labels_ += "\\n";
                else
                    labels_ += c;
            }
            labels_ += '"';
        }
    }

    void sample(const MetricSpec& spec, uint64_t value) {
        if (spec.unit == Unit::Seconds)
            return line(spec.name, "", static_cast<double>(value) * kSecondsPerNano);
        line(spec.name, "", value);
    }
    void sample(const MetricSpec& spec, double value) { line(spec.name, "", value); }
    void sample(const MetricSpec& spec, const HistogramSnapshot& value) {
        const std::string_view comma = labels_.empty() ? "" : ",";
        for (size_t step = kFirstStep; step <= kLastStep; ++step) {
            const double bound = static_cast<double>(step_bound(step)) / 1e9;
            write("{}_bucket{{{}{}le=\"{}\"}} {}\n", spec.name, labels_, comma, number(bound),
                  value.count_up_to_step(step));
        }
        const uint64_t count = value.count();
        write("{}_bucket{{{}{}le=\"+Inf\"}} {}\n", spec.name, labels_, comma, count);
        line(spec.name, "_sum", value.sum_seconds());
        line(spec.name, "_count", count);
    }

    template <class T>
    void line(std::string_view name, std::string_view suffix, T value) {
        if (labels_.empty())
            write("{}{} {}\n", name, suffix, number(value));
        else
            write("{}{}{{{}}} {}\n", name, suffix, labels_, number(value));
    }

    [[nodiscard]] static std::string number(uint64_t value) { return fmt::format("{}", value); }
    [[nodiscard]] std::string number(double value) const {
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
        std::string text = fmt::format("{}", value);
        // OpenMetrics wants floats to look like floats, so that `le` compares as text.
        if (is_open_metrics_ && text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    template <class... Args>
    void write(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    }

    bool is_open_metrics_;
    std::string out_;
    std::string labels_;
};

}  // namespace

ExpositionFormat negotiate_exposition(std::string_view accept) {
    double open_metrics = 0;
    double plain = 0;
    while (!accept.empty()) {
        std::string_view range = take_part(accept, ',');
        const std::string_view type = take_part(range, ';');
        if (type == "application/openmetrics-text") open_metrics = quality(range);
        if (type == "text/plain") plain = quality(range);
    }
    return open_metrics > 0 && open_metrics >= plain ? ExpositionFormat::OpenMetrics
                                                     : ExpositionFormat::PrometheusText;
}

std::string_view content_type(ExpositionFormat format) {
    return format == ExpositionFormat::OpenMetrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string expose(std::span<const MetricSnapshot> metrics, ExpositionFormat format) {
    Writer writer(format);
    for (const MetricSnapshot& metric : metrics) writer.metric(metric);
    return writer.take();
}

}  // namespace messina::observe
