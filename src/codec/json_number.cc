#include "codec/json_number.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace messina::codec {
namespace {

/// A double needs at most 17 significant digits to be told from every other.
constexpr size_t kDigitsMax = 17;

/// A number without regard to how it is written: digits × 10^exponent, no zero at either end of
/// the digits. `is_long` when there are more digits than any double prints.
struct Normal {
    std::array<char, kDigitsMax> digits{};
    size_t count = 0;
    int64_t exponent = 0;
    bool is_long = false;

    bool operator==(const Normal& other) const = default;
};

/// Saturates: an exponent beyond this is out of any double's range by far.
constexpr int64_t kExponentMax = 1'000'000'000;

int64_t exponent_of(std::string_view text) {
    const bool is_negative = text.front() == '-';
    if (is_negative || text.front() == '+') text.remove_prefix(1);
    int64_t exponent = 0;
    for (const char c : text)
        if (exponent < kExponentMax) exponent = exponent * 10 + (c - '0');
    return is_negative ? -exponent : exponent;
}

Normal normalise(std::string_view text) {
    Normal normal;
    if (text.front() == '-') text.remove_prefix(1);
    const size_t e = text.find_first_of("eE");
    if (e != std::string_view::npos) normal.exponent = exponent_of(text.substr(e + 1));
    bool is_fraction = false;
    int64_t pending_zeros = 0;
    for (const char c : text.substr(0, e)) {
        if (c == '.') {
            is_fraction = true;
            continue;
        }
        if (is_fraction) --normal.exponent;
        if (c == '0') {
            ++pending_zeros;
            continue;
        }
        // Zeros count only between other digits; in front they are dropped here.
        for (; normal.count != 0 && pending_zeros > 0; --pending_zeros) {
            if (normal.count == kDigitsMax) break;
            normal.digits[normal.count++] = '0';
        }
        if (normal.count == kDigitsMax) {
            normal.is_long = true;
            return normal;
        }
        pending_zeros = 0;
        normal.digits[normal.count++] = c;
    }
    normal.exponent += pending_zeros;
    return normal;
}

bool prints_back(double number, std::string_view text) {
    std::array<char, 32> printed{};
    const auto end = std::to_chars(printed.data(), printed.data() + printed.size(), number,
                                   std::chars_format::scientific);
    const std::string_view shortest(printed.data(), static_cast<size_t>(end.ptr - printed.data()));
    return normalise(shortest) == normalise(text);
}

template <class Integer>
bool parse_integer(std::string_view text, Integer& integer) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), integer);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

Value exact_number(std::string_view text) {
    if (text.find_first_of(".eE") == std::string_view::npos) {
        int64_t integer = 0;
        if (parse_integer(text, integer)) return Value::integer(integer);
        uint64_t unsigned_integer = 0;
        if (parse_integer(text, unsigned_integer)) return Value::unsigned_integer(unsigned_integer);
    }
    const Normal wanted = normalise(text);
    if (wanted.count == 0) return Value::floating(text.front() == '-' ? -0.0 : 0.0);
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc() && !wanted.is_long && prints_back(number, text))
        return Value::floating(number);
    return Value::decimal(text);
}

}  // namespace messina::codec
