#include "pipeline/scenario.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/nearest.h"
#include "codec/json.h"
#include "codec/text_time.h"
#include "engine/runner.h"
#include "pipeline/scenario_capture.h"
#include "pipeline/scenario_metrics.h"
#include "pipeline/scenario_source.h"
#include "pipeline/scenario_tables.h"
#include "pipeline/scenario_value.h"

namespace messina::pipeline {
namespace {

constexpr std::string_view kDeadLetters = "dead_letters";
constexpr std::string_view kTables = "tables";
constexpr std::string_view kMetrics = "metrics";
constexpr std::string_view kStopped = "stopped";

Result<WallTime> read_start(const config::Options& options) {
    const bool is_given = options.has("given") && options.get_nested("given").has("time");
    const std::string text =
        is_given ? options.get_nested("given").get_text("time") : "2026-01-01T00:00:00Z";
    const auto time = codec::parse_timestamp(text);
    if (!time)
        return fail(config::error_at(options.get_nested("given").mark_of("time"), "scenario.time",
                                     fmt::format("'{}' is no time", text),
                                     "write it as 2026-03-01T12:00:00Z"));
    return WallTime(std::chrono::seconds(time->seconds()) + Nanos(time->nanos()));
}

Result<ScenarioItem> read_item(const config::Node& node) {
    using Kind = ScenarioItem::Kind;
    switch (node.kind) {
        case config::NodeKind::Null: return ScenarioItem{.kind = Kind::Tombstone};
        case config::NodeKind::Scalar: return ScenarioItem{.kind = Kind::Raw, .bytes = node.scalar};
        case config::NodeKind::Sequence: break;
        case config::NodeKind::Map: {
            const config::Node* advance = node.find("$advance");
            if (advance == nullptr) {
                Arena arena;
                return ScenarioItem{.kind = Kind::Json,
                                    .bytes = codec::to_json(value_of(node, arena))};
            }
            Result<Nanos> by = config::parse_duration(advance->scalar);
            if (!by)
                return fail(config::error_at(advance->mark, by.error().code, by.error().message,
                                             by.error().hint));
            return ScenarioItem{.kind = Kind::Advance, .bytes = {}, .advance = *by};
        }
    }
    return fail(
        config::error_at(node.mark, "scenario.form", "expected a record: a map, a text or null"));
}

Result<std::vector<ScenarioItem>> read_items(const config::Node& when) {
    if (when.kind != config::NodeKind::Sequence)
        return fail(config::error_at(when.mark, "scenario.form", "expected a list of records"));
    std::vector<ScenarioItem> items;
    for (const config::Node& node : when.items) {
        MESSINA_TRY(ScenarioItem item, read_item(node));
        items.push_back(std::move(item));
    }
    return items;
}

/// One scenario from loading to comparing.
class Run {
  public:
    Run(std::string file, const config::Options& options, WallTime start)
        : file_(std::move(file)), options_(options), clock_(start), registry_(clock_) {}

    Result<ScenarioReport> run(LoadOptions load) {
        MESSINA_TRY_VOID(load_pipeline(std::move(load)));
        MESSINA_TRY_VOID(replace_endpoints());
        MESSINA_TRY_VOID(check_names());
        MESSINA_TRY_VOID(pipeline_file_->open_stores());
        if (options_.has("given") && options_.get_nested("given").has("tables"))
            MESSINA_TRY_VOID(store_rows(options_.get_nested("given").get_any("tables"),
                                        pipeline_file_->stores(), clock_.now()));
        MESSINA_TRY_VOID(pipeline_->prepare());
        {
            engine::Runner runner(*pipeline_, clock_, registry_);
            MESSINA_TRY_VOID(runner.start());
            failure_ = runner.run_inline(clock_).failure;
        }
        MESSINA_TRY_VOID(compare());
        return std::move(report_);
    }

  private:
    [[nodiscard]] const config::Node& then() const { return options_.get_any("then"); }

    Result<void> load_pipeline(LoadOptions load) {
        load.clock = &clock_;
        load.is_dry = true;
        const config::Node& node = options_.get_any("pipeline");
        std::string name;
        if (node.kind == config::NodeKind::Map) {
            MESSINA_TRY(pipeline_file_, PipelineFile::parse(node, load));
        } else {
            const size_t hash = node.scalar.rfind('#');
            if (hash != std::string::npos) name = node.scalar.substr(hash + 1);
            const std::string path = node.scalar.substr(0, hash);
            const std::filesystem::path beside = std::filesystem::path(file_).parent_path() / path;
            std::error_code ignored;
            const std::string found =
                std::filesystem::exists(beside, ignored) ? beside.string() : path;
            if (!std::filesystem::exists(found, ignored))
                return fail(config::error_at(
                    node.mark, "scenario.pipeline", fmt::format("there is no file '{}'", path),
                    "name it relative to this file or to the working folder"));
            MESSINA_TRY(pipeline_file_, PipelineFile::load(found, load));
        }
        return choose_pipeline(node, name);
    }

    Result<void> choose_pipeline(const config::Node& node, const std::string& name) {
        std::vector<std::string_view> names;
        for (const auto& pipeline : pipeline_file_->pipelines()) {
            names.emplace_back(pipeline->name());
            if (pipeline->name() == name || name.empty()) pipeline_ = pipeline.get();
        }
        if (name.empty() && names.size() > 1)
            return fail(
                config::error_at(node.mark, "scenario.pipeline", "this file has several pipelines",
                                 fmt::format("add #NAME, one of {}", fmt::join(names, ", "))));
        if (pipeline_ == nullptr)
            return fail(config::error_at(node.mark, "scenario.pipeline",
                                         fmt::format("there is no pipeline '{}'", name),
                                         did_you_mean(name, names)));
        return {};
    }

    Result<void> replace_endpoints() {
        MESSINA_TRY(std::vector<ScenarioItem> items, read_items(options_.get_any("when")));
        pipeline_->replace_source([&](std::unique_ptr<endpoint::SourcePlan> original) {
            return make_scenario_source(std::move(original), std::move(items), clock_);
        });
        for (Pipeline::Sink& sink : pipeline_->sinks()) capture(sink.name, sink.plan);
        if (pipeline_->dead_letters() != nullptr)
            capture(std::string(kDeadLetters), pipeline_->dead_letters());
        // Every record is known to be done with as soon as it is, so that time can pass.
        pipeline_->engine_options().workers = 1;
        pipeline_->engine_options().checkpoint_interval = Nanos(0);
        return {};
    }

    void capture(const std::string& name, std::unique_ptr<endpoint::SinkPlan>& plan) {
        if (plan->format() == nullptr) return;  // writes tables, which are compared as such
        auto output = std::make_shared<Capture>(*plan->format());
        captures_[name] = output;
        plan = make_capturing_sink(name, pipeline_->name(), std::move(plan), std::move(output));
    }

    Result<void> check_names() {
        if (then().kind != config::NodeKind::Map)
            return fail(config::error_at(then().mark, "scenario.form",
                                         "expected a map of sinks and what they get"));
        std::vector<std::string_view> known = {kDeadLetters, kTables, kMetrics, kStopped};
        for (const auto& [name, output] : captures_) known.emplace_back(name);
        for (const auto& [name, expected] : then().entries) {
            if (std::ranges::find(known, name.scalar) == known.end())
                return fail(config::error_at(
                    name.mark, "scenario.unknown_sink",
                    fmt::format("pipeline {} has no sink '{}' whose records can be compared",
                                pipeline_->name(), name.scalar),
                    did_you_mean(name.scalar, known)));
            if (name.scalar == kDeadLetters && !captures_.contains(name.scalar))
                return fail(config::error_at(
                    name.mark, "scenario.no_dead_letters",
                    fmt::format("pipeline {} has no `dead_letter:`", pipeline_->name()),
                    "expect `stopped:` instead"));
        }
        return {};
    }

    Result<void> compare() {
        bool is_stop_expected = false;
        for (const auto& [name, expected] : then().entries) {
            if (name.scalar == kTables) {
                MESSINA_TRY_VOID(
                    compare_rows(expected, pipeline_file_->stores(), report_.differences));
            } else if (name.scalar == kMetrics) {
                MESSINA_TRY_VOID(
                    compare_metrics(expected, registry_, pipeline_->name(), report_.differences));
            } else if (name.scalar == kStopped) {
                is_stop_expected = true;
                compare_stop(expected);
            } else {
                MESSINA_TRY_VOID(compare_output(name.scalar, expected));
            }
        }
        if (failure_ && !is_stop_expected)
            report_.differences.push_back(
                fmt::format("the pipeline stopped: {}\n", failure_->to_text()));
        return {};
    }

    void compare_stop(const config::Node& expected) {
        if (!failure_) {
            report_.differences.emplace_back("stopped: the pipeline did not stop\n");
            return;
        }
        Arena arena;
        const MapEntry entries[] = {
            {Value::string("code"), Value::string(failure_->code)},
            {Value::string("class"), Value::string(to_string(failure_->error_class))},
            {Value::string("message"), Value::string(failure_->message)}};
        if (const auto difference =
                first_difference(value_of(expected, arena), Value::map(entries), Extent::Listed))
            report_.differences.push_back(
                fmt::format("stopped: the error differs\n{}", difference->to_text()));
    }

    Result<void> compare_output(const std::string& name, const config::Node& expected) {
        if (expected.kind != config::NodeKind::Sequence)
            return fail(
                config::error_at(expected.mark, "scenario.form", "expected a list of records"));
        Arena arena;
        MESSINA_TRY(const std::vector<Value> actual, captures_.at(name)->records(arena));
        const Extent extent = name == kDeadLetters ? Extent::Listed : Extent::Whole;
        const size_t expected_count = expected.items.size();
        const std::string counts =
            expected_count == actual.size()
                ? ""
                : fmt::format(" ({} expected, {} came)", expected_count, actual.size());
        for (size_t i = 0; i < std::max(expected_count, actual.size()); ++i) {
            std::string text;
            if (i >= actual.size()) {
                text = fmt::format("is missing{}\n    expected: {}\n", counts,
                                   codec::to_json(value_of(expected.items[i], arena)));
            } else if (i >= expected_count) {
                text = fmt::format("is not expected{}\n    actual:   {}\n", counts,
                                   codec::to_json(actual[i]));
            } else if (const auto difference = first_difference(value_of(expected.items[i], arena),
                                                                actual[i], extent)) {
                text = fmt::format("differs{}\n{}", counts, difference->to_text());
            }
            if (text.empty()) continue;
            report_.differences.push_back(fmt::format("{}: record {} {}", name, i + 1, text));
            break;  // what follows the first difference seldom says more
        }
        return {};
    }

    std::string file_;
    const config::Options& options_;
    VirtualClock clock_;
    observe::MetricRegistry registry_;
    std::unique_ptr<PipelineFile> pipeline_file_;
    Pipeline* pipeline_ = nullptr;
    std::map<std::string, std::shared_ptr<Capture>> captures_;
    std::optional<Error> failure_;
    ScenarioReport report_;
};

}  // namespace

Result<ScenarioReport> run_scenario(const std::string& file, LoadOptions options) {
    MESSINA_TRY(const config::Node root, config::load_yaml(file, options.interpolation));
    MESSINA_TRY(const config::Options scenario, config::Options::parse(scenario_section(), root));
    MESSINA_TRY(const WallTime start, read_start(scenario));
    return Run(file, scenario, start).run(std::move(options));
}

}  // namespace messina::pipeline
