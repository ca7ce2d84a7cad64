// messina explain: what a pipeline file comes to, before anything runs.
#include <cstdio>

#include <fmt/core.h>

#include "base/nearest.h"
#include "cli/explanation.h"
#include "cli/load.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

struct ExplainArguments {
    std::string file;
    std::string pipeline;
    std::string format = "text";
    FileAccess access;
};

int explain(const ExplainArguments& arguments) {
    auto file = pipeline::PipelineFile::load(arguments.file, load_options(arguments.access));
    if (!file) return report(file.error());
    std::vector<std::string_view> names;
    bool is_found = false;
    for (const auto& pipeline : (*file)->pipelines()) {
        names.emplace_back(pipeline->name());
        if (!arguments.pipeline.empty() && pipeline->name() != arguments.pipeline) continue;
        if (is_found) fmt::print("\n");
        is_found = true;
        fmt::print("{}", arguments.format == "mermaid" ? explain_as_mermaid(*pipeline)
                                                       : explain_as_text(*pipeline, **file));
    }
    if (is_found) return kOk;
    fmt::print(stderr, "messina: there is no pipeline '{}' in {}\n", arguments.pipeline,
               arguments.file);
    const std::string hint = did_you_mean(arguments.pipeline, names);
    if (!hint.empty()) fmt::print(stderr, "  hint: {}\n", hint);
    return kUsage;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<ExplainArguments>();
    CLI::App* verb = app.add_subcommand(
        "explain",
        "Says what a pipeline does: plan, guarantees, limits, bound of memory\n\n"
        "  messina explain enrich.yaml\n"
        "  messina explain enrich.yaml --format mermaid > enrich.mmd");
    verb->add_option("file", arguments->file, "The pipeline file; - is standard input")->required();
    verb->add_option("--pipeline", arguments->pipeline, "Only this one")->type_name("NAME");
    verb->add_option("--format", arguments->format, "text or mermaid")
        ->check(CLI::IsMember({"text", "mermaid"}))
        ->capture_default_str();
    add_file_access(*verb, arguments->access, Connects::WhenAsked);
    verb->callback([arguments, &exit_code] { exit_code = explain(*arguments); });
}

}  // namespace messina::cli
