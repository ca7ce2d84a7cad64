// Optionals: a value that may be missing, as a value.
#include <array>

#include "cel/function_table.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

Value some(Frame& frame, const Value& held) {
    return Value::optional_of(frame.arena.make<Value>(held));
}

bool is_zero(const Value& value) {
    switch (value.kind()) {
        case Kind::Null: return true;
        case Kind::Bool: return !value.as_bool();
        case Kind::Int:
        case Kind::Uint: return value.as_uint() == 0;
        case Kind::Double: return value.as_double() == 0;
        case Kind::String:
        case Kind::Bytes: return value.as_text().empty();
        case Kind::Duration: return value.seconds() == 0 && value.nanos() == 0;
        case Kind::List: return value.as_list().empty();
        case Kind::Map: return value.as_map().empty();
        case Kind::Optional: return value.as_optional() == nullptr;
        default: return false;
    }
}

Value optional_of(Frame& frame, Args args) {
    return some(frame, args[0]);
}
Value optional_of_non_zero(Frame& frame, Args args) {
    return is_zero(args[0]) ? Value::optional_none() : some(frame, args[0]);
}
Value optional_none(Frame&, Args) {
    return Value::optional_none();
}
Value has_value(Frame&, Args args) {
    return Value::boolean(args[0].as_optional() != nullptr);
}
Value value_of(Frame& frame, Args args) {
    const Value* held = args[0].as_optional();
    if (held == nullptr) return frame.fail("cel.empty_optional", "the optional has no value");
    return *held;
}
Value unwrap(Frame& frame, Args args) {
    const auto from = args[0].as_list();
    if (!frame.charge(from.size() / 4)) return Frame::exhausted();
    Value* items = frame.arena.make_array<Value>(from.size());
    size_t count = 0;
    for (const Value& item : from) {
        if (!item.is(Kind::Optional))
            return frame.fail("cel.no_such_overload",
                              "optional.unwrap() takes a list of optionals");
        if (item.as_optional() != nullptr) items[count++] = *item.as_optional();
    }
    return Value::list({items, count});
}

constexpr std::array kRows = {
    FunctionRow{"optional.of(A) -> optional(A)", optional_of, "An optional that holds the value."},
    FunctionRow{"optional.ofNonZeroValue(A) -> optional(A)", optional_of_non_zero,
                "Empty when the value is null, false, 0 or empty; else holds it."},
    FunctionRow{"optional.none() -> optional(A)", optional_none, "The empty optional."},
    FunctionRow{"optional.unwrap(list(optional(A))) -> list(A)", unwrap,
                "What the optionals hold, without the empty ones."},
    FunctionRow{"list(optional(A)).unwrapOpt() -> list(A)", unwrap,
                "What the optionals hold, without the empty ones."},
    FunctionRow{"optional(A).hasValue() -> bool", has_value, "True when it is not empty."},
    FunctionRow{"optional(A).value() -> A", value_of, "What it holds; an error when empty."},
    FunctionRow{"optional(A).or(optional(A)) -> optional(A)", nullptr,
                "Itself, or the other when empty."},
    FunctionRow{"optional(A).orValue(A) -> A", nullptr, "What it holds, or the other value."},
};

}  // namespace

std::span<const FunctionRow> optional_functions() {
    return kRows;
}

}  // namespace messina::cel
