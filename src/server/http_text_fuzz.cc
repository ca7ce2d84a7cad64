// Everything in a request that our own code parses, and the text after --listen.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "observe/escape.h"
#include "observe/exposition.h"
#include "server/listen_address.h"
#include "server/request_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace messina;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto target = server::parse_request_target(text)) {
        if (!target->path.starts_with('/')) std::abort();
        if (target->path.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
            std::abort();
    }
    if (const auto address = server::parse_listen_address(text)) {
        const auto again = server::parse_listen_address(address->to_text());
        if (!again || again->to_text() != address->to_text()) std::abort();
    }
    observe::negotiate_exposition(text);

    // Whatever goes in, what comes out is UTF-8 on one line.
    const std::string clean = observe::to_utf8(text);
    if (observe::to_utf8(clean) != clean) std::abort();
    std::string shown;
    observe::append_visible(shown, text);
    observe::append_field_text(shown, text);
    observe::append_json_string(shown, text);
    if (observe::to_utf8(shown) != shown) std::abort();
    for (const char c : shown)
        if (static_cast<unsigned char>(c) < 0x20) std::abort();
    return 0;
}
