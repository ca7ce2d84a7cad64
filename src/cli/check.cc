// messina check: every mistake that can be found without running.
#include <algorithm>
#include <cstdio>

#include <fmt/core.h>

#include "cli/finding.h"
#include "cli/load.h"
#include "cli/markdown.h"
#include "cli/verbs.h"
#include "config/origin.h"
#include "config/text_file.h"
#include "pipeline/pipeline_sections.h"

namespace messina::cli {
namespace {

struct CheckArguments {
    std::vector<std::string> files;
    FileAccess access;
    std::string output = "text";
    bool is_quiet = false;
    bool shows_origin = false;
};

constexpr size_t kDocumentBytesMax = 16u << 20;

Result<void> check_tree(const config::Node& root, const CheckArguments& arguments) {
    MESSINA_TRY(const auto file,
                pipeline::PipelineFile::parse(root, load_options(arguments.access)));
    if (!arguments.shows_origin) return {};
    const auto form = root.find("pipelines") == nullptr ? pipeline::FileForm::Single
                                                        : pipeline::FileForm::Several;
    MESSINA_TRY(const config::Options options,
                config::Options::parse(pipeline::file_section(form), root));
    fmt::print("{}", config::show_origin(options));
    return {};
}

Result<void> check_markdown(const std::string& name, const CheckArguments& arguments) {
    MESSINA_TRY(const std::string text, config::read_text_file(name, kDocumentBytesMax));
    std::vector<Error> errors;
    for (const CodeBlock& block : find_pipelines(text)) {
        Result<config::Node> root =
            config::parse_yaml(name, block.text, load_options(arguments.access).interpolation);
        Result<void> checked = root ? check_tree(*root, arguments) : fail(std::move(root.error()));
        if (!checked) errors.push_back(std::move(checked.error()));
    }
    if (errors.empty()) return {};
    return fail(config::join_errors(std::move(errors)));
}

Result<void> check_file(const std::string& name, const CheckArguments& arguments) {
    if (name.ends_with(".md")) return check_markdown(name, arguments);
    MESSINA_TRY(const config::Node root,
                config::load_yaml(name, load_options(arguments.access).interpolation));
    return check_tree(root, arguments);
}

int check(const CheckArguments& arguments) {
    std::vector<Finding> findings;
    for (const std::string& name : arguments.files) {
        const Result<void> checked = check_file(name, arguments);
        if (!checked) {
            std::ranges::move(find_places(name, checked.error()), std::back_inserter(findings));
            if (arguments.output == "text") fmt::print(stderr, "{}\n", checked.error().to_text());
        } else if (arguments.output == "text" && !arguments.is_quiet && !arguments.shows_origin) {
            fmt::print("{}: ok\n", name);
        }
    }
    if (arguments.output == "json") fmt::print("{}\n", to_json(findings));
    return findings.empty() ? kOk : kFindings;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<CheckArguments>();
    CLI::App* verb = app.add_subcommand(
        "check",
        "Finds the mistakes of pipeline files without running them\n\n"
        "  messina check enrich.yaml\n"
        "  messina check *.yaml docs/*.md        also the code blocks of Markdown\n"
        "  messina check enrich.yaml --connect    also against the clusters' tables\n"
        "  messina check enrich.yaml --show-origin");
    verb->add_option("files", arguments->files, "Pipeline files; - is standard input")->required();
    verb->add_flag("-q,--quiet", arguments->is_quiet, "Says nothing of files that are right");
    verb->add_flag("--show-origin", arguments->shows_origin,
                   "Prints every value that holds and where it came from");
    verb->add_option("--output", arguments->output,
                     "text or json: a list of findings with file, line and column")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_file_access(*verb, arguments->access, Connects::WhenAsked);
    verb->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace messina::cli
