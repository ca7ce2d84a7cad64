#include "cql/order_big_number.h"

#include <algorithm>

#include "cql/big_number.h"
#include "cql/bytes.h"
#include "cql/parts.h"

namespace messina::cql {
namespace {

// A varint begins with its length: above this for numbers ≥ 0, below for negative ones, whose
// longer forms are smaller. Two's complement of equal length and sign sorts bytewise.
constexpr uint16_t kVarintMiddle = 0x8000;

// A decimal is 0.d₁d₂d₃… × 10^exponent without trailing zeros: its sign, then exponent and digits,
// all inverted when negative.
constexpr char kNegative = 0;
constexpr char kZero = 1;
constexpr char kPositive = 2;
constexpr uint64_t kExponentMiddle = uint64_t{1} << 63;
constexpr char kDigitsEnd = 0;
// What a scale of 32 bits and the digits of a key can add up to, generously.
constexpr int64_t kExponentBound = int64_t{1} << 32;

bool is_negative(std::string_view twos_complement) {
    return (static_cast<unsigned char>(twos_complement[0]) & 0x80) != 0;
}

std::string_view shortest(std::string_view bytes) {
    while (bytes.size() > 1 && (bytes[0] == '\0' || bytes[0] == '\xff') &&
           is_negative(bytes) == is_negative(bytes.substr(1)))
        bytes.remove_prefix(1);
    return bytes;
}

char inverted_if(bool is_inverted, char byte) {
    return is_inverted ? static_cast<char>(~static_cast<unsigned char>(byte)) : byte;
}

}  // namespace

Result<void> append_ordered_varint(const Type& type, std::string_view bytes, Buffer& out) {
    if (bytes.empty()) return malformed(type, "it is empty");
    bytes = shortest(bytes);
    if (bytes.size() > kBigNumberBytesMax) return malformed(type, "it is too long for a key");
    const auto size = static_cast<uint16_t>(bytes.size());
    append_big_endian(out, static_cast<uint16_t>(is_negative(bytes) ? kVarintMiddle - size
                                                                    : kVarintMiddle + size));
    out.append(bytes);
    return {};
}

Result<void> append_serialized_varint(const Type& type, std::string_view& ordered, Buffer& out) {
    ByteReader reader(ordered);
    const auto mark = reader.take<uint16_t>();
    if (!mark) return malformed(type, "its sortable form is truncated");
    const int size = *mark < kVarintMiddle ? kVarintMiddle - *mark : *mark - kVarintMiddle;
    const auto bytes = reader.take_bytes(static_cast<size_t>(size));
    if (!bytes || bytes->empty()) return malformed(type, "its sortable form is truncated");
    out.append(*bytes);
    ordered.remove_prefix(ordered.size() - reader.left());
    return {};
}

Result<void> append_ordered_decimal(const Type& type, std::string_view bytes, Buffer& out) {
    ByteReader reader(bytes);
    const auto scale = reader.take<int32_t>();
    if (!scale || reader.is_empty()) return malformed(type, "it has less than 5 bytes");
    const auto number = varint_to_decimal(bytes.substr(4));
    if (!number) return malformed(type, "it is too long for a key");
    if (number->digits == "0") {
        out.push_back(kZero);
        return {};
    }
    out.push_back(number->is_negative ? kNegative : kPositive);
    const auto exponent = static_cast<uint64_t>(static_cast<int64_t>(number->digits.size()) -
                                                static_cast<int64_t>(*scale));
    const uint64_t ordered = exponent ^ kExponentMiddle;
    append_big_endian(out, number->is_negative ? ~ordered : ordered);
    const size_t digits = number->digits.find_last_not_of('0') + 1;
    for (size_t i = 0; i < digits; ++i)
        out.push_back(inverted_if(number->is_negative, number->digits[i]));
    out.push_back(inverted_if(number->is_negative, kDigitsEnd));
    return {};
}

Result<void> append_serialized_decimal(const Type& type, std::string_view& ordered, Buffer& out) {
    ByteReader reader(ordered);
    const auto sign = reader.take<uint8_t>();
    if (!sign) return malformed(type, "its sortable form is truncated");
    BigDecimal number;
    number.is_negative = *sign == kNegative;
    if (*sign == kZero) {
        number.digits = "0";
        append_big_endian(out, int32_t{0});
        append_varint(number, out);
        ordered.remove_prefix(1);
        return {};
    }
    const auto mark = reader.take<uint64_t>();
    if (!mark) return malformed(type, "its sortable form is truncated");
    const auto exponent =
        static_cast<int64_t>((number.is_negative ? ~*mark : *mark) ^ kExponentMiddle);
    while (true) {
        const auto digit = reader.take<uint8_t>();
        if (!digit) return malformed(type, "its sortable form is truncated");
        const char plain = inverted_if(number.is_negative, static_cast<char>(*digit));
        if (plain == kDigitsEnd) break;
        if (plain < '0' || plain > '9') return malformed(type, "its sortable form has no digits");
        number.digits.push_back(plain);
    }
    ordered.remove_prefix(ordered.size() - reader.left());
    if (number.digits.empty()) return malformed(type, "its sortable form has no digits");
    if (exponent < -kExponentBound || exponent > kExponentBound)
        return malformed(type, "its sortable form has an exponent out of range");
    const int64_t scale = static_cast<int64_t>(number.digits.size()) - exponent;
    // A scale that trailing zeros held inside of its range gets them back.
    constexpr int64_t scale_min = INT32_MIN;
    if (scale > INT32_MAX || scale < scale_min - 1'000'000)
        return malformed(type, "its sortable form has an exponent out of range");
    if (scale < scale_min) number.digits.append(static_cast<size_t>(scale_min - scale), '0');
    append_big_endian(out, static_cast<int32_t>(std::max(scale, scale_min)));
    append_varint(number, out);
    return {};
}

}  // namespace messina::cql
