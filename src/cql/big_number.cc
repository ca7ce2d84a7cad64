#include "cql/big_number.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "cql/bytes.h"

namespace messina::cql {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes leading digits off `text`.
std::string_view take_digits(std::string_view& text) {
    size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

std::string without_leading_zeros(const std::string& digits) {
    const size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

constexpr uint32_t kLimbBase = 1'000'000'000;
constexpr size_t kLimbDigits = 9;

/// Little-endian bytes of the magnitude.
std::string magnitude_bytes(std::string_view digits) {
    std::vector<uint32_t> limbs;  // base 2^32, little-endian
    for (size_t at = 0; at < digits.size();) {
        const size_t count = std::min(kLimbDigits, digits.size() - at);
        uint32_t group = 0;
        uint64_t factor = 1;
        for (size_t i = 0; i < count; ++i) {
            group = group * 10 + static_cast<uint32_t>(digits[at + i] - '0');
            factor *= 10;
        }
        uint64_t carry = group;
        for (uint32_t& limb : limbs) {
            carry += limb * factor;
            limb = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) limbs.push_back(static_cast<uint32_t>(carry));
        at += count;
    }
    std::string bytes;
    for (const uint32_t limb : limbs)
        for (int shift = 0; shift < 32; shift += 8)
            bytes.push_back(static_cast<char>(limb >> shift & 0xff));
    while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
    return bytes;
}

/// -x as two's complement: all bits turned, plus one. Little-endian.
void negate(std::string& bytes) {
    unsigned carry = 1;
    for (char& byte : bytes) {
        carry += static_cast<uint8_t>(~static_cast<unsigned>(static_cast<uint8_t>(byte)) & 0xff);
        byte = static_cast<char>(carry & 0xff);
        carry >>= 8;
    }
}

bool has_sign_bit(char byte) {
    return (static_cast<uint8_t>(byte) & 0x80) != 0;
}

}  // namespace

std::optional<BigDecimal> parse_decimal(std::string_view text) {
    BigDecimal number;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        number.is_negative = text[0] == '-';
        text.remove_prefix(1);
    }
    std::string digits(take_digits(text));
    std::string_view fraction;
    if (!text.empty() && text[0] == '.') {
        text.remove_prefix(1);
        fraction = take_digits(text);
    }
    digits += fraction;
    if (digits.empty() || digits.size() > kBigNumberDigitsMax) return std::nullopt;
    int64_t exponent = 0;
    if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
        text.remove_prefix(1);
        if (!text.empty() && text[0] == '+') text.remove_prefix(1);
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), exponent);
        if (parsed.ec != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
        if (exponent > INT32_MAX || exponent < -INT32_MAX) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    const int64_t scale = static_cast<int64_t>(fraction.size()) - exponent;
    if (scale > INT32_MAX || scale < INT32_MIN) return std::nullopt;
    number.scale = static_cast<int32_t>(scale);
    number.digits = without_leading_zeros(digits);
    if (number.digits == "0") number.is_negative = false;
    return number;
}

std::optional<BigDecimal> to_integral(const BigDecimal& number) {
    BigDecimal integral{number.is_negative, number.digits, 0};
    if (number.digits == "0") return integral;
    if (number.scale <= 0) {
        const auto zeros = static_cast<size_t>(-static_cast<int64_t>(number.scale));
        if (zeros + integral.digits.size() > kBigNumberDigitsMax) return std::nullopt;
        integral.digits.append(zeros, '0');
        return integral;
    }
    const auto fraction = static_cast<size_t>(number.scale);
    if (fraction >= integral.digits.size()) return std::nullopt;
    const size_t whole = integral.digits.size() - fraction;
    if (integral.digits.find_first_not_of('0', whole) != std::string::npos) return std::nullopt;
    integral.digits.resize(whole);
    return integral;
}

std::string to_text(const BigDecimal& number) {
    std::string text = number.is_negative ? "-" : "";
    const std::string& digits = number.digits;
    const int64_t point = static_cast<int64_t>(digits.size()) - number.scale;
    constexpr int64_t leading_zeros_max = 6;
    if (number.scale == 0) return text + digits;
    if (number.scale > 0 && point > 0) {
        const auto whole = static_cast<size_t>(point);
        return text + digits.substr(0, whole) + "." + digits.substr(whole);
    }
    if (number.scale > 0 && point > -leading_zeros_max)
        return text + "0." + std::string(static_cast<size_t>(-point), '0') + digits;
    text += digits[0];
    if (digits.size() > 1) text += "." + digits.substr(1);
    return text + "e" + std::to_string(point - 1);
}

void append_varint(const BigDecimal& integral, Buffer& out) {
    std::string bytes = magnitude_bytes(integral.digits);
    if (integral.is_negative) negate(bytes);
    if (bytes.empty() || has_sign_bit(bytes.back()) != integral.is_negative)
        bytes.push_back(integral.is_negative ? '\xff' : '\0');
    // -128 and the like: negation may leave a byte that says no more than the sign.
    while (bytes.size() > 1 && bytes.back() == (integral.is_negative ? '\xff' : '\0') &&
           has_sign_bit(bytes[bytes.size() - 2]) == integral.is_negative)
        bytes.pop_back();
    std::ranges::reverse(bytes);
    out.append(bytes);
}

void append_varint(int64_t number, Buffer& out) {
    char bytes[8];
    store_big_endian(bytes, number);
    size_t begin = 0;
    while (begin < 7 && bytes[begin] == (number < 0 ? '\xff' : '\0') &&
           has_sign_bit(bytes[begin + 1]) == (number < 0))
        ++begin;
    out.append({bytes + begin, 8 - begin});
}

std::optional<BigDecimal> varint_to_decimal(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > kBigNumberBytesMax) return std::nullopt;
    BigDecimal number;
    number.is_negative = has_sign_bit(bytes[0]);
    std::string magnitude(bytes.rbegin(), bytes.rend());
    if (number.is_negative) negate(magnitude);
    std::vector<uint32_t> groups;  // base 10^9, little-endian
    for (size_t i = magnitude.size(); i-- > 0;) {
        uint64_t carry = static_cast<uint8_t>(magnitude[i]);
        for (uint32_t& group : groups) {
            carry += static_cast<uint64_t>(group) << 8;
            group = static_cast<uint32_t>(carry % kLimbBase);
            carry /= kLimbBase;
        }
        if (carry != 0) groups.push_back(static_cast<uint32_t>(carry));
    }
    for (size_t i = groups.size(); i-- > 0;) {
        const std::string digits = std::to_string(groups[i]);
        number.digits.append(kLimbDigits - digits.size(), '0');
        number.digits += digits;
    }
    number.digits = without_leading_zeros(number.digits);
    return number;
}

std::optional<int64_t> varint_to_int(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    const char sign = has_sign_bit(bytes[0]) ? '\xff' : '\0';
    while (bytes.size() > 8 && bytes[0] == sign && has_sign_bit(bytes[1]) == (sign != 0))
        bytes.remove_prefix(1);
    if (bytes.size() > 8) return std::nullopt;
    auto number = static_cast<uint64_t>(sign == 0 ? 0 : -1);
    for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
    return static_cast<int64_t>(number);
}

}  // namespace messina::cql
