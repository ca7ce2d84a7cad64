// Parses the verb and nothing else.
#include "base/failpoint.h"
#include "cli/program.h"

int main(int argc, char** argv) {
    if (!messina::arm_failpoints_from_environment()) return messina::cli::kUsage;
    return messina::cli::run_program(argc, argv);
}
