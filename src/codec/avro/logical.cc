#include "codec/avro/logical.h"

#include "codec/avro/calendar.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {
namespace {

constexpr bool is_dash_at(size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Value date_value(int64_t days, Arena& arena) {
    char text[kTimeTextBytes];
    return Value::string(arena.copy({text, print_date(days, text)}));
}

Value time_value(int64_t units, int64_t precision, Arena& arena) {
    const SplitTime time = split_units(units, static_cast<Precision>(precision));
    char text[kTimeTextBytes];
    return Value::string(arena.copy({text, print_time(time.seconds, time.nanos, text)}));
}

Value timestamp_value(int64_t units, int64_t precision) {
    const SplitTime time = split_units(units, static_cast<Precision>(precision));
    return Value::timestamp(time.seconds, static_cast<int32_t>(time.nanos));
}

Value local_value(int64_t units, int64_t precision, Arena& arena) {
    const SplitTime time = split_units(units, static_cast<Precision>(precision));
    int64_t days = time.seconds / kSecondsPerDay;
    int64_t seconds = time.seconds % kSecondsPerDay;
    if (seconds < 0) {
        --days;
        seconds += kSecondsPerDay;
    }
    char text[kTimeTextBytes];
    size_t size = print_date(days, text);
    text[size++] = 'T';
    size += print_time(seconds, time.nanos, text + size);
    return Value::string(arena.copy({text, size}));
}

Value uuid_value(std::string_view bytes, Arena& arena) {
    constexpr std::string_view digits = "0123456789abcdef";
    char* text = static_cast<char*>(arena.allocate(36, 1));
    char* to = text;
    for (const char byte : bytes) {
        if (is_dash_at(static_cast<size_t>(to - text))) *to++ = '-';
        *to++ = digits[static_cast<unsigned char>(byte) >> 4];
        *to++ = digits[byte & 0xf];
    }
    return Value::string({text, 36});
}

Value duration_value(std::string_view bytes, Arena& arena) {
    MapEntry* entries = arena.make_array<MapEntry>(3);
    constexpr std::string_view names[] = {"months", "days", "milliseconds"};
    for (size_t i = 0; i < 3; ++i)
        entries[i] = {Value::string(names[i]),
                      Value::integer(load_little_endian<uint32_t>(bytes.data() + 4 * i))};
    return Value::map({entries, 3});
}

bool parse_uuid(std::string_view text, char* bytes) {
    if (text.size() != 36) return false;
    for (size_t i = 0; i < text.size();) {
        if (is_dash_at(i)) {
            if (text[i++] != '-') return false;
            continue;
        }
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return false;
        *bytes++ = static_cast<char>(high * 16 + low);
        i += 2;
    }
    return true;
}

}  // namespace messina::codec::avro
