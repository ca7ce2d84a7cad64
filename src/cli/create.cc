// messina create: a commented pipeline file to start from.
#include <cstdio>

#include <fmt/core.h>

#include "cli/templates.h"
#include "cli/verbs.h"

namespace messina::cli {

void add_create(CLI::App& app, int& exit_code) {
    auto kind = std::make_shared<std::string>();
    std::string description =
        "Prints a commented pipeline file to start from\n\n"
        "  messina create enrich > enrich.yaml\n\nKinds:";
    std::vector<std::string> kinds;
    for (const Template& starting : templates()) {
        kinds.emplace_back(starting.kind);
        description += fmt::format("\n  {:<10}{}", starting.kind, starting.summary);
    }
    CLI::App* verb = app.add_subcommand("create", description);
    verb->add_option("kind", *kind, "What the pipeline is to do")
        ->required()
        ->check(CLI::IsMember(kinds));
    verb->callback([kind, &exit_code] {
        for (const Template& starting : templates())
            if (starting.kind == *kind) fmt::print("{}", starting.text);
        exit_code = kOk;
    });
}

}  // namespace messina::cli
