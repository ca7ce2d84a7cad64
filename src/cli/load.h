// What several verbs share: loading a pipeline file and saying what is wrong with it.
#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "pipeline/pipeline_file.h"

namespace messina::cli {

/// Prints the error to stderr; returns the exit code for its class.
int report(const Error& error);
int exit_code_of(ErrorClass error_class);

/// Whether a verb asks clusters for their tables.
enum class Connects : uint8_t { Never, WhenAsked, Always };

/// `--allow-file DIR` and the like, as every verb that reads a file has them.
struct FileAccess {
    std::vector<std::string> file_roots;
    std::vector<std::string> env_patterns = {"*"};
    bool connects = false;
};
pipeline::LoadOptions load_options(const FileAccess& access);
void add_file_access(CLI::App& verb, FileAccess& access, Connects connects = Connects::Never);

}  // namespace messina::cli
