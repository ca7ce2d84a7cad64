#include "codec/avro/decimal.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace messina::codec::avro {
namespace {

constexpr uint64_t kChunk = 1'000'000'000;  // of nine decimal digits

/// The magnitude of a two's complement number in words of 32 bits, least first.
std::vector<uint32_t> magnitude(std::string_view bytes, bool is_negative) {
    std::vector<uint32_t> words((bytes.size() + 3) / 4);
    uint32_t carry = is_negative ? 1 : 0;
    for (size_t i = 0; i < words.size() * 4; ++i) {
        uint32_t byte = 0;
        if (i < bytes.size()) {
            byte = static_cast<unsigned char>(bytes[bytes.size() - 1 - i]);
            if (is_negative) byte ^= 0xff;
        }
        byte += carry;
        carry = i < bytes.size() ? byte >> 8 : 0;
        words[i / 4] |= (byte & 0xff) << (8 * (i % 4));
    }
    return words;
}

std::string digits_of(std::vector<uint32_t> words) {
    std::vector<uint32_t> chunks;
    while (!words.empty()) {
        uint64_t rest = 0;
        for (auto word = words.rbegin(); word != words.rend(); ++word) {
            rest = (rest << 32) | *word;
            *word = static_cast<uint32_t>(rest / kChunk);
            rest %= kChunk;
        }
        chunks.push_back(static_cast<uint32_t>(rest));
        while (!words.empty() && words.back() == 0) words.pop_back();
    }
    if (chunks.empty()) return "0";
    std::string digits = std::to_string(chunks.back());
    for (auto chunk = chunks.rbegin() + 1; chunk != chunks.rend(); ++chunk)
        digits += fmt::format("{:09}", *chunk);
    return digits;
}

/// A JSON number taken apart: its digits without point and sign, and how many follow the point.
struct Parts {
    bool is_negative = false;
    std::string digits;
    int64_t fraction = 0;
};

bool take_apart(std::string_view text, Parts& parts) {
    parts.is_negative = text.starts_with('-');
    if (parts.is_negative) text.remove_prefix(1);
    bool seen_point = false;
    size_t i = 0;
    for (; i < text.size(); ++i) {
        if (text[i] == '.' && !seen_point) {
            seen_point = true;
        } else if (text[i] >= '0' && text[i] <= '9') {
            parts.digits += text[i];
            parts.fraction += seen_point ? 1 : 0;
        } else {
            break;
        }
    }
    if (parts.digits.empty()) return false;
    text.remove_prefix(i);
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    constexpr int64_t exponent_max = 1'000'000;
    if (error != std::errc() || end != text.data() + text.size() || exponent > exponent_max ||
        exponent < -exponent_max)
        return false;
    parts.fraction -= exponent;
    return true;
}

/// Makes `parts.digits` count units of 10^-scale; false when that loses digits or grows too long.
bool rescale(Parts& parts, uint32_t precision, int64_t scale) {
    std::string& digits = parts.digits;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return true;
    const int64_t shift = scale - parts.fraction;
    if (shift >= 0) {
        if (digits.size() + static_cast<uint64_t>(shift) > precision) return false;
        digits.append(static_cast<size_t>(shift), '0');
        return true;
    }
    const auto dropped = static_cast<size_t>(-shift);
    if (dropped >= digits.size()) return false;
    if (digits.find_first_not_of('0', digits.size() - dropped) != std::string::npos) return false;
    digits.resize(digits.size() - dropped);
    return digits.size() <= precision;
}

/// Shortest big-endian two's complement of the digits.
std::string twos_complement(std::string_view digits, bool is_negative) {
    std::vector<uint32_t> words;
    for (size_t i = 0; i < digits.size();) {
        const size_t taken = i == 0 && digits.size() % 9 != 0 ? digits.size() % 9 : 9;
        uint32_t chunk = 0;
        std::from_chars(digits.data() + i, digits.data() + i + taken, chunk);
        uint64_t carry = chunk;
        for (uint32_t& word : words) {
            carry += static_cast<uint64_t>(word) * kChunk;
            word = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) words.push_back(static_cast<uint32_t>(carry));
        i += taken;
    }
    std::string bytes;  // least first while it is made
    uint32_t carry = is_negative ? 1 : 0;
    for (size_t i = 0; i <= words.size() * 4; ++i) {
        uint32_t byte = i / 4 < words.size() ? (words[i / 4] >> (8 * (i % 4))) & 0xff : 0;
        if (is_negative) byte = (byte ^ 0xff) + carry;
        carry = is_negative ? byte >> 8 : 0;
        bytes += static_cast<char>(byte & 0xff);
    }
    const auto is_redundant = [&] {
        const char last = bytes.back();
        const bool next_is_negative = (bytes[bytes.size() - 2] & 0x80) != 0;
        return (last == 0 && !next_is_negative) || (last == '\xff' && next_is_negative);
    };
    while (bytes.size() > 1 && is_redundant()) bytes.pop_back();
    std::ranges::reverse(bytes);
    return bytes;
}

}  // namespace

Value decimal_value(std::string_view bytes, uint32_t scale, Arena& arena) {
    const bool is_negative = !bytes.empty() && (bytes.front() & 0x80) != 0;
    std::string digits;
    if (bytes.size() <= 8) {
        uint64_t number = is_negative ? ~uint64_t{0} : 0;
        for (const char byte : bytes) number = (number << 8) | static_cast<unsigned char>(byte);
        if (scale == 0) return Value::integer(static_cast<int64_t>(number));
        digits = std::to_string(is_negative ? uint64_t{0} - number : number);
    } else {
        digits = digits_of(magnitude(bytes, is_negative));
    }
    if (scale == 0) {
        const std::string text = (is_negative ? "-" : "") + digits;
        int64_t number = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec == std::errc()) return Value::integer(number);
        return Value::decimal(arena.copy(text));
    }
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
    if (is_negative) digits.insert(0, 1, '-');
    return Value::decimal(arena.copy(digits));
}

bool decimal_bytes(std::string_view number, uint32_t precision, uint32_t scale,
                   std::string& bytes) {
    Parts parts;
    if (!take_apart(number, parts) || !rescale(parts, precision, scale)) return false;
    if (parts.digits.size() > kDecimalBytesMax * 2) return false;
    bytes = twos_complement(parts.digits, parts.is_negative && !parts.digits.empty());
    return true;
}

}  // namespace messina::codec::avro
