// messina list: the names that there are.
#include <algorithm>
#include <cstdio>

#include <fmt/core.h>

#include "cli/reference.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

void print_group(const Listing& listing, std::string_view indent) {
    constexpr size_t width_max = 44;
    size_t width = 0;
    for (const auto& [name, about] : listing)
        width = std::max(width, std::min(name.size(), width_max));
    for (const auto& [name, about] : listing) {
        if (about.empty()) {
            fmt::print("{}{}\n", indent, name);
        } else {
            fmt::print("{}{:<{}}  {}\n", indent, name, width, about);
        }
    }
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
    auto group = std::make_shared<std::string>();
    CLI::App* verb =
        app.add_subcommand("list",
                           "Lists the names that there are, each with a line about it\n\n"
                           "  messina list steps\n"
                           "  messina list");
    verb->add_option("group", *group, "One group; all when absent")
        ->check(CLI::IsMember(listing_groups()));
    verb->callback([group, &exit_code] {
        exit_code = kOk;
        if (!group->empty()) return print_group(*list_group(*group), "");
        for (const std::string& name : listing_groups()) {
            fmt::print("{}\n", name);
            print_group(*list_group(name), "  ");
        }
    });
}

}  // namespace messina::cli
