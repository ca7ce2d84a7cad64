#include "cli/program.h"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/nearest.h"

namespace messina::cli {
namespace {

constexpr const char* kDescription =
    "Event pipelines between Kafka and ScyllaDB/Cassandra: match, enrich, filter, route.\n\n"
    "  messina create enrich > enrich.yaml    a commented file to start from\n"
    "  messina check enrich.yaml              every mistake that can be found without running\n"
    "  messina run enrich.yaml                run it";

/// The list of verbs shows the first line of each; `messina VERB --help` shows the examples below
/// it.
class VerbFormatter final : public CLI::Formatter {
  public:
    std::string make_subcommand(const CLI::App* verb) const override {
        std::stringstream out;
        const std::string description = verb->get_description();
        CLI::detail::format_help(out, verb->get_display_name(true),
                                 description.substr(0, description.find('\n')), column_width_);
        return out.str();
    }
};

/// CLI11's own message, with the nearest word that would have been right.
int refuse(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    fmt::print(stderr, "messina: {}\n", error.what());
    std::vector<std::string> known;
    for (const CLI::App* verb : app.get_subcommands({})) {
        known.push_back(verb->get_name());
        if (argc < 2 || verb->get_name() != argv[1]) continue;
        known.clear();
        for (const CLI::Option* option : verb->get_options())
            for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
        break;
    }
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    for (int i = 1; i < argc; ++i) {
        if (std::ranges::find(known, argv[i]) != known.end()) continue;
        const std::string hint = did_you_mean(argv[i], candidates);
        if (!hint.empty()) {
            fmt::print(stderr, "  hint: {}\n", hint);
            return kUsage;
        }
    }
    fmt::print(stderr,
               "  hint: `messina --help` lists the verbs, `messina VERB --help` their options\n");
    return kUsage;
}

}  // namespace

int run_program(int argc, char** argv) {
    CLI::App app(kDescription, "messina");
    app.require_subcommand(1);
    app.formatter(std::make_shared<VerbFormatter>());
    app.set_help_flag("-h,--help", "Shows this");
    int exit_code = kOk;
    add_run(app, exit_code);
    add_check(app, exit_code);
    add_test(app, exit_code);
    add_create(app, exit_code);
    add_explain(app, exit_code);
    add_eval(app, exit_code);
    add_doc(app, exit_code);
    add_list(app, exit_code);
    add_completion(app, exit_code);
    add_version(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return refuse(app, error, argc, argv);
    }
    return exit_code;
}

}  // namespace messina::cli
