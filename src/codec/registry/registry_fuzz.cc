// Any status and body: an answer is what was wanted or an error that says what was asked for.
#include <cstdint>
#include <cstdlib>

#include "codec/registry/answer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace messina::codec::registry;
    static constexpr long kStatuses[] = {200, 200, 200, 401, 404, 409, 422, 500};
    if (size < 1) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto wanted = static_cast<Wanted>(data[0] / 8 % 3);
    const auto answer = read_answer(kStatuses[data[0] % 8], body, wanted, "asking");
    if (!answer) {
        if (!answer.error().message.starts_with("asking: ")) std::abort();
        return 0;
    }
    if (wanted != Wanted::Schema && answer->id == 0) std::abort();
    if (wanted != Wanted::Id && answer->schema.empty()) std::abort();
    for (const Reference& reference : answer->references)
        if (reference.subject.empty() || reference.version <= 0) std::abort();
    return 0;
}
