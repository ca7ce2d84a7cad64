#include "cql/order.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "cql/address.h"
#include "cql/big_number.h"
#include "cql/bytes.h"
#include "cql/fixed_size.h"
#include "cql/order_big_number.h"
#include "cql/parts.h"

namespace messina::cql {
namespace {

// In front of each part of a collection, tuple or udt; a shorter collection sorts first, a null
// field before all others.
constexpr char kEnd = 0;
constexpr char kNull = 0;
constexpr char kPart = 1;

/// 0x00 becomes 0x00 0xff and the text ends with 0x00 0x00, so a text sorts before its extensions.
void append_escaped(std::string_view bytes, Buffer& out) {
    out.reserve_more(bytes.size() + 2);
    while (true) {
        const size_t zero = bytes.find('\0');
        out.append(bytes.substr(0, zero));
        out.push_back('\0');
        if (zero == std::string_view::npos) break;
        out.push_back('\xff');
        bytes.remove_prefix(zero + 1);
    }
    out.push_back('\0');
}

bool append_unescaped(std::string_view& ordered, Buffer& out) {
    while (true) {
        const size_t zero = ordered.find('\0');
        if (zero == std::string_view::npos || zero + 1 >= ordered.size()) return false;
        out.append(ordered.substr(0, zero));
        const char mark = ordered[zero + 1];
        ordered.remove_prefix(zero + 2);
        if (mark == '\0') return true;
        if (mark != '\xff') return false;
        out.push_back('\0');
    }
}

template <class Word>
void append_signed(std::string_view bytes, Buffer& out) {
    constexpr Word sign = Word{1} << (sizeof(Word) * 8 - 1);
    append_big_endian(out, static_cast<Word>(load_big_endian<Word>(bytes.data()) ^ sign));
}

/// IEEE 754 bits sort as numbers once negative ones are inverted and positive ones get the top bit.
/// All NaNs are one value above all others.
template <class Word>
void append_floating(std::string_view bytes, Word exponent_mask, Buffer& out) {
    constexpr Word sign = Word{1} << (sizeof(Word) * 8 - 1);
    Word bits = load_big_endian<Word>(bytes.data());
    const Word magnitude = bits & static_cast<Word>(~sign);
    if (magnitude > exponent_mask)  // NaN
        bits = static_cast<Word>(exponent_mask | (exponent_mask >> 1));
    append_big_endian(out, static_cast<Word>((bits & sign) != 0 ? ~bits : bits | sign));
}

template <class Word>
void append_unordered_floating(std::string_view ordered, Buffer& out) {
    constexpr Word sign = Word{1} << (sizeof(Word) * 8 - 1);
    const Word bits = load_big_endian<Word>(ordered.data());
    append_big_endian(out, static_cast<Word>((bits & sign) != 0 ? bits ^ sign : ~bits));
}

/// time_low, time_mid, time_hi → the most significant part of the time first. Its own inverse is
/// restore_time().
uint64_t reorder_time(uint64_t word) {
    return word << 48 | (word << 16 & 0x0000'ffff'0000'0000) | word >> 32;
}
uint64_t restore_time(uint64_t word) {
    return word << 32 | (word >> 16 & 0x0000'0000'ffff'0000) | word >> 48;
}
constexpr uint64_t kSignOfEveryByte = 0x8080'8080'8080'8080;

/// timeuuid: by time, then by the rest as signed bytes. uuid: by version, then time uuids by time
/// and others by their bytes, then by the rest as unsigned bytes (both as servers do).
void append_uuid(TypeKind kind, std::string_view bytes, Buffer& out) {
    uint64_t high = load_big_endian<uint64_t>(bytes.data());
    uint64_t low = load_big_endian<uint64_t>(bytes.data() + 8);
    const int version = uuid_version(bytes);
    if (kind == TypeKind::Uuid)
        out.push_back(static_cast<char>(version));
    else
        low ^= kSignOfEveryByte;
    if (version == 1) high = reorder_time(high);
    append_big_endian(out, high);
    append_big_endian(out, low);
}

Result<void> append_ordered_parts(const Type& type, std::string_view bytes, Buffer& out) {
    MESSINA_TRY(PartReader parts, PartReader::make(type, bytes));
    const bool has_fields = type.kind == TypeKind::Tuple || type.kind == TypeKind::Udt;
    while (parts.has_next()) {
        const Type& part_type = parts.next_type();
        MESSINA_TRY(const std::optional<std::string_view> part, parts.next());
        if (!part && !has_fields) return malformed(type, "a null element");
        if (!part) {
            out.push_back(kNull);
            continue;
        }
        if (type.kind != TypeKind::Vector) out.push_back(kPart);
        MESSINA_TRY_VOID(append_ordered(part_type, *part, out));
    }
    if (!has_fields && type.kind != TypeKind::Vector) out.push_back(kEnd);
    return parts.finish();
}

Result<void> append_part(const Type& type, const Type& part_type, std::string_view& ordered,
                         Buffer& out) {
    Buffer part;
    MESSINA_TRY_VOID(append_serialized(part_type, ordered, part));
    if (type.kind != TypeKind::Vector)
        append_big_endian(out, static_cast<int32_t>(part.size()));
    else if (fixed_element_size(part_type) == 0)
        append_vint(out, part.size());
    out.append(part.view());
    return {};
}

Result<void> append_serialized_elements(const Type& type, std::string_view& ordered, Buffer& out) {
    const size_t count_at = out.size();
    append_big_endian(out, int32_t{0});
    int32_t count = 0;
    for (size_t i = 0;; ++i) {
        if (ordered.empty()) return malformed(type, "its sortable form is truncated");
        const char mark = ordered[0];
        ordered.remove_prefix(1);
        if (mark == kEnd) break;
        const Type& part_type = type.arguments[type.kind == TypeKind::Map ? i % 2 : 0];
        MESSINA_TRY_VOID(append_part(type, part_type, ordered, out));
        ++count;
    }
    store_big_endian(out.data() + count_at, type.kind == TypeKind::Map ? count / 2 : count);
    return {};
}

Result<void> append_serialized_fields(const Type& type, std::string_view& ordered, Buffer& out) {
    for (const Type& part_type : type.arguments) {
        if (ordered.empty()) return malformed(type, "its sortable form is truncated");
        const char mark = ordered[0];
        ordered.remove_prefix(1);
        if (mark == kNull) {
            append_big_endian(out, int32_t{-1});
            continue;
        }
        MESSINA_TRY_VOID(append_part(type, part_type, ordered, out));
    }
    return {};
}

Result<void> append_serialized_parts(const Type& type, std::string_view& ordered, Buffer& out) {
    if (type.kind == TypeKind::Vector) {
        for (uint32_t i = 0; i < type.dimension; ++i)
            MESSINA_TRY_VOID(append_part(type, type.arguments[0], ordered, out));
        return {};
    }
    if (type.kind == TypeKind::Tuple || type.kind == TypeKind::Udt)
        return append_serialized_fields(type, ordered, out);
    return append_serialized_elements(type, ordered, out);
}

void invert(char* bytes, size_t count) {
    for (size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<char>(~static_cast<unsigned char>(bytes[i]));
}

}  // namespace

bool is_ordered(const Type& type) {
    if (type.kind == TypeKind::Duration || type.kind == TypeKind::Counter) return false;
    return std::ranges::all_of(type.arguments, is_ordered);
}

Result<void> append_ordered(const Type& type, std::string_view bytes, Buffer& out) {
    const size_t size = fixed_size(type.kind);
    if (size != 0 && bytes.size() != size) return malformed(type, "it has another size");
    switch (type.kind) {
        case TypeKind::Boolean: out.push_back(bytes[0] == 0 ? '\0' : '\1'); return {};
        case TypeKind::Tinyint: append_signed<uint8_t>(bytes, out); return {};
        case TypeKind::Smallint: append_signed<uint16_t>(bytes, out); return {};
        case TypeKind::Int: append_signed<uint32_t>(bytes, out); return {};
        case TypeKind::Bigint:
        case TypeKind::Time:
        case TypeKind::Timestamp: append_signed<uint64_t>(bytes, out); return {};
        case TypeKind::Date: out.append(bytes); return {};
        case TypeKind::Float: append_floating<uint32_t>(bytes, 0x7f80'0000, out); return {};
        case TypeKind::Double:
            append_floating<uint64_t>(bytes, 0x7ff0'0000'0000'0000, out);
            return {};
        case TypeKind::Timeuuid:
            if (uuid_version(bytes) != 1) return malformed(type, "its version is not 1");
            [[fallthrough]];
        case TypeKind::Uuid: append_uuid(type.kind, bytes, out); return {};
        case TypeKind::Inet:
            if (bytes.size() != 4 && bytes.size() != 16)
                return malformed(type, "an address has 4 or 16 bytes");
            [[fallthrough]];
        case TypeKind::Ascii:
        case TypeKind::Blob:
        case TypeKind::Text: append_escaped(bytes, out); return {};
        case TypeKind::Varint: return append_ordered_varint(type, bytes, out);
        case TypeKind::Decimal: return append_ordered_decimal(type, bytes, out);
        case TypeKind::Counter:
        case TypeKind::Duration: return malformed(type, "the type has no order");
        default: return append_ordered_parts(type, bytes, out);
    }
}

Result<void> append_serialized(const Type& type, std::string_view& ordered, Buffer& out) {
    const size_t size = fixed_size(type.kind) + (type.kind == TypeKind::Uuid ? 1 : 0);
    if (ordered.size() < size) return malformed(type, "its sortable form is truncated");
    const std::string_view bytes = ordered.substr(0, size);
    ordered.remove_prefix(size);
    switch (type.kind) {
        case TypeKind::Boolean:
        case TypeKind::Date: out.append(bytes); return {};
        case TypeKind::Tinyint: append_signed<uint8_t>(bytes, out); return {};
        case TypeKind::Smallint: append_signed<uint16_t>(bytes, out); return {};
        case TypeKind::Int: append_signed<uint32_t>(bytes, out); return {};
        case TypeKind::Bigint:
        case TypeKind::Time:
        case TypeKind::Timestamp: append_signed<uint64_t>(bytes, out); return {};
        case TypeKind::Float: append_unordered_floating<uint32_t>(bytes, out); return {};
        case TypeKind::Double: append_unordered_floating<uint64_t>(bytes, out); return {};
        case TypeKind::Timeuuid:
        case TypeKind::Uuid: {
            const bool is_time = type.kind == TypeKind::Timeuuid || bytes[0] == 1;
            const char* words = bytes.data() + (type.kind == TypeKind::Uuid ? 1 : 0);
            const auto high = load_big_endian<uint64_t>(words);
            const auto low = load_big_endian<uint64_t>(words + 8);
            append_big_endian(out, is_time ? restore_time(high) : high);
            append_big_endian(out, type.kind == TypeKind::Timeuuid ? low ^ kSignOfEveryByte : low);
            return {};
        }
        case TypeKind::Inet:
        case TypeKind::Ascii:
        case TypeKind::Blob:
        case TypeKind::Text:
            if (!append_unescaped(ordered, out))
                return malformed(type, "its sortable form is truncated");
            return {};
        case TypeKind::Varint: return append_serialized_varint(type, ordered, out);
        case TypeKind::Decimal: return append_serialized_decimal(type, ordered, out);
        case TypeKind::Counter:
        case TypeKind::Duration: return malformed(type, "the type has no order");
        default: return append_serialized_parts(type, ordered, out);
    }
}

Result<void> append_descending(const Type& type, std::string_view bytes, Buffer& out) {
    const size_t begin = out.size();
    MESSINA_TRY_VOID(append_ordered(type, bytes, out));
    invert(out.data() + begin, out.size() - begin);
    return {};
}

Result<void> append_serialized_descending(const Type& type, std::string_view& ordered,
                                          Buffer& out) {
    std::string ascending(ordered);
    invert(ascending.data(), ascending.size());
    std::string_view rest = ascending;
    MESSINA_TRY_VOID(append_serialized(type, rest, out));
    ordered.remove_prefix(ascending.size() - rest.size());
    return {};
}

}  // namespace messina::cql
