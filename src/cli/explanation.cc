#include "cli/explanation.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "data/path.h"

namespace messina::cli {
namespace {

constexpr size_t kNameWidth = 14;

std::string line(std::string_view name, std::string_view text, size_t indent = 2) {
    return fmt::format("{:{}}{:<{}}{}\n", "", indent, name, kNameWidth + 2 - indent, text);
}

std::string list_or(const std::vector<std::string>& names, std::string_view none) {
    return names.empty() ? std::string(none) : fmt::format("{}", fmt::join(names, ", "));
}

std::string explain_projection(const pipeline::Pipeline& pipeline) {
    std::vector<std::string> decoded;
    bool is_whole = false;
    for (const ProjectionField& field : pipeline.projection().fields) {
        if (field.slot == kNoSlot) continue;
        is_whole = is_whole || field.path.empty();
        if (!field.path.empty()) decoded.push_back(to_text(field.path));
    }
    std::vector<std::string> changed;
    for (const Edit& edit : pipeline.context().edits()) changed.push_back(to_text(edit.path));
    const bool has_splice = std::ranges::any_of(
        pipeline.sinks(), [](const auto& sink) { return sink.output.can_splice; });
    std::string text =
        line("decoded", is_whole ? "the whole record"
                                 : list_or(decoded, "nothing: no expression reads the event"));
    text += line("changed", list_or(changed, "nothing"));
    if (has_splice) text += line("copied", "every other field, byte for byte as it came");
    return text;
}

std::string explain_outputs(const pipeline::Pipeline& pipeline) {
    std::string text = "  sinks\n";
    for (const auto& sink : pipeline.sinks()) {
        text += line(sink.name, sink.plan->describe(), 4);
        if (sink.when != nullptr) text += line("", "when " + sink.when_text, 4);
    }
    const bool has_rest = std::ranges::all_of(
        pipeline.sinks(), [](const auto& sink) { return sink.when != nullptr; });
    if (has_rest)
        text += line("",
                     "records that no condition takes are dropped and counted "
                     "(messina_dropped_total, step outputs)",
                     4);
    const endpoint::SinkPlan* letters = pipeline.dead_letters();
    return text + line("dead letters",
                       letters == nullptr
                           ? "none: the first record that cannot be processed stops the pipeline"
                           : letters->describe());
}

std::string explain_guarantees(const pipeline::Pipeline& pipeline) {
    std::vector<std::string> unordered;
    for (const auto& step : pipeline.steps())
        if (!step.plan->keeps_order()) unordered.push_back(step.name);
    std::string text = "  guarantees\n";
    text += line(
        "delivery",
        "at least once: a position is saved when every effect of the records before it is durable",
        4);
    text += line("order",
                 unordered.empty()
                     ? "records of one lane leave in the order they came in"
                     : fmt::format("none: {} lets batches overtake", fmt::join(unordered, ", ")),
                 4);
    const bool is_remembered = !pipeline.state_directory().empty();
    text += line("a crash",
                 is_remembered
                     ? fmt::format("repeats at most what came since the last checkpoint (every {})",
                                   config::format_duration(pipeline.options().checkpoint_interval))
                     : "repeats everything: `state:` is not set, so no position is remembered",
                 4);
    return text +
           line("",
                "rows are written with the records' own times: a repetition changes none of them",
                4);
}

std::string explain_limits(const pipeline::Pipeline& pipeline) {
    const engine::FlowLimits& limits = pipeline.options().limits;
    std::string text = "  limits\n";
    text += line("workers", std::to_string(pipeline.options().workers), 4);
    text += line("lanes", fmt::format("{} open for each worker", limits.worker_lanes_max), 4);
    text += line("a lane",
                 fmt::format("{} batches or {} in flight", limits.lane_batches_max,
                             config::format_size(limits.lane_bytes_max)),
                 4);
    text += line("a batch",
                 fmt::format("{} records or {}", limits.take.records_max,
                             config::format_size(limits.take.bytes_max)),
                 4);
    return text + line("a stop",
                       fmt::format("gives {} to what is in flight",
                                   config::format_duration(pipeline.options().drain_timeout)),
                       4);
}

std::string explain_memory(const pipeline::Pipeline& pipeline, const pipeline::PipelineFile& file) {
    const engine::PipelineOptions& options = pipeline.options();
    const size_t lanes = pipeline.lanes_bytes_max();
    size_t sum = lanes;
    std::string parts =
        line("lanes",
             fmt::format("{}: {} workers × {} lanes × {}", config::format_size(lanes),
                         options.workers, options.limits.worker_lanes_max,
                         config::format_size(options.limits.lane_bytes_max)),
             4);
    for (const auto& step : pipeline.steps()) {
        const size_t each = step.plan->worker_bytes_max();
        if (each == 0) continue;
        sum += each * options.workers;
        parts += line(
            step.name,
            fmt::format("{}: {} workers × {} of cache", config::format_size(each * options.workers),
                        options.workers, config::format_size(each)),
            4);
    }
    if (const size_t stores = file.store_bytes_max(); stores > 0) {
        sum += stores;
        parts += line("stores", config::format_size(stores) + " for blocks and write buffers", 4);
    }
    return line("memory", fmt::format("at most {} for records, caches and tables",
                                      config::format_size(sum))) +
           parts;
}

/// Text inside a node's quotes.
std::string escape_mermaid(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '"') {
            escaped += "#quot;";
        } else if (c == '<') {
            escaped += "#lt;";
        } else if (c == '>') {
            escaped += "#gt;";
        } else if (c == '\n') {
            escaped += ' ';
        } else {
            escaped += c;
        }
    }
    return escaped;
}

}  // namespace

std::string explain_as_text(const pipeline::Pipeline& pipeline,
                            const pipeline::PipelineFile& file) {
    std::string text = fmt::format("{}\n", pipeline.name());
    text += line("source", pipeline.source_plan().describe());
    text += explain_projection(pipeline);
    if (!pipeline.steps().empty()) text += "  steps\n";
    for (const auto& step : pipeline.steps()) text += line(step.name, step.plan->describe(), 4);
    return text + explain_outputs(pipeline) + explain_guarantees(pipeline) +
           explain_limits(pipeline) + explain_memory(pipeline, file);
}

std::string explain_as_mermaid(const pipeline::Pipeline& pipeline) {
    std::string text = "flowchart TD\n";
    const auto node = [&](std::string_view id, std::string_view title, std::string_view what) {
        text +=
            fmt::format("  {}[\"{}<br/>{}\"]\n", id, escape_mermaid(title), escape_mermaid(what));
    };
    node("source", "source", pipeline.source_plan().describe());
    std::string before = "source";
    for (size_t i = 0; i < pipeline.steps().size(); ++i) {
        const std::string id = fmt::format("step{}", i + 1);
        node(id, pipeline.steps()[i].name, pipeline.steps()[i].plan->describe());
        text += fmt::format("  {} --> {}\n", before, id);
        before = id;
    }
    for (size_t i = 0; i < pipeline.sinks().size(); ++i) {
        const auto& sink = pipeline.sinks()[i];
        const std::string id = fmt::format("sink{}", i + 1);
        node(id, sink.name, sink.plan->describe());
        text += sink.when == nullptr ? fmt::format("  {} --> {}\n", before, id)
                                     : fmt::format("  {} -->|\"{}\"| {}\n", before,
                                                   escape_mermaid(sink.when_text), id);
    }
    if (pipeline.dead_letters() != nullptr) {
        node("dead_letters", "dead letters", pipeline.dead_letters()->describe());
        text += fmt::format("  {} -.-> dead_letters\n", before);
    }
    return text;
}

}  // namespace messina::cli
