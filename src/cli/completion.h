// Completion scripts for shells, made from the command line's own declaration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace messina::cli {

/// The script for bash, zsh or fish; none for any other shell.
std::optional<std::string> write_completion(const CLI::App& app, std::string_view shell);

}  // namespace messina::cli
