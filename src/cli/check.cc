// messina check: every mistake that can be found without running.
#include <fmt/core.h>

#include <cstdio>

#include "cli/load.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

struct CheckArguments {
    std::vector<std::string> files;
    FileAccess access;
    bool is_quiet = false;
};

int check(const CheckArguments& arguments) {
    int findings = 0;
    for (const std::string& name : arguments.files) {
        auto file = pipeline::PipelineFile::load(name, load_options(arguments.access));
        if (!file) {
            ++findings;
            fmt::print(stderr, "{}\n", file.error().to_text());
        } else if (!arguments.is_quiet) {
            fmt::print("{}: ok\n", name);
        }
    }
    return findings == 0 ? kOk : kFindings;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<CheckArguments>();
    CLI::App* verb = app.add_subcommand("check", "Finds the mistakes of pipeline files without running them");
    verb->add_option("files", arguments->files, "Pipeline files; - is standard input")->required();
    verb->add_flag("-q,--quiet", arguments->is_quiet, "Says nothing of files that are right");
    verb->add_option("--allow-file", arguments->access.file_roots, "Lets ${file:} and ${dir:} read below this folder");
    verb->add_option("--allow-env", arguments->access.env_patterns, "Names of variables that ${env:} may read; all when absent");
    verb->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace messina::cli
