// What an expected failure looks like everywhere in Messina: a value with a class (which decides
// policy, engine/retry.h), a stable code (for metrics and docs), a message for people and a hint
// that says how to mend it.
//
// No exception leaves our code on the data path; libraries that throw are caught where they are
// called.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace messina {

/// Decides what happens next; one table in engine/retry.h maps class to policy.
enum class ErrorClass : uint8_t {
    Transient,      // may succeed when tried again (time-out, connection, full disk)
    Throttled,      // the other side asks us to slow down
    Poison,         // this record can never succeed: dead letter
    Misconfigured,  // a person must change the configuration or the schema
    Fatal,          // cannot go on; the position is kept
};

std::string_view to_string(ErrorClass error_class);

struct Error {
    ErrorClass error_class = ErrorClass::Fatal;
    /// Stable and of low cardinality: "json.syntax", "cel.overflow". Always a string literal.
    std::string_view code;
    std::string message;
    /// What to do about it; empty when the message already says so.
    std::string hint = {};

    /// "message" or "message\n  hint: …".
    [[nodiscard]] std::string to_text() const;
    /// The same error with "where: " in front of its message.
    [[nodiscard]] Error at(std::string_view where) &&;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorClass error_class, std::string_view code,
                                   std::string message, std::string hint = {}) {
    return std::unexpected(Error{error_class, code, std::move(message), std::move(hint)});
}
inline std::unexpected<Error> fail(Error error) {
    return std::unexpected(std::move(error));
}

}  // namespace messina

// Early return on error: MESSINA_TRY(auto x, f()); or MESSINA_TRY_VOID(f());
#define MESSINA_CONCAT_INNER(a, b) a##b
#define MESSINA_CONCAT(a, b) MESSINA_CONCAT_INNER(a, b)
#define MESSINA_TRY(declaration, expression) \
    MESSINA_TRY_NAMED(MESSINA_CONCAT(messina_result_, __LINE__), declaration, expression)
#define MESSINA_TRY_NAMED(name, declaration, expression) \
    auto name = (expression);                            \
    if (!name) [[unlikely]]                              \
        return std::unexpected(std::move(name).error()); \
    declaration = std::move(*name)
#define MESSINA_TRY_VOID(expression)                                        \
    do {                                                                    \
        auto messina_void_result = (expression);                            \
        if (!messina_void_result) [[unlikely]]                              \
            return std::unexpected(std::move(messina_void_result).error()); \
    } while (false)
