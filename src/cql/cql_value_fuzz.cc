// Input: the text of a type, a zero byte, serialized bytes. Whatever they are, nothing crashes;
// what can be read and written again comes to rest after one round, and sortable forms come back.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "cql/order.h"
#include "cql/type.h"

namespace {

using namespace messina;

void check_round_trip(const cql::Type& type, std::string_view bytes) {
    Arena arena;
    const auto value = cql::deserialize(type, bytes, arena);
    if (!value) return;
    Buffer once;
    if (!cql::serialize(type, *value, once)) return;
    const auto again = cql::deserialize(type, once.view(), arena);
    MESSINA_CHECK(again.has_value(), type.to_text());
    Buffer twice;
    MESSINA_CHECK(cql::serialize(type, *again, twice).has_value(), type.to_text());
    MESSINA_CHECK(once.view() == twice.view(), type.to_text());
}

void check_order(const cql::Type& type, std::string_view bytes) {
    Buffer ordered;
    if (!cql::append_ordered(type, bytes, ordered)) return;
    std::string_view rest = ordered.view();
    Buffer back;
    MESSINA_CHECK(cql::append_serialized(type, rest, back).has_value(), type.to_text());
    MESSINA_CHECK(rest.empty(), type.to_text());
    Buffer again;
    MESSINA_CHECK(cql::append_ordered(type, back.view(), again).has_value(), type.to_text());
    MESSINA_CHECK(again.view() == ordered.view(), type.to_text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const size_t end = input.find('\0');
    const auto type = cql::parse_type(input.substr(0, end));
    if (!type || end == std::string_view::npos) return 0;
    MESSINA_CHECK(cql::parse_type(type->to_text()) == *type, type->to_text());
    const std::string_view bytes = input.substr(end + 1);
    check_round_trip(*type, bytes);
    check_order(*type, bytes);
    Buffer out;
    std::string_view rest = bytes;
    (void)cql::append_serialized(*type, rest, out);
    out.clear();
    // Texts reach the parsers of dates, durations, addresses and numbers.
    (void)cql::serialize(*type, Value::string(bytes), out);
    return 0;
}
