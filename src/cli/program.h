// The command line as a whole: help, unknown verbs, exit codes.
#pragma once

#include "cli/verbs.h"

namespace messina::cli {

/// Runs the verb that argv names and returns its exit code.
int run_program(int argc, char** argv);

}  // namespace messina::cli
