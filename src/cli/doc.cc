// messina doc: the reference of whatever a pipeline file can name.
#include <cstdio>
#include <filesystem>

#include <fmt/core.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/load.h"
#include "cli/reference.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

struct DocArguments {
    std::string name;
    std::string format = "text";
    std::string folder;
};

int refuse(const std::string& name) {
    const std::vector<std::string> names = reference_names();
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    fmt::print(stderr, "messina: nothing here is called '{}'\n", name);
    const std::string hint = did_you_mean(name, candidates);
    fmt::print(stderr, "  hint: {}\n", hint.empty() ? "`messina doc` lists what there is" : hint);
    return kUsage;
}

int print_contents() {
    for (const Page& page : reference_pages()) fmt::print("{:<12}{}\n", page.name, page.title);
    fmt::print(
        "\n`messina doc NAME` prints a page, or the part of it about one source, step, sink or "
        "format.\n");
    return kOk;
}

/// Writes every page, as docs/reference/ holds them.
int write_folder(const std::string& folder) {
    for (const Page& page : reference_pages()) {
        const std::string path = (std::filesystem::path(folder) / (page.name + ".md")).string();
        if (Result<void> done =
                replace_file(path, *write_reference(page.name, PageFormat::Markdown));
            !done)
            return report(done.error());
    }
    return kOk;
}

int doc(const DocArguments& arguments) {
    if (!arguments.folder.empty()) return write_folder(arguments.folder);
    if (arguments.format == "json-schema") {
        fmt::print("{}\n", pipeline_file_schema());
        return kOk;
    }
    if (arguments.name.empty()) return print_contents();
    const auto text = write_reference(
        arguments.name, arguments.format == "text" ? PageFormat::Text : PageFormat::Markdown);
    if (!text) return refuse(arguments.name);
    fmt::print("{}", *text);
    return kOk;
}

}  // namespace

void add_doc(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<DocArguments>();
    CLI::App* verb = app.add_subcommand(
        "doc",
        "Prints the reference of a source, step, sink, format or page\n\n"
        "  messina doc lookup\n"
        "  messina doc cel\n"
        "  messina doc --format json-schema > pipeline.schema.json   for editors");
    verb->add_option("name", arguments->name, "What to look up; the list of pages when absent");
    verb->add_option("--format", arguments->format,
                     "text, markdown, or json-schema (of the whole file)")
        ->check(CLI::IsMember({"text", "markdown", "json-schema"}))
        ->capture_default_str();
    verb->add_option("--write", arguments->folder, "Writes every page as Markdown into this folder")
        ->type_name("DIR");
    verb->callback([arguments, &exit_code] { exit_code = doc(*arguments); });
}

}  // namespace messina::cli
