// Lists.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "cel/compare.h"
#include "cel/function_table.h"
#include "cel/sorting.h"

namespace messina::cel {
namespace {

using Args = std::span<const Value>;

Value copy_list(Frame& frame, std::span<const Value> items) {
    if (!frame.charge(items.size() / 4)) return Frame::exhausted();
    Value* copy = frame.arena.make_array<Value>(items.size());
    std::ranges::copy(items, copy);
    return Value::list({copy, items.size()});
}

Value slice(Frame& frame, Args args) {
    const auto items = args[0].as_list();
    const int64_t begin = args[1].as_int();
    const int64_t end = args[2].as_int();
    if (begin < 0 || end < begin || end > static_cast<int64_t>(items.size()))
        return frame.fail("cel.index_out_of_range", "no slice {}…{} in a list of {}", begin, end,
                          items.size());
    return Value::list(items.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
}

/// Appends the items, lists among them opened `depth` times; false when the budget is used up.
bool flatten_into(Frame& frame, std::vector<Value>& out, std::span<const Value> items,
                  int64_t depth) {
    for (const Value& item : items) {
        if (!frame.charge(1)) return false;
        if (!item.is(Kind::List) || depth == 0)
            out.push_back(item);
        else if (!flatten_into(frame, out, item.as_list(), depth - 1))
            return false;
    }
    return true;
}

Value flatten(Frame& frame, Args args) {
    constexpr int64_t depth_max = 100;
    const int64_t depth = args.size() == 2 ? args[1].as_int() : 1;
    if (depth < 0 || depth > depth_max)
        return frame.fail("cel.invalid_argument", "flatten() takes a depth from 0 to {}",
                          depth_max);
    std::vector<Value> out;
    if (!flatten_into(frame, out, args[0].as_list(), depth)) return Frame::exhausted();
    return copy_list(frame, out);
}

Value distinct(Frame& frame, Args args) {
    std::vector<Value> out;
    for (const Value& item : args[0].as_list()) {
        if (!frame.charge(1 + out.size() / 4)) return Frame::exhausted();
        const bool is_known = std::ranges::any_of(
            out, [&](const Value& known) { return is_equal(known, item, frame); });
        if (!is_known) out.push_back(item);
    }
    return copy_list(frame, out);
}

Value sort(Frame& frame, Args args) {
    return sort_by_keys(frame, args[0].as_list(), args[0].as_list());
}

Value range(Frame& frame, Args args) {
    const int64_t count = args[0].as_int();
    if (count < 0) return frame.fail("cel.invalid_argument", "lists.range() takes no negative");
    const auto size = static_cast<size_t>(count);
    if (!frame.charge(size)) return Frame::exhausted();
    Value* items = frame.arena.make_array<Value>(size);
    for (size_t i = 0; i < size; ++i) items[i] = Value::integer(static_cast<int64_t>(i));
    return Value::list({items, size});
}

Value reverse(Frame& frame, Args args) {
    const auto items = args[0].as_list();
    if (!frame.charge(items.size() / 4)) return Frame::exhausted();
    Value* reversed = frame.arena.make_array<Value>(items.size());
    std::ranges::reverse_copy(items, reversed);
    return Value::list({reversed, items.size()});
}

Value optional_item(std::span<const Value> items, size_t index) {
    return items.empty() ? Value::optional_none() : Value::optional_of(&items[index]);
}
Value first(Frame&, Args args) {
    return optional_item(args[0].as_list(), 0);
}
Value last(Frame&, Args args) {
    return optional_item(args[0].as_list(), args[0].as_list().size() - 1);
}

constexpr std::string_view kFlatten = "Lists among the items opened, once or to a depth.";

constexpr std::array kRows = {
    FunctionRow{"list(A).slice(int, int) -> list(A)", slice,
                "The items from one position to before another."},
    FunctionRow{"list(dyn).flatten() -> list(dyn)", flatten, kFlatten},
    FunctionRow{"list(dyn).flatten(int) -> list(dyn)", flatten, kFlatten},
    FunctionRow{"list(A).distinct() -> list(A)", distinct, "Each item once."},
    FunctionRow{"list(A).sort() -> list(A)", sort, "In ascending order."},
    FunctionRow{"list(A).reverse() -> list(A)", reverse, "Last item first."},
    FunctionRow{"list(A).first() -> optional(A)", first, "The first item, if there is one."},
    FunctionRow{"list(A).last() -> optional(A)", last, "The last item, if there is one."},
    FunctionRow{"lists.range(int) -> list(int)", range, "0, 1, 2 … up to before the number."},
};

/// Whether values of these kinds can be put in order among each other.
bool have_order(const Value& a, const Value& b) {
    return order(a, b) != Order::Mismatched;
}

/// A total order: NaN, which compares with nothing, comes first.
bool is_before(const Value& a, const Value& b) {
    const Order found = order(a, b);
    if (found != Order::Unordered) return found == Order::Less;
    return order(a, a) == Order::Unordered && order(b, b) != Order::Unordered;
}

}  // namespace

Value sort_by_keys(Frame& frame, std::span<const Value> items, std::span<const Value> keys) {
    if (!frame.charge(items.size() * static_cast<size_t>(std::bit_width(items.size()))))
        return Frame::exhausted();
    for (const Value& key : keys)
        if (!have_order(keys.front(), key))
            return frame.fail("cel.no_such_overload",
                              "only values of one type that has an order can be sorted");
    std::vector<size_t> places(items.size());
    for (size_t i = 0; i < places.size(); ++i) places[i] = i;
    std::ranges::stable_sort(places,
                             [&](size_t a, size_t b) { return is_before(keys[a], keys[b]); });
    Value* sorted = frame.arena.make_array<Value>(items.size());
    std::ranges::transform(places, sorted, [&](size_t place) { return items[place]; });
    return Value::list({sorted, items.size()});
}

std::span<const FunctionRow> list_functions() {
    return kRows;
}

}  // namespace messina::cel
