// Durations and sizes with units: exact, or an error.
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/option.h"

namespace messina::config {
namespace {

struct Unit {
    std::string_view name;
    uint64_t factor;
};

constexpr std::array<Unit, 8> kDurationUnits = {{
    {"d", 86'400'000'000'000},
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"µs", 1'000},
    {"ns", 1},
}};

constexpr std::array<Unit, 9> kSizeUnits = {{
    {"TiB", uint64_t{1} << 40},
    {"GiB", uint64_t{1} << 30},
    {"MiB", uint64_t{1} << 20},
    {"KiB", uint64_t{1} << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"kB", 1'000},
    {"B", 1},
}};

constexpr std::string_view kDurationCode = "config.duration";
constexpr std::string_view kSizeCode = "config.size";
constexpr std::string_view kDurationHint =
    "a duration is a number and a unit (ns, us, ms, s, m, h, d), greatest unit first: 250ms, 1h30m";
constexpr std::string_view kSizeHint =
    "a size is a number and a unit (B, kB, MB, GB, TB or KiB, MiB, GiB, TiB): 512B, 10kB, 64MiB";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct Part {
    std::string_view digits;    // before the point
    std::string_view fraction;  // after it
    std::string_view unit;
};

/// Takes "1.5h" off "1.5h30m".
std::optional<Part> take_part(std::string_view& rest) {
    const auto take_while = [&](auto condition) {
        size_t end = 0;
        while (end < rest.size() && condition(rest[end])) ++end;
        const std::string_view taken = rest.substr(0, end);
        rest.remove_prefix(end);
        return taken;
    };
    Part part;
    part.digits = take_while(is_digit);
    if (part.digits.empty()) return std::nullopt;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        part.fraction = take_while(is_digit);
        if (part.fraction.empty()) return std::nullopt;
    }
    part.unit = take_while([](char c) { return !is_digit(c) && c != '.'; });
    return part;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

enum class Exactness : uint8_t { Exact, Overflow, Inexact };

/// digits.fraction × factor, exactly.
Exactness multiply(const Part& part, uint64_t factor, uint64_t& product) {
    uint64_t whole = 0;
    for (const char c : part.digits) {
        if (__builtin_mul_overflow(whole, uint64_t{10}, &whole) ||
            __builtin_add_overflow(whole, static_cast<uint64_t>(c - '0'), &whole)) {
            return Exactness::Overflow;
        }
    }
    if (__builtin_mul_overflow(whole, factor, &product)) return Exactness::Overflow;

    std::string_view fraction = part.fraction;
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    uint64_t numerator = 0;
    uint64_t denominator = 1;
    // No factor has a divisor 10^18, so a longer fraction cannot come out whole.
    if (fraction.size() > 18) return Exactness::Inexact;
    for (const char c : fraction) {
        numerator = numerator * 10 + static_cast<uint64_t>(c - '0');
        denominator *= 10;
    }
    // numerator × factor / denominator, without the product that would overflow.
    const uint64_t common = std::gcd(factor, denominator);
    if (numerator % (denominator / common) != 0) return Exactness::Inexact;
    const uint64_t addend = numerator / (denominator / common) * (factor / common);
    return __builtin_add_overflow(product, addend, &product) ? Exactness::Overflow
                                                             : Exactness::Exact;
}

std::unexpected<Error> inexact(Exactness exactness, std::string_view code, std::string_view text,
                               std::string_view what, std::string_view smallest) {
    return fail(ErrorClass::Misconfigured, code,
                exactness == Exactness::Overflow
                    ? fmt::format("'{}' is too large for a {}", text, what)
                    : fmt::format("'{}' is not a whole number of {}", text, smallest));
}

}  // namespace

Result<Nanos> parse_duration(std::string_view text) {
    const auto malformed = [&](std::string_view hint) {
        return fail(ErrorClass::Misconfigured, kDurationCode,
                    fmt::format("'{}' is not a duration", text), std::string(hint));
    };
    if (text.empty()) return malformed(kDurationHint);
    uint64_t total = 0;
    uint64_t last_factor = std::numeric_limits<uint64_t>::max();
    for (std::string_view rest = text; !rest.empty();) {
        const std::optional<Part> part = take_part(rest);
        if (!part) return malformed(kDurationHint);
        if (part->unit.empty() && part->digits.size() == text.size()) {
            return malformed(fmt::format("give the unit: {0}ms, {0}s, {0}m, {0}h or {0}d", text));
        }
        const Unit* unit = find_unit(kDurationUnits, part->unit);
        if (unit == nullptr || unit->factor >= last_factor) return malformed(kDurationHint);
        last_factor = unit->factor;
        uint64_t product = 0;
        Exactness exactness = multiply(*part, unit->factor, product);
        if (exactness == Exactness::Exact &&
            (__builtin_add_overflow(total, product, &total) ||
             total > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))) {
            exactness = Exactness::Overflow;
        }
        if (exactness != Exactness::Exact) {
            return inexact(exactness, kDurationCode, text, "duration", "nanoseconds");
        }
    }
    return Nanos(static_cast<int64_t>(total));
}

Result<uint64_t> parse_size(std::string_view text) {
    const auto malformed = [&](std::string_view hint) {
        return fail(ErrorClass::Misconfigured, kSizeCode, fmt::format("'{}' is not a size", text),
                    std::string(hint));
    };
    std::string_view rest = text;
    const std::optional<Part> part = take_part(rest);
    if (!part || !rest.empty()) return malformed(kSizeHint);
    if (part->unit.empty()) {
        return malformed(fmt::format("give the unit: {0}B, {0}kB, {0}KiB, {0}MB or {0}MiB", text));
    }
    const Unit* unit = find_unit(kSizeUnits, part->unit);
    if (unit == nullptr) return malformed(kSizeHint);
    uint64_t bytes = 0;
    const Exactness exactness = multiply(*part, unit->factor, bytes);
    if (exactness != Exactness::Exact) {
        return inexact(exactness, kSizeCode, text, "size", "bytes");
    }
    return bytes;
}

std::string format_duration(Nanos duration) {
    if (duration.count() == 0) return "0s";
    const bool is_negative = duration.count() < 0;
    // Negated as unsigned: the least int64 has no positive counterpart.
    uint64_t rest = static_cast<uint64_t>(duration.count());
    if (is_negative) rest = 0 - rest;
    std::string text = is_negative ? "-" : "";
    for (const Unit& unit : kDurationUnits) {
        if (rest >= unit.factor) text += fmt::format("{}{}", rest / unit.factor, unit.name);
        rest %= unit.factor;
    }
    return text;
}

std::string format_size(uint64_t bytes) {
    for (const Unit& unit : kSizeUnits) {
        if (bytes > 0 && bytes % unit.factor == 0) {
            return fmt::format("{}{}", bytes / unit.factor, unit.name);
        }
    }
    return "0B";
}

}  // namespace messina::config
