#include "cli/summary.h"

#include <fmt/format.h>

#include "codec/json.h"
#include "config/option.h"
#include "observe/progress.h"

namespace messina::cli {
namespace {

double seconds_of(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string quoted(const std::string& text) {
    return codec::to_json(Value::string(text));
}

}  // namespace

uint64_t Summary::records_out() const {
    uint64_t records = 0;
    for (const Sink& sink : sinks) records += sink.records;
    return records;
}

std::string Summary::to_text() const {
    using observe::format_count;
    const double seconds = seconds_of(elapsed);
    std::string text = fmt::format(
        "{}: {} in, {:.2f} s, {}, peak memory {:.0f} MB\n", pipeline, format_count(records_in),
        seconds, observe::format_rate(seconds > 0 ? static_cast<double>(records_in) / seconds : 0),
        static_cast<double>(memory_peak_bytes) / 1e6);
    for (const Step& step : steps) {
        if (step.dropped > 0)
            text += fmt::format("  dropped  {:>12}  by {} ({})\n", format_count(step.dropped),
                                step.name, step.what);
        if (step.failed > 0)
            text += fmt::format("  failed   {:>12}  in {}\n", format_count(step.failed), step.name);
    }
    for (const Table& table : tables) {
        if (table.hits + table.misses > 0)
            text +=
                fmt::format("  lookup   {:>12}  found in {}, {} missing ({:.1f} % from cache)\n",
                            format_count(table.hits), table.name, format_count(table.misses),
                            100.0 * static_cast<double>(table.cache_hits) /
                                static_cast<double>(table.hits + table.misses));
        if (table.writes > 0)
            text += fmt::format("  written  {:>12}  rows to {}\n", format_count(table.writes),
                                table.name);
    }
    for (const Sink& sink : sinks)
        text += fmt::format("  out      {:>12}  {} ({})\n", format_count(sink.records), sink.name,
                            sink.what);
    if (dead_letters > 0)
        text += fmt::format("  dead     {:>12}  to the dead letters\n", format_count(dead_letters));
    if (retries > 0) text += fmt::format("  retried  {:>12}\n", format_count(retries));
    return text;
}

std::string Summary::to_json() const {
    std::string text = fmt::format(
        "{{\"pipeline\":{},\"records_in\":{},\"bytes_in\":{},\"records_done\":{},\"dead_letters\":{"
        "},\"retries\":{},\"seconds\":{:.6f},"
        "\"cpu_seconds\":{:.6f},\"memory_peak_bytes\":{},\"latency_p50_us\":{:.1f},\"latency_p99_"
        "us\":{:.1f},\"steps\":[",
        quoted(pipeline), records_in, bytes_in, records_done, dead_letters, retries,
        seconds_of(elapsed), seconds_of(cpu), memory_peak_bytes, seconds_of(latency_p50) * 1e6,
        seconds_of(latency_p99) * 1e6);
    const auto separate = [&text](bool is_first) { text += is_first ? "" : ","; };
    for (const Step& step : steps) {
        separate(&step == &steps.front());
        text += fmt::format("{{\"name\":{},\"dropped\":{},\"failed\":{},\"seconds\":{:.6f}}}",
                            quoted(step.name), step.dropped, step.failed, step.seconds);
    }
    text += "],\"tables\":[";
    for (const Table& table : tables) {
        separate(&table == &tables.front());
        text += fmt::format(
            "{{\"name\":{},\"hits\":{},\"misses\":{},\"cache_hits\":{},\"cache_misses\":{},"
            "\"shared\":{},\"writes\":{}}}",
            quoted(table.name), table.hits, table.misses, table.cache_hits, table.cache_misses,
            table.shared, table.writes);
    }
    text += "],\"sinks\":[";
    for (const Sink& sink : sinks) {
        separate(&sink == &sinks.front());
        text += fmt::format("{{\"name\":{},\"records\":{},\"bytes\":{}}}", quoted(sink.name),
                            sink.records, sink.bytes);
    }
    return text + "]}\n";
}

}  // namespace messina::cli
