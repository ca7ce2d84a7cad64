// Reading a whole file that must be a regular one (or standard input) and of bounded size.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace messina::config {

/// Errors: config.file (cannot be read, not a regular file), config.too_large.
Result<std::string> read_text_file(const std::string& path, size_t bytes_max);
/// The same from standard input.
Result<std::string> read_standard_input(size_t bytes_max);

}  // namespace messina::config
