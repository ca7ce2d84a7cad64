// messina run: runs the pipelines of a file, each after the one before.
#include <cstdio>

#include <fmt/core.h>

#include "cli/load.h"
#include "cli/run_pipeline.h"
#include "cli/stop_signals.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

struct RunArguments {
    std::string file;
    FileAccess access;
    RunOptions run;
};

int run(const RunArguments& arguments) {
    StopSignals signals;  // before the threads of stores and clients
    auto file = pipeline::PipelineFile::load(arguments.file, load_options(arguments.access));
    if (!file) return report(file.error());
    if (Result<void> opened = (*file)->open_stores(); !opened) return report(opened.error());
    return run_pipelines(**file, arguments.run, signals);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App* verb =
        app.add_subcommand("run",
                           "Runs the pipelines of a file\n\n"
                           "  messina run enrich.yaml\n"
                           "  messina run filter.yaml --no-summary < events.jsonl > clicks.jsonl");
    verb->add_option("file", arguments->file, "The pipeline file; - is standard input")->required();
    verb->add_option("--listen", arguments->run.listen,
                     "Serves /metrics, /livez and /readyz at this address, such as 127.0.0.1:8083");
    verb->add_flag("--insecure-listen", arguments->run.is_listening_insecurely,
                   "Lets --listen name an address that other machines reach");
    verb->add_option("--log-level", arguments->run.log_level, "debug, info, warn or error")
        ->capture_default_str();
    verb->add_option("--log-format", arguments->run.log_format,
                     "text, json or auto: text on a terminal")
        ->capture_default_str();
    verb->add_flag("--no-progress", arguments->run.hides_progress, "Draws no progress line");
    verb->add_flag("--no-summary", arguments->run.hides_summary, "Prints no closing summary");
    verb->add_option("--summary-json", arguments->run.summary_file,
                     "Writes the closing summary to this file as JSON");
    add_file_access(*verb, arguments->access, Connects::Always);
    verb->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace messina::cli
