// Input: two stored records. Malformed ones are refused; well-formed ones merge to the same in
// either order and come back from their stored form.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "table/record.h"

namespace {

using namespace messina::table;

std::string merged(std::string_view a, std::string_view b) {
    Record left;
    Record right;
    std::vector<Cell> scratch;
    std::string out;
    decode(a, left);
    decode(b, right);
    merge(left, right, scratch);
    encode(left, out);
    return out;
}

/// What the store itself would have written: cells and ranges in order, nothing that is deleted.
bool is_canonical(std::string_view bytes) {
    Record record;
    if (!decode(bytes, record)) return false;
    for (size_t i = 1; i < record.cells.size(); ++i)
        if (record.cells[i - 1].column >= record.cells[i].column) return false;
    if (!record.ranges.empty()) return false;
    apply(record.deletion, record);
    std::string again;
    encode(record, again);
    return again == bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (size == 0) return 0;
    const size_t split = static_cast<size_t>(data[0]) % size;
    const std::string_view a = input.substr(1, split);
    const std::string_view b = input.substr(std::min(size, 1 + split));
    const std::string ab = merged(a, b);
    if (!is_canonical(a) || !is_canonical(b)) return 0;
    MESSINA_CHECK(ab == merged(b, a), "the order of writes matters");
    MESSINA_CHECK(ab == merged(ab, b), "a write that comes twice matters");
    return 0;
}
