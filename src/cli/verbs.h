// Every verb of the command line, one file each. A verb adds its sub-command and sets `exit_code`
// when it was chosen and has run.
#pragma once

#include <CLI/CLI.hpp>

namespace messina::cli {

/// What a shell, a service manager or CI may rely on (sysexits.h where it has a word for it).
enum ExitCode : int {
    kOk = 0,
    kFindings = 1,      // check found mistakes, a test failed
    kUsage = 64,        // the command line is wrong
    kBadData = 65,      // a record stopped the pipeline
    kUnavailable = 69,  // something needed is not there: a server, a disk
    kInternal = 70,     // a bug of ours
    kBadConfig = 78,    // a file must be mended first
};

void add_run(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_test(CLI::App& app, int& exit_code);
void add_create(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_eval(CLI::App& app, int& exit_code);
void add_doc(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

}  // namespace messina::cli
