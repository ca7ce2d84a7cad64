// Invariants. MESSINA_CHECK stays on in release builds: a violated one is a bug of ours and ends
// the process with a message; it must never be reachable by input (input gets an Error).
#pragma once

#include <string_view>

namespace messina {
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view detail);
}

#define MESSINA_CHECK(condition, detail)                                       \
    do {                                                                       \
        if (!(condition)) [[unlikely]]                                         \
            ::messina::check_failed(__FILE__, __LINE__, #condition, (detail)); \
    } while (false)
