#include "cli/run_pipeline.h"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "cli/load.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "engine/runner.h"
#include "observe/health.h"
#include "observe/log.h"
#include "observe/process.h"
#include "observe/progress.h"
#include "server/health.h"
#include "server/http_server.h"

namespace messina::cli {
namespace {

/// The pipeline that a signal is meant for.
class CurrentRun {
  public:
    void set(engine::Runner* runner) {
        const std::lock_guard lock(mutex_);
        runner_ = runner;
        if (is_stopped_ && runner_ != nullptr) runner_->request_stop();
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        if (runner_ != nullptr) runner_->request_stop();
    }
    [[nodiscard]] bool is_stopped() {
        const std::lock_guard lock(mutex_);
        return is_stopped_;
    }

  private:
    std::mutex mutex_;
    engine::Runner* runner_ = nullptr;
    bool is_stopped_ = false;
};

Summary summarise(const pipeline::Pipeline& pipeline, observe::MetricRegistry& registry,
                  Nanos elapsed, Nanos cpu) {
    const std::string& name = pipeline.name();
    Summary summary;
    summary.pipeline = name;
    summary.records_in = registry.total(observe::kRecordsIn, {{"pipeline", name}});
    summary.bytes_in = registry.total(observe::kBytesIn, {{"pipeline", name}});
    summary.records_done = registry.total(observe::kRecordsDone, {{"pipeline", name}});
    summary.dead_letters = registry.total(observe::kDeadLetters, {{"pipeline", name}});
    summary.retries = registry.total(observe::kRetries, {{"pipeline", name}});
    const auto add_step = [&](const std::string& step, const std::string& what) {
        Summary::Step figures{step, what};
        figures.dropped = registry.total(observe::kDropped, {{"pipeline", name}, {"step", step}});
        figures.failed = registry.total(observe::kFailed, {{"pipeline", name}, {"step", step}});
        const auto duration =
            registry.total(observe::kStepDuration, {{"pipeline", name}, {"step", step}});
        figures.seconds = duration.sum_seconds();
        summary.steps.push_back(std::move(figures));
    };
    add_step("decode", pipeline.source_plan().describe());
    for (const pipeline::Pipeline::Step& step : pipeline.steps())
        add_step(step.name, step.plan->describe());
    add_step("outputs", "no sink's condition");
    for (const pipeline::Pipeline::Sink& sink : pipeline.sinks())
        summary.sinks.push_back(
            {sink.name, sink.plan->describe(),
             registry.total(observe::kRecordsOut, {{"pipeline", name}, {"sink", sink.name}}),
             registry.total(observe::kBytesOut, {{"pipeline", name}, {"sink", sink.name}})});
    for (const observe::MetricSnapshot& metric : registry.scrape()) {
        if (metric.spec != &observe::kLookupHits) continue;
        for (const observe::SeriesSnapshot& series : metric.series) {
            if (series.label_values.at(0) != name) continue;
            const std::string& table = series.label_values.at(1);
            const auto total = [&](const observe::CounterSpec& spec) {
                return registry.total(spec, {{"pipeline", name}, {"table", table}});
            };
            summary.tables.push_back(
                {table, total(observe::kLookupHits), total(observe::kLookupMisses),
                 total(observe::kLookupCacheHits), total(observe::kLookupCacheMisses),
                 total(observe::kLookupShared), total(observe::kTableWrites)});
        }
    }
    const auto latency = registry.total(observe::kRecordLatency, {{"pipeline", name}});
    summary.latency_p50 = latency.quantile(0.5);
    summary.latency_p99 = latency.quantile(0.99);
    summary.elapsed = elapsed;
    summary.cpu = cpu;
    summary.memory_peak_bytes = observe::process_usage().resident_bytes_peak;
    return summary;
}

/// Everything that one process has once, whatever pipelines it runs.
class Session {
  public:
    Session(const RunOptions& options, StopSignals& signals)
        : options_(options),
          sink_(observe::make_log_sink(observe::stderr_terminal(), format_of(options.log_format))),
          log_(*sink_, level_of(options.log_level), system_clock()),
          registry_(system_clock()),
          process_(registry_, system_clock(), MESSINA_VERSION),
          signals_(signals) {
        signals_.on_first([this] {
            log_.write(observe::kProcessStopping);
            current_.stop();
        });
    }
    /// What was running has ended: a first signal has nothing more to ask for.
    ~Session() {
        signals_.on_first([] {});
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    int run(pipeline::PipelineFile& file) {
        if (Result<void> listening = listen(); !listening) return report(listening.error());
        for (const auto& pipeline : file.pipelines()) {
            if (current_.is_stopped()) break;
            pipeline->log_to(&log_);
            const int code = run_one(*pipeline);
            pipeline->log_to(nullptr);  // the log ends before the pipeline does
            if (code != kOk) return code;
        }
        return kOk;
    }

  private:
    static observe::LogFormat format_of(const std::string& text) {
        if (text == "json") return observe::LogFormat::Json;
        return text == "text" ? observe::LogFormat::Text : observe::LogFormat::Auto;
    }
    static observe::LogLevel level_of(const std::string& text) {
        if (text == "debug") return observe::LogLevel::Debug;
        if (text == "warn") return observe::LogLevel::Warn;
        return text == "error" ? observe::LogLevel::Error : observe::LogLevel::Info;
    }

    Result<void> listen() {
        if (options_.listen.empty()) return {};
        server::HttpServerOptions http;
        MESSINA_TRY(http.address, server::parse_listen_address(options_.listen));
        http.exposure = options_.is_listening_insecurely ? server::Exposure::Insecure
                                                         : server::Exposure::Loopback;
        server::Router router;
        server::add_health_routes(router, health_, registry_, system_clock());
        MESSINA_TRY(server_,
                    server::HttpServer::start(http, std::move(router), log_, system_clock()));
        return {};
    }

    int run_one(pipeline::Pipeline& pipeline) {
        observe::TaskHealth& task = health_.add_task(pipeline.name());
        if (Result<void> prepared = pipeline.prepare(); !prepared)
            return fail_with(pipeline, prepared.error());
        observe::Metrics metrics(registry_);
        metrics.gauge(observe::kMemoryBound, {{"pipeline", pipeline.name()}})
            .set(static_cast<double>(pipeline.memory_bound_bytes()));
        engine::Runner runner(pipeline, system_clock(), registry_);
        if (Result<void> started = runner.start(); !started)
            return fail_with(pipeline, started.error());
        current_.set(&runner);
        log_.write(observe::kPipelineStarted, {.pipeline = pipeline.name()}, MESSINA_VERSION,
                   pipeline.engine_options().workers, pipeline.memory_bound_bytes());
        const Instant begin = system_clock().instant();
        const Nanos cpu_before = observe::process_usage().cpu;
        std::optional<observe::Progress> progress;
        if (!options_.hides_progress) progress.emplace(observe::stderr_terminal(), system_clock());
        const uint64_t bytes_total = pipeline.source().size().bytes;
        observe::Pulse& pulse = health_.add_loop(pipeline.name(), begin);
        uint64_t done_before = 0;
        runner.on_tick([&] {
            const Instant now = system_clock().instant();
            pulse.beat(now);
            const uint64_t done =
                registry_.total(observe::kRecordsDone, {{"pipeline", pipeline.name()}});
            const bool is_idle =
                registry_.total(observe::kInflightRecords, {{"pipeline", pipeline.name()}}) == 0;
            if (done != done_before || is_idle) task.progress(now);
            done_before = done;
            if (progress) progress->update(progress_of(pipeline.name(), bytes_total));
        });
        engine::RunReport report = runner.run();
        progress.reset();
        current_.set(nullptr);
        pulse.stop();
        report.failure ? task.obstruct(*report.failure) : task.finish();
        const Nanos elapsed = system_clock().instant() - begin;
        const Summary summary =
            summarise(pipeline, registry_, elapsed, observe::process_usage().cpu - cpu_before);
        if (!options_.hides_summary) fmt::print(stderr, "{}", summary.to_text());
        if (!options_.summary_file.empty())
            std::ofstream(options_.summary_file, std::ios::app) << summary.to_json();
        if (report.failure) return fail_with(pipeline, *report.failure);
        log_.write(observe::kPipelineFinished, {.pipeline = pipeline.name()}, summary.records_in,
                   summary.records_out(), elapsed);
        return kOk;
    }

    observe::ProgressState progress_of(const std::string& name, uint64_t bytes_total) {
        observe::ProgressState state;
        state.records = registry_.total(observe::kRecordsDone, {{"pipeline", name}});
        state.inflight_records =
            static_cast<uint64_t>(registry_.total(observe::kInflightRecords, {{"pipeline", name}}));
        if (bytes_total > 0)
            state.share_done = std::min(
                1.0, static_cast<double>(registry_.total(observe::kBytesIn, {{"pipeline", name}})) /
                         static_cast<double>(bytes_total));
        return state;
    }

    int fail_with(const pipeline::Pipeline& pipeline, const Error& error) {
        log_.write(observe::kPipelineFailed, {.pipeline = pipeline.name(), .error = &error});
        return exit_code_of(error.error_class);
    }

    const RunOptions& options_;
    std::unique_ptr<observe::LogSink> sink_;
    observe::Log log_;
    observe::MetricRegistry registry_;
    observe::ProcessMetrics process_;
    observe::Health health_;
    std::unique_ptr<server::HttpServer> server_;
    CurrentRun current_;
    StopSignals& signals_;
};

}  // namespace

int run_pipelines(pipeline::PipelineFile& file, const RunOptions& options, StopSignals& signals) {
    return Session(options, signals).run(file);
}

}  // namespace messina::cli
