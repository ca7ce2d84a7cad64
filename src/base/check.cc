#include "base/check.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>

namespace messina {

void check_failed(const char* file, int line, const char* condition, std::string_view detail) {
    fmt::print(stderr, "messina: bug: {}:{}: {} does not hold: {}\n", file, line, condition,
               detail);
    std::fflush(stderr);
    std::abort();
}

}  // namespace messina
