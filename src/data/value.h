// A value at run time: what a decoder puts into a slot, what CEL computes with, what a table row
// holds. 16 bytes, trivially copyable; strings, lists and maps point into memory that lives at
// least as long as the batch (its arena, the raw record, or a constant of the compiled pipeline).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"

namespace messina {

enum class Kind : uint8_t {
    Absent,  // no such field, or a look-up that found nothing; never inside a list or map
    Null,
    Bool,
    Int,        // int64
    Uint,       // uint64; decoders use it only above the range of int64
    Double,     // IEEE 754 binary64
    Decimal,    // a number whose exact text does not fit the three above; the text is kept (JSON
                // grammar)
    String,     // UTF-8
    Bytes,      // any bytes
    Timestamp,  // seconds since 1970-01-01T00:00:00Z and nanoseconds 0…999,999,999 after them
    Duration,   // seconds and nanoseconds of the same sign
    List,
    Map,       // entries in input order; keys String, Int, Uint or Bool
    Type,      // CEL: a type as a value; the name as text
    Optional,  // CEL: optional_type; empty or one value
    Error,     // evaluation failed; see EvalError
};

std::string_view to_string(Kind kind);

struct MapEntry;

/// Why an evaluation failed. `code` and `message` live in the evaluation's arena or are literals.
struct EvalError {
    std::string_view code;  // "cel.no_such_field", "cel.divide_by_zero", …
    std::string_view message;
};

class Value {
  public:
    constexpr Value() = default;  // Absent

    static constexpr Value null() { return Value(Kind::Null); }
    static constexpr Value boolean(bool b) {
        Value v(Kind::Bool);
        v.payload_.as_int = b ? 1 : 0;
        return v;
    }
    static constexpr Value integer(int64_t i) {
        Value v(Kind::Int);
        v.payload_.as_int = i;
        return v;
    }
    static constexpr Value unsigned_integer(uint64_t u) {
        Value v(Kind::Uint);
        v.payload_.as_uint = u;
        return v;
    }
    static constexpr Value floating(double d) {
        Value v(Kind::Double);
        v.payload_.as_double = d;
        return v;
    }
    static constexpr Value string(std::string_view s) { return text(Kind::String, s); }
    static constexpr Value bytes(std::string_view s) { return text(Kind::Bytes, s); }
    static constexpr Value decimal(std::string_view s) { return text(Kind::Decimal, s); }
    static constexpr Value type(std::string_view name) { return text(Kind::Type, name); }
    static constexpr Value timestamp(int64_t seconds, int32_t nanos) {
        return time(Kind::Timestamp, seconds, nanos);
    }
    static constexpr Value duration(int64_t seconds, int32_t nanos) {
        return time(Kind::Duration, seconds, nanos);
    }
    static Value list(std::span<const Value> items) {
        Value v(Kind::List);
        v.size_ = static_cast<uint32_t>(items.size());
        v.payload_.as_items = items.data();
        return v;
    }
    static Value map(std::span<const MapEntry> entries);
    static Value optional_none() {
        Value v(Kind::Optional);
        v.payload_.as_items = nullptr;
        return v;
    }
    static Value optional_of(const Value* held) {
        Value v(Kind::Optional);
        v.payload_.as_items = held;
        return v;
    }
    static Value error(const EvalError* error) {
        Value v(Kind::Error);
        v.payload_.as_error = error;
        return v;
    }

    [[nodiscard]] constexpr Kind kind() const { return kind_; }
    [[nodiscard]] constexpr bool is(Kind kind) const { return kind_ == kind; }
    [[nodiscard]] constexpr bool is_absent() const { return kind_ == Kind::Absent; }
    [[nodiscard]] constexpr bool is_null() const { return kind_ == Kind::Null; }
    /// Neither absent nor null.
    [[nodiscard]] constexpr bool has_content() const { return kind_ > Kind::Null; }

    // The accessors below expect the right kind and do not check it.
    [[nodiscard]] constexpr bool as_bool() const { return payload_.as_int != 0; }
    [[nodiscard]] constexpr int64_t as_int() const { return payload_.as_int; }
    [[nodiscard]] constexpr uint64_t as_uint() const { return payload_.as_uint; }
    [[nodiscard]] constexpr double as_double() const { return payload_.as_double; }
    /// Of String, Bytes, Decimal and Type.
    [[nodiscard]] constexpr std::string_view as_text() const { return {payload_.as_text, size_}; }
    [[nodiscard]] constexpr int64_t seconds() const { return payload_.as_int; }
    [[nodiscard]] constexpr int32_t nanos() const { return static_cast<int32_t>(size_); }
    [[nodiscard]] std::span<const Value> as_list() const { return {payload_.as_items, size_}; }
    [[nodiscard]] std::span<const MapEntry> as_map() const;
    /// Of Optional: the held value, or null when empty.
    [[nodiscard]] const Value* as_optional() const { return payload_.as_items; }
    [[nodiscard]] const EvalError& as_error() const { return *payload_.as_error; }

    /// A map's value under a String key; Absent when there is none or this is not a map.
    [[nodiscard]] Value field(std::string_view name) const;

  private:
    constexpr explicit Value(Kind kind) : kind_(kind) {}
    static constexpr Value text(Kind kind, std::string_view s) {
        Value v(kind);
        v.size_ = static_cast<uint32_t>(s.size());
        v.payload_.as_text = s.data();
        return v;
    }
    static constexpr Value time(Kind kind, int64_t seconds, int32_t nanos) {
        Value v(kind);
        v.size_ = static_cast<uint32_t>(nanos);
        v.payload_.as_int = seconds;
        return v;
    }

    Kind kind_ = Kind::Absent;
    uint32_t size_ = 0;
    union {
        int64_t as_int = 0;
        uint64_t as_uint;
        double as_double;
        const char* as_text;
        const Value* as_items;
        const MapEntry* as_entries;
        const EvalError* as_error;
    } payload_;
};

struct MapEntry {
    Value key;
    Value value;
};

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

inline Value Value::map(std::span<const MapEntry> entries) {
    Value v(Kind::Map);
    v.size_ = static_cast<uint32_t>(entries.size());
    v.payload_.as_entries = entries.data();
    return v;
}
inline std::span<const MapEntry> Value::as_map() const {
    return {payload_.as_entries, size_};
}

/// Same kind and content, deeply; map entries in any order; NaN equals NaN (for tests and
/// de-duplication, not CEL's ==).
bool is_identical(const Value& a, const Value& b);

/// A deep copy whose memory is all in `arena`.
Value deep_copy(const Value& value, Arena& arena);

/// For messages and test failures: JSON-like, cut after `bytes_max`.
std::string to_debug_text(const Value& value, size_t bytes_max = 200);

}  // namespace messina
