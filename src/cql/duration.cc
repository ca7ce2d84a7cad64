// CQL's duration: months, days and nanoseconds, kept apart because none is a multiple of another.
#include <array>
#include <charconv>
#include <span>

#include <fmt/core.h>

#include "cql/temporal.h"

namespace messina::cql {
namespace {

enum class Part : uint8_t { Months, Days, Nanos };

struct Unit {
    std::string_view name;
    Part part;
    int64_t factor;
    int rank;  // units come in order of rank, each once
};

constexpr std::array<Unit, 11> kUnits = {{
    {"y", Part::Months, 12, 0},
    {"mo", Part::Months, 1, 1},
    {"w", Part::Days, 7, 2},
    {"d", Part::Days, 1, 3},
    {"h", Part::Nanos, 3'600 * kNanosPerSecond, 4},
    {"m", Part::Nanos, 60 * kNanosPerSecond, 5},
    {"s", Part::Nanos, kNanosPerSecond, 6},
    {"ms", Part::Nanos, 1'000'000, 7},
    {"us", Part::Nanos, 1'000, 8},
    {"µs", Part::Nanos, 1'000, 8},
    {"ns", Part::Nanos, 1, 9},
}};
constexpr std::array<Unit, 3> kIsoDateUnits = {{
    {"Y", Part::Months, 12, 0},
    {"M", Part::Months, 1, 1},
    {"D", Part::Days, 1, 2},
}};
constexpr std::array<Unit, 3> kIsoTimeUnits = {{
    {"H", Part::Nanos, 3'600 * kNanosPerSecond, 3},
    {"M", Part::Nanos, 60 * kNanosPerSecond, 4},
    {"S", Part::Nanos, kNanosPerSecond, 5},
}};

/// Sums in 64 bits; what overflows its part makes the whole invalid.
class Sum {
  public:
    bool add(const Unit& unit, int64_t count) {
        int64_t product = 0;
        int64_t& part = parts_[static_cast<size_t>(unit.part)];
        return !__builtin_mul_overflow(count, unit.factor, &product) &&
               !__builtin_add_overflow(part, product, &part);
    }
    [[nodiscard]] std::optional<CqlDuration> duration(bool is_negative) const {
        const int64_t sign = is_negative ? -1 : 1;
        if (parts_[0] > INT32_MAX || parts_[1] > INT32_MAX) return std::nullopt;
        return CqlDuration{static_cast<int32_t>(parts_[0] * sign),
                           static_cast<int32_t>(parts_[1] * sign), parts_[2] * sign};
    }

  private:
    std::array<int64_t, 3> parts_{};
};

bool take_count(std::string_view& text, int64_t& count) {
    if (text.empty() || text[0] < '0' || text[0] > '9') return false;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    if (parsed.ec != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
    return true;
}

bool has_prefix_ignoring_case(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size()) return false;
    for (size_t i = 0; i < prefix.size(); ++i) {
        const char c = text[i];
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (lower != prefix[i]) return false;
    }
    return true;
}

/// The longest unit that `text` begins with: "mo" and "ms" before "m".
const Unit* unit_at(std::string_view text) {
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits)
        if (has_prefix_ignoring_case(text, unit.name) &&
            (found == nullptr || unit.name.size() > found->name.size()))
            found = &unit;
    return found;
}

bool parse_cql_form(std::string_view text, Sum& sum) {
    if (text.empty()) return false;
    int last_rank = -1;
    while (!text.empty()) {
        int64_t count = 0;
        if (!take_count(text, count)) return false;
        const Unit* unit = unit_at(text);
        if (unit == nullptr || unit->rank <= last_rank || !sum.add(*unit, count)) return false;
        last_rank = unit->rank;
        text.remove_prefix(unit->name.size());
    }
    return true;
}

/// ".5S": the fraction of a second that may end an ISO duration.
bool take_fraction(std::string_view& text, Sum& sum) {
    text.remove_prefix(1);
    int64_t nanos = 0;
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits >= 9) return false;
        nanos = nanos * 10 + (text[digits++] - '0');
    }
    if (digits == 0 || text.substr(digits) != "S") return false;
    for (size_t i = digits; i < 9; ++i) nanos *= 10;
    text.remove_prefix(digits);
    return sum.add(kUnits.back(), nanos);
}

bool parse_iso_units(std::string_view& text, std::span<const Unit> units, Sum& sum) {
    int last_rank = -1;
    while (!text.empty() && text[0] != 'T') {
        int64_t count = 0;
        if (!take_count(text, count)) return false;
        const bool has_fraction = !text.empty() && text[0] == '.';
        if (has_fraction && (units.data() != kIsoTimeUnits.data() || !take_fraction(text, sum)))
            return false;
        const Unit* found = nullptr;
        for (const Unit& unit : units)
            if (text.starts_with(unit.name)) found = &unit;
        if (found == nullptr || found->rank <= last_rank || !sum.add(*found, count)) return false;
        last_rank = found->rank;
        text.remove_prefix(1);
    }
    return true;
}

bool parse_iso_form(std::string_view text, Sum& sum) {
    if (text.empty()) return false;
    if (text.ends_with('W')) {
        int64_t weeks = 0;
        return take_count(text, weeks) && text == "W" && sum.add(kUnits[2], weeks);
    }
    if (!parse_iso_units(text, kIsoDateUnits, sum)) return false;
    if (text.empty()) return true;
    text.remove_prefix(1);
    return !text.empty() && parse_iso_units(text, kIsoTimeUnits, sum) && text.empty();
}

/// "0001-02-03T04:05:06" after the P.
bool parse_iso_alternative(std::string_view text, Sum& sum) {
    constexpr std::array<std::pair<const Unit*, size_t>, 6> fields = {{{&kIsoDateUnits[0], 4},
                                                                       {&kIsoDateUnits[1], 2},
                                                                       {&kIsoDateUnits[2], 2},
                                                                       {&kIsoTimeUnits[0], 2},
                                                                       {&kIsoTimeUnits[1], 2},
                                                                       {&kIsoTimeUnits[2], 2}}};
    constexpr std::string_view separators = "--T::";
    size_t at = 0;
    for (size_t i = 0; i < fields.size(); ++i) {
        std::string_view digits = text.substr(at, fields[i].second);
        int64_t count = 0;
        if (digits.size() != fields[i].second || !take_count(digits, count) || !digits.empty() ||
            !sum.add(*fields[i].first, count))
            return false;
        at += fields[i].second;
        if (i == separators.size()) break;
        if (at >= text.size() || text[at] != separators[i]) return false;
        ++at;
    }
    return at == text.size();
}

}  // namespace

std::optional<CqlDuration> parse_duration(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    Sum sum;
    bool is_good = false;
    if (text.starts_with('P')) {
        text.remove_prefix(1);
        constexpr size_t alternative_dash = 4;
        is_good = text.size() > alternative_dash && text[alternative_dash] == '-'
                      ? parse_iso_alternative(text, sum)
                      : parse_iso_form(text, sum);
    } else {
        is_good = parse_cql_form(text, sum);
    }
    return is_good ? sum.duration(is_negative) : std::nullopt;
}

std::string duration_to_text(const CqlDuration& duration) {
    const bool is_negative = duration.months < 0 || duration.days < 0 || duration.nanos < 0;
    const auto magnitude = [](int64_t part) {
        return part < 0 ? 0 - static_cast<uint64_t>(part) : static_cast<uint64_t>(part);
    };
    std::array<uint64_t, 3> left = {magnitude(duration.months), magnitude(duration.days),
                                    magnitude(duration.nanos)};
    std::string text;
    for (const Unit& unit : kUnits) {
        if (unit.name == "w" || unit.name == "µs") continue;
        uint64_t& part = left[static_cast<size_t>(unit.part)];
        const uint64_t count = part / static_cast<uint64_t>(unit.factor);
        part %= static_cast<uint64_t>(unit.factor);
        if (count != 0) text += fmt::format("{}{}", count, unit.name);
    }
    if (text.empty()) return "0s";
    return is_negative ? "-" + text : text;
}

}  // namespace messina::cql
