// The one-pass scanner: moves over a JSON text and checks every byte of it. Functions take a place
// and return the place after what they read, or null after noting the fault.
//
// It never reads outside the text. Only templates live here, because json_projector_avx2.cc
// compiles them for another instruction set (see there).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "codec/json_number.h"
#include "codec/json_simd.h"
#include "codec/json_string.h"
#include "data/value.h"

namespace messina::codec {

template <class Simd>
class JsonScanner {
  public:
    explicit JsonScanner(uint32_t depth_max)
        : depth_max_(depth_max), is_object_(size_t{depth_max} + 1) {}

    void start(std::string_view text) {
        begin_ = text.data();
        end_ = begin_ + text.size();
        high_ = 0;
        fault_ = JsonFault::None;
    }
    /// The byte at `p`, or NUL (which no place in a JSON text allows) at the end.
    [[nodiscard]] char at(const char* p) const { return p == end_ ? '\0' : *p; }

    const char* skip_space(const char* p) const {
        while (p != end_ && static_cast<unsigned char>(*p) <= ' ' &&
               (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
            ++p;
        return p;
    }

    [[gnu::cold, gnu::noinline]] const char* fail(const char* place, JsonFault fault) {
        fault_ = fault;
        fault_at_ = place;
        return nullptr;
    }

    /// `p` is after the opening quote.
    const char* string(const char* p, JsonString& string) {
        const char* const first = p;
        for (;;) {
            const uint32_t stops = stops_at(p);
            if (stops != 0) [[likely]] {
                p += std::countr_zero(stops);
                break;
            }
            if (end_ - p <= static_cast<ptrdiff_t>(kJsonBlockBytes)) [[unlikely]]
                return fail(end_, JsonFault::UnterminatedString);
            p += kJsonBlockBytes;
        }
        string.has_escapes = false;
        if (*p != '"') [[unlikely]] {
            p = string_with_escapes(p);
            if (p == nullptr) return nullptr;
            string.has_escapes = true;
        }
        string.raw = {first, static_cast<size_t>(p - first)};
        return p + 1;
    }

    /// `p` is at '-' or a digit. `value` is touched only when `kIsWanted`.
    template <bool kIsWanted>
    const char* number(const char* p, Value& value) {
        const char* const first = p;
        const bool is_negative = *p == '-';
        if (is_negative) ++p;
        uint64_t mantissa = 0;
        const char* const whole = p;
        p = digits<kIsWanted>(p, mantissa);
        if (p == whole || (p - whole > 1 && *whole == '0')) [[unlikely]]
            return fail(p == whole ? p : whole + 1, JsonFault::BadNumber);
        const char next = at(p);
        if (next != '.' && (next | 0x20) != 'e') {
            if constexpr (kIsWanted) {
                if (p - whole <= kIntDigitsMax) [[likely]] {
                    const auto magnitude = static_cast<int64_t>(mantissa);
                    value = Value::integer(is_negative ? -magnitude : magnitude);
                } else {
                    value = exact_number({first, static_cast<size_t>(p - first)});
                }
            }
            return p;
        }
        return fraction<kIsWanted>(first, p, mantissa, value);
    }

    const char* literal(const char* p, Value& value) {
        const auto left = static_cast<size_t>(end_ - p);
        if (left >= 4 && std::memcmp(p, "true", 4) == 0) {
            value = Value::boolean(true);
            return p + 4;
        }
        if (left >= 4 && std::memcmp(p, "null", 4) == 0) {
            value = Value::null();
            return p + 4;
        }
        if (left >= 5 && std::memcmp(p, "false", 5) == 0) {
            value = Value::boolean(false);
            return p + 5;
        }
        return fail(p, JsonFault::ExpectedValue);
    }

    /// Reads the key at `p` and what stands between it and its value.
    const char* key(const char* p, JsonString& name) {
        if (at(p) != '"') [[unlikely]]
            return fail(p, JsonFault::ExpectedKey);
        p = string(p + 1, name);
        if (p == nullptr) return nullptr;
        p = skip_space(p);
        if (at(p) != ':') [[unlikely]]
            return fail(p, JsonFault::ExpectedColon);
        return skip_space(p + 1);
    }

    /// Walks over one value of any kind, telling `handler` what comes; `depth` containers are open
    /// around it. Iterative: nesting costs a bit a level.
    template <class Handler>
    const char* value(const char* p, uint32_t depth, Handler& handler) {
        const uint32_t depth_outside = depth;
        for (;;) {
            const char first = at(p);
            if (first == '{' || first == '[') {
                if (++depth > depth_max_) [[unlikely]]
                    return fail(p, JsonFault::TooDeep);
                const bool is_object = first == '{';
                is_object_[depth] = is_object ? 1 : 0;
                handler.open(is_object);
                p = skip_space(p + 1);
                if (at(p) != closer(is_object)) {
                    if (is_object) {
                        p = member_key(p, handler);
                        if (p == nullptr) return nullptr;
                    }
                    continue;
                }
                ++p;
                handler.close(is_object);
                --depth;
            } else {
                p = scalar(p, first, handler);
                if (p == nullptr) return nullptr;
            }
            p = after_value(p, depth, depth_outside, handler);
            if (p == nullptr || depth == depth_outside) return p;
        }
    }

    [[nodiscard]] JsonFault fault() const { return fault_; }
    [[nodiscard]] size_t fault_offset() const { return static_cast<size_t>(fault_at_ - begin_); }
    /// Whether a byte outside ASCII may have been seen since start().
    [[nodiscard]] bool has_high_bytes() const { return high_ != 0; }
    [[nodiscard]] uint32_t depth_max() const { return depth_max_; }
    [[nodiscard]] const char* begin() const { return begin_; }
    [[nodiscard]] const char* end() const { return end_; }

    /// Whether `block`, of `size` bytes and filled up to a whole block, stands at `p`.
    bool stands_at(const char* p, const char* block, size_t size, uint32_t mask) const {
        if (end_ - p >= static_cast<ptrdiff_t>(kJsonBlockBytes)) [[likely]]
            return Simd::is_equal(p, block, mask);
        return static_cast<size_t>(end_ - p) >= size && std::memcmp(p, block, size) == 0;
    }

  private:
    /// No number of so many digits overflows int64.
    static constexpr ptrdiff_t kIntDigitsMax = 18;
    /// Any number of so many digits and a power of ten up to 10^22 is the correctly rounded
    /// quotient or product of two exact doubles (W. D. Clinger, 1990), and prints back.
    static constexpr ptrdiff_t kFastDigitsMax = 15;
    static constexpr int64_t kFastExponentMax = 22;
    static constexpr std::array<double, kFastExponentMax + 1> kPowersOfTen = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    static constexpr std::array<uint64_t, 9> kWholePowersOfTen = {
        1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

    static char closer(bool is_object) { return is_object ? '}' : ']'; }

    template <class Handler>
    const char* member_key(const char* p, Handler& handler) {
        JsonString name;
        p = key(p, name);
        if (p != nullptr) handler.key(name);
        return p;
    }

    template <class Handler>
    const char* scalar(const char* p, char first, Handler& handler) {
        if (first == '"') {
            JsonString text;
            p = string(p + 1, text);
            if (p != nullptr) handler.string(text);
            return p;
        }
        Value found;
        if (first == '-' || (first >= '0' && first <= '9')) {
            p = number<Handler::kWantsValues>(p, found);
        } else {
            p = literal(p, found);
        }
        if (p != nullptr) handler.scalar(found);
        return p;
    }

    /// From the end of a value to the begin of the next one, closing containers on the way.
    template <class Handler>
    const char* after_value(const char* p, uint32_t& depth, uint32_t depth_outside,
                            Handler& handler) {
        while (depth != depth_outside) {
            const bool is_object = is_object_[depth] != 0;
            p = skip_space(p);
            const char next = at(p);
            if (next == ',') {
                p = skip_space(p + 1);
                return is_object ? member_key(p, handler) : p;
            }
            if (next != closer(is_object)) [[unlikely]]
                return fail(p, is_object ? JsonFault::ExpectedCommaOrBrace
                                         : JsonFault::ExpectedCommaOrBracket);
            ++p;
            handler.close(is_object);
            --depth;
        }
        return p;
    }

    uint32_t stops_at(const char* p) {
        if (end_ - p >= static_cast<ptrdiff_t>(kJsonBlockBytes)) [[likely]]
            return Simd::string_stops(p, high_);
        return stops_near_end(p);
    }
    /// The last block of the text, shifted so that it begins at `p`: no byte after the text is
    /// read.
    uint32_t stops_near_end(const char* p) {
        const auto left = static_cast<size_t>(end_ - p);
        if (end_ - begin_ >= static_cast<ptrdiff_t>(kJsonBlockBytes)) [[likely]] {
            if (left == 0) return 0;
            return Simd::string_stops(end_ - kJsonBlockBytes, high_) >> (kJsonBlockBytes - left);
        }
        std::array<char, kJsonBlockBytes> block;
        block.fill(' ');
        std::memcpy(block.data(), p, left);
        return Simd::string_stops(block.data(), high_);
    }

    /// `p` is at the first byte of a string that is not plain; returns the closing quote.
    [[gnu::noinline]] const char* string_with_escapes(const char* p) {
        while (p != end_) {
            const auto byte = static_cast<unsigned char>(*p);
            if (byte == '"') return p;
            if (byte == '\\') {
                JsonFault fault = JsonFault::None;
                const char* const after = escape_end(p, end_, fault);
                if (after == nullptr) return fail(p, fault);
                p = after;
            } else if (byte < 0x20) {
                return fail(p, JsonFault::ControlCharacter);
            } else {
                const uint32_t stops = stops_at(p);
                p = stops != 0 ? p + std::countr_zero(stops)
                               : p + std::min(end_ - p, static_cast<ptrdiff_t>(kJsonBlockBytes));
            }
        }
        return fail(end_, JsonFault::UnterminatedString);
    }

    /// Eight bytes at `p`, those after the text zero.
    [[nodiscard]] uint64_t load8(const char* p) const {
        uint64_t bytes = 0;
        const ptrdiff_t left = end_ - p;
        if (left >= 8) [[likely]] {
            std::memcpy(&bytes, p, 8);
        } else if (end_ - begin_ >= 8) {
            if (left == 0) return 0;
            std::memcpy(&bytes, end_ - 8, 8);
            bytes >>= 8 * (8 - left);
        } else {
            std::memcpy(&bytes, p, static_cast<size_t>(left));
        }
        return bytes;
    }

    /// A run of digits, eight at a time; adds them to the right of `mantissa` (which wraps around
    /// when there are too many: the caller counts).
    template <bool kIsWanted>
    const char* digits(const char* p, uint64_t& mantissa) const {
        static_assert(std::endian::native == std::endian::little);
        for (;;) {
            const uint64_t bytes = load8(p) ^ 0x3030303030303030;  // digits become 0…9
            const uint64_t others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
            const int count = others == 0 ? 8 : std::countr_zero(others) >> 3;
            if constexpr (kIsWanted) {
                if (count != 0)
                    mantissa = mantissa * kWholePowersOfTen[static_cast<size_t>(count)] +
                               eight_digits(bytes << (64 - 8 * count));
            }
            p += count;
            if (count != 8) return p;
        }
    }
    /// The number that eight bytes of 0…9 make, the first of them the most significant.
    static uint64_t eight_digits(uint64_t bytes) {
        bytes = bytes * 10 + (bytes >> 8);
        return ((bytes & 0x000000ff000000ff) * 0x000f424000000064 +
                ((bytes >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
               32;
    }

    /// `p` is at the '.' or 'e' of the number that begins at `first`.
    template <bool kIsWanted>
    const char* fraction(const char* first, const char* p, uint64_t mantissa, Value& value) {
        ptrdiff_t count = p - first - (*first == '-' ? 1 : 0);
        int64_t exponent = 0;
        if (*p == '.') {
            const char* const decimals = ++p;
            p = digits<kIsWanted>(p, mantissa);
            if (p == decimals) [[unlikely]]
                return fail(p, JsonFault::BadNumber);
            count += p - decimals;
            exponent = decimals - p;
        }
        if ((at(p) | 0x20) == 'e') {
            ++p;
            const bool is_negative = at(p) == '-';
            if (is_negative || at(p) == '+') ++p;
            const char* const digits_begin = p;
            uint64_t written = 0;
            p = digits<true>(p, written);
            if (p == digits_begin) [[unlikely]]
                return fail(p, JsonFault::BadNumber);
            // Too many digits to trust `written`: the slow way sorts it out.
            if (p - digits_begin > 4) count = kFastDigitsMax + 1;
            exponent += (is_negative ? -1 : 1) * static_cast<int64_t>(written & 0xffff);
        }
        if constexpr (kIsWanted) {
            if (count <= kFastDigitsMax && exponent >= -kFastExponentMax &&
                exponent <= kFastExponentMax) [[likely]] {
                const auto whole = static_cast<double>(mantissa);
                const double number = exponent < 0
                                          ? whole / kPowersOfTen[static_cast<size_t>(-exponent)]
                                          : whole * kPowersOfTen[static_cast<size_t>(exponent)];
                value = Value::floating(*first == '-' ? -number : number);
            } else {
                value = exact_number({first, static_cast<size_t>(p - first)});
            }
        }
        return p;
    }

    const char* begin_ = nullptr;
    const char* end_ = nullptr;
    uint32_t high_ = 0;
    uint32_t depth_max_;
    JsonFault fault_ = JsonFault::None;
    const char* fault_at_ = nullptr;
    /// Per open container, by depth.
    std::vector<uint8_t> is_object_;
};

/// Walks over a value nobody wants.
struct JsonIgnore {
    static constexpr bool kWantsValues = false;
    static void open(bool) {}
    static void close(bool) {}
    static void key(const JsonString&) {}
    static void string(const JsonString&) {}
    static void scalar(Value) {}
};

using JsonBaselineScanner = JsonScanner<JsonBaseline>;

}  // namespace messina::codec
