#include "cli/load.h"

#include <cstdio>

#include <fmt/core.h>

#include "cli/verbs.h"

namespace messina::cli {

int exit_code_of(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::Transient:
        case ErrorClass::Throttled: return kUnavailable;
        case ErrorClass::Poison:
        case ErrorClass::Fatal: return kBadData;
        case ErrorClass::Misconfigured: return kBadConfig;
    }
    return kInternal;
}

int report(const Error& error) {
    fmt::print(stderr, "{}\n", error.to_text());
    return exit_code_of(error.error_class);
}

pipeline::LoadOptions load_options(const FileAccess& access) {
    pipeline::LoadOptions options;
    options.interpolation.env_patterns = access.env_patterns;
    options.interpolation.file_roots = access.file_roots;
    options.interpolation.how_to_allow = "allow it with --allow-file DIR or --allow-env PATTERN";
    options.connects = access.connects;
    return options;
}

void add_file_access(CLI::App& verb, FileAccess& access, Connects connects) {
    access.connects = connects == Connects::Always;
    if (connects == Connects::WhenAsked)
        verb.add_flag("--connect", access.connects,
                      "Asks the clusters of `cql` stores for their tables");
    verb.add_option("--allow-file", access.file_roots,
                    "Lets ${file:} and ${dir:} read below this folder")
        ->type_name("DIR");
    verb.add_option("--allow-env", access.env_patterns,
                    "Names of variables that ${env:} may read; all when absent")
        ->type_name("PATTERN");
}

}  // namespace messina::cli
