// messina test: runs scenario files and says what came out differently.
#include <cstdio>

#include <fmt/core.h>

#include "cli/load.h"
#include "cli/verbs.h"
#include "pipeline/scenario.h"

namespace messina::cli {
namespace {

struct TestArguments {
    std::vector<std::string> files;
    FileAccess access;
    bool is_quiet = false;
};

/// Whether the scenario passed; says so, or why not.
bool run_one(const std::string& file, const TestArguments& arguments) {
    const auto report = pipeline::run_scenario(file, load_options(arguments.access));
    if (report && report->differences.empty()) {
        if (!arguments.is_quiet) fmt::print("{}: passed\n", file);
        return true;
    }
    fmt::print("{}: failed\n", file);
    if (!report) {
        fmt::print("  {}\n", report.error().to_text());
        return false;
    }
    for (const std::string& difference : report->differences) fmt::print("  {}", difference);
    return false;
}

int test(const TestArguments& arguments) {
    size_t passed = 0;
    for (const std::string& file : arguments.files) passed += run_one(file, arguments) ? 1 : 0;
    const size_t failed = arguments.files.size() - passed;
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? kOk : kFindings;
}

}  // namespace

void add_test(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<TestArguments>();
    CLI::App* verb =
        app.add_subcommand("test",
                           "Runs scenario files: given rows and records, what must come out\n\n"
                           "  messina test tests/scenario/*.yaml\n"
                           "  messina doc scenario               the form of such a file");
    verb->add_option("files", arguments->files, "Scenario files")->required();
    verb->add_flag("-q,--quiet", arguments->is_quiet, "Says nothing of scenarios that pass");
    add_file_access(*verb, arguments->access);
    verb->callback([arguments, &exit_code] { exit_code = test(*arguments); });
}

}  // namespace messina::cli
