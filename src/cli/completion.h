// Completion scripts for shells, made from the command line's own declaration.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace messina::cli {

/// The script for bash, zsh or fish; none for any other shell.
std::optional<std::string> write_completion(const CLI::App& app, std::string_view shell);

}  // namespace messina::cli
