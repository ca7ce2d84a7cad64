#include "cli/reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "cel/cel.h"
#include "endpoint/format.h"
#include "observe/events.h"
#include "observe/metric_table.h"
#include "pipeline/catalog.h"
#include "pipeline/pipeline_sections.h"
#include "pipeline/scenario.h"

namespace messina::cli {
namespace {

using Sections = std::vector<const config::Section*>;

Sections sections_in(std::string_view page) {
    if (page == "pipeline")
        return {&pipeline::file_section(pipeline::FileForm::Single),
                &pipeline::file_section(pipeline::FileForm::Several)};
    if (page == "sources") return pipeline::sections_of(pipeline::source_kinds());
    if (page == "steps") return pipeline::sections_of(pipeline::step_kinds());
    if (page == "sinks") return pipeline::sections_of(pipeline::sink_kinds());
    if (page == "formats") return endpoint::format_sections();
    if (page == "scenario") return {&pipeline::scenario_section()};
    return {};
}

std::string_view kind_text(observe::MetricKind kind) {
    switch (kind) {
        case observe::MetricKind::Counter: return "counter";
        case observe::MetricKind::Histogram: return "histogram";
        case observe::MetricKind::Gauge:
        case observe::MetricKind::Age: return "gauge";
    }
    return "gauge";
}

std::string_view level_text(observe::LogLevel level) {
    switch (level) {
        case observe::LogLevel::Debug: return "debug";
        case observe::LogLevel::Info: return "info";
        case observe::LogLevel::Warn: return "warn";
        case observe::LogLevel::Error: return "error";
        case observe::LogLevel::Off: break;
    }
    return "off";
}

/// "name(signature): what it does" of the checker's own list, in two.
std::pair<std::string, std::string> split_function(const std::string& line) {
    const size_t colon = line.find("): ");
    if (colon == std::string::npos) return {line, ""};
    return {line.substr(0, colon + 1), line.substr(colon + 3)};
}

Listing list_functions() {
    Listing listing;
    for (const std::string& line : cel::function_reference())
        listing.push_back(split_function(line));
    return listing;
}

Listing list_metrics() {
    Listing listing;
    for (const observe::MetricSpec* spec : observe::kAllMetrics) {
        std::vector<std::string_view> labels;
        for (const observe::LabelSpec& label : spec->labels()) labels.push_back(label.name);
        listing.emplace_back(
            spec->name,
            fmt::format("{} {}{}", spec->help, kind_text(spec->kind),
                        labels.empty() ? "" : fmt::format(" by {}", fmt::join(labels, ", "))));
    }
    return listing;
}

Listing list_events() {
    Listing listing;
    for (const observe::LogEventView& event : observe::kAllEvents)
        listing.emplace_back(event.head.name, fmt::format("{}: {}", level_text(event.head.level),
                                                          event.head.message));
    return listing;
}

Listing list_sections(const Sections& sections) {
    Listing listing;
    for (const config::Section* section : sections)
        listing.emplace_back(section->name, section->summary);
    return listing;
}

Listing list_failpoints() {
    Listing listing;
    for (const std::string_view name : failpoint_names()) listing.emplace_back(name, "");
    return listing;
}

std::string escape_cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string write_table(const Listing& listing, PageFormat format, std::string_view what) {
    std::string text;
    if (format == PageFormat::Markdown) text += fmt::format("| {} | |\n| --- | --- |\n", what);
    size_t width = 0;
    for (const auto& [name, about] : listing)
        width = std::max(width, std::min<size_t>(name.size(), 48));
    for (const auto& [name, about] : listing) {
        if (format == PageFormat::Markdown) {
            text += fmt::format("| `{}` | {} |\n", escape_cell(name), escape_cell(about));
        } else {
            text += about.empty() ? name + "\n" : fmt::format("{:<{}}  {}\n", name, width, about);
        }
    }
    return text;
}

std::string write_sections(const Sections& sections, PageFormat format) {
    std::string text;
    for (const config::Section* section : sections) {
        if (!text.empty()) text += "\n";
        text += format == PageFormat::Markdown ? config::document_markdown(*section)
                                               : config::document_text(*section);
    }
    return text;
}

std::string write_body(std::string_view page, PageFormat format) {
    if (page == "cel") return write_table(list_functions(), format, "function");
    if (page == "metrics") return write_table(list_metrics(), format, "metric");
    if (page == "events") return write_table(list_events(), format, "event");
    if (page == "failpoints") return write_table(list_failpoints(), format, "failpoint");
    return write_sections(sections_in(page), format);
}

}  // namespace

const std::vector<Page>& reference_pages() {
    static const std::vector<Page> pages = {
        {"pipeline", "Pipeline files",
         "One file holds one pipeline, or several under `pipelines:`, and the stores they use."},
        {"sources", "Sources", "Where records come from: `source:` names one of these."},
        {"steps", "Steps", "What happens to records, in the order of `steps:`."},
        {"sinks", "Sinks", "Where records go: each entry of `sinks:` names one of these."},
        {"formats", "Formats", "How records are written as bytes: `format:` names one of these."},
        {"scenario", "Scenario files", "Tests of a pipeline, beside it: `messina test` runs them."},
        {"cel", "Expressions",
         "Every expression is CEL (the Common Expression Language). `event` is the record, `meta` "
         "what is known of it (lane, offset, "
         "timestamp, key, headers), and each look-up's `into` the row it found. A field that is "
         "not there makes the expression absent."},
        {"metrics", "Metrics", "What `/metrics` exposes to Prometheus."},
        {"events", "Events", "What the log says."},
        {"failpoints", "Failpoints",
         "Places where MESSINA_FAILPOINTS=\"NAME=kill@3,NAME=error\" makes the process die or a "
         "call fail, for testing recovery."},
    };
    return pages;
}

std::optional<std::string> write_reference(std::string_view name, PageFormat format) {
    for (const Page& page : reference_pages()) {
        if (page.name != name) continue;
        const std::string_view heading =
            format == PageFormat::Markdown ? "# {}\n\n{}\n\n" : "{}\n\n{}\n\n";
        return fmt::format(fmt::runtime(heading), page.title, page.summary) +
               write_body(name, format);
    }
    Sections named;
    for (const config::Section* section : pipeline::all_sections())
        if (section->name == name) named.push_back(section);
    if (named.empty()) return std::nullopt;
    return write_sections(named, format);
}

std::vector<std::string> reference_names() {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    for (const Page& page : reference_pages()) add(page.name);
    for (const config::Section* section : pipeline::all_sections()) add(section->name);
    return names;
}

const std::vector<std::string>& listing_groups() {
    static const std::vector<std::string> groups = {"sources",   "steps",   "sinks",  "formats",
                                                    "functions", "metrics", "events", "failpoints"};
    return groups;
}

std::optional<Listing> list_group(std::string_view group) {
    if (group == "functions") return list_functions();
    if (group == "metrics") return list_metrics();
    if (group == "events") return list_events();
    if (group == "failpoints") return list_failpoints();
    if (std::ranges::find(listing_groups(), group) == listing_groups().end()) return std::nullopt;
    return list_sections(sections_in(group));
}

std::string pipeline_file_schema() {
    // Both forms in one: an editor then completes whichever keys are there. `messina check` knows
    // which go together.
    config::Section either = pipeline::file_section(pipeline::FileForm::Single);
    for (config::Option& option : either.options) option.is_required = false;
    for (const config::Option& option : pipeline::file_section(pipeline::FileForm::Several).options)
        if (option.name == "pipelines") either.options.push_back(option);
    return config::json_schema(either);
}

}  // namespace messina::cli
