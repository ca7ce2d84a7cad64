// From Value to serialized bytes: collections, tuples, udts and vectors.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/nearest.h"
#include "cql/bytes.h"
#include "cql/fixed_size.h"
#include "cql/order.h"
#include "cql/serialize_scalar.h"
#include "cql/type.h"

namespace messina::cql {
namespace {

Result<void> serialize_any(const Type& type, const Value& value, Context context, Buffer& out);

/// A value with its 4-byte length before it.
Result<void> append_part(const Type& type, const Value& value, Context context, Buffer& out) {
    const size_t length_at = out.size();
    append_big_endian(out, int32_t{0});
    MESSINA_TRY_VOID(serialize_any(type, value, context, out));
    const size_t size = out.size() - length_at - sizeof(int32_t);
    if (size > INT32_MAX)
        return refuse_value("cql.range", type, value, "an element has more than 2 GiB");
    store_big_endian(out.data() + length_at, static_cast<int32_t>(size));
    return {};
}

std::string place(const Type& type, size_t index) {
    return fmt::format("{} element {}", type.to_text(), index);
}

Result<void> serialize_list(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::List))
        return refuse_value("cql.type_mismatch", type, value, "a list is needed");
    append_big_endian(out, static_cast<int32_t>(value.as_list().size()));
    size_t index = 0;
    for (const Value& item : value.as_list()) {
        auto done = append_part(type.arguments[0], item, Context::Value, out);
        if (!done) return fail(std::move(done.error()).at(place(type, index)));
        ++index;
    }
    return {};
}

/// An element of a set, or a key with its value: `part` as it will stand in the result.
struct Sorted {
    std::string order;
    std::string part;
};

Result<Sorted> sorted_part(const Type& type, const Value& value, Context context) {
    Buffer part;
    MESSINA_TRY_VOID(append_part(type, value, context, part));
    Buffer order;
    MESSINA_TRY_VOID(append_ordered(type, part.view().substr(sizeof(int32_t)), order));
    return Sorted{std::string(order.view()), std::string(part.view())};
}

/// Sorted as a server would; of equal ones the last stays.
void append_sorted(std::vector<Sorted>& parts, Buffer& out) {
    std::ranges::reverse(parts);
    std::ranges::stable_sort(parts, {}, &Sorted::order);
    const auto repeated = std::ranges::unique(parts, {}, &Sorted::order);
    parts.erase(repeated.begin(), repeated.end());
    append_big_endian(out, static_cast<int32_t>(parts.size()));
    for (const Sorted& sorted : parts) out.append(sorted.part);
}

Result<void> serialize_set(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::List))
        return refuse_value("cql.type_mismatch", type, value, "a list is needed");
    std::vector<Sorted> parts;
    for (const Value& item : value.as_list()) {
        auto part = sorted_part(type.arguments[0], item, Context::Value);
        if (!part) return fail(std::move(part.error()).at(place(type, parts.size())));
        parts.push_back(std::move(*part));
    }
    append_sorted(parts, out);
    return {};
}

Result<void> serialize_map(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::Map))
        return refuse_value("cql.type_mismatch", type, value, "a map is needed");
    std::vector<Sorted> parts;
    Buffer mapped;
    for (const MapEntry& entry : value.as_map()) {
        auto part = sorted_part(type.arguments[0], entry.key, Context::MapKey);
        if (!part)
            return fail(
                std::move(part.error())
                    .at(fmt::format("{} key {}", type.to_text(), to_debug_text(entry.key, 40))));
        mapped.clear();
        auto done = append_part(type.arguments[1], entry.value, Context::Value, mapped);
        if (!done)
            return fail(std::move(done.error())
                            .at(fmt::format("{} value of {}", type.to_text(),
                                            to_debug_text(entry.key, 40))));
        part->part += mapped.view();
        parts.push_back(std::move(*part));
    }
    append_sorted(parts, out);
    return {};
}

Result<void> append_field(const Type& type, const Value& value, Buffer& out) {
    if (!value.has_content()) {
        append_big_endian(out, int32_t{-1});
        return {};
    }
    return append_part(type, value, Context::Value, out);
}

Result<void> serialize_tuple(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::List) || value.as_list().size() != type.arguments.size())
        return refuse_value("cql.type_mismatch", type, value,
                            fmt::format("a list of {} is needed", type.arguments.size()));
    for (size_t i = 0; i < type.arguments.size(); ++i) {
        auto done = append_field(type.arguments[i], value.as_list()[i], out);
        if (!done) return fail(std::move(done.error()).at(place(type, i)));
    }
    return {};
}

Result<void> serialize_udt(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::Map))
        return refuse_value("cql.type_mismatch", type, value, "a map of its fields is needed");
    for (const MapEntry& entry : value.as_map()) {
        const std::string_view name =
            entry.key.is(Kind::String) ? entry.key.as_text() : std::string_view{};
        if (std::ranges::find(type.field_names, name) != type.field_names.end()) continue;
        const std::vector<std::string_view> names(type.field_names.begin(), type.field_names.end());
        return refuse_value("cql.unknown_field", type, value,
                            fmt::format("it has no field {}", to_debug_text(entry.key, 40)),
                            did_you_mean(name, names));
    }
    for (size_t i = 0; i < type.arguments.size(); ++i) {
        auto done = append_field(type.arguments[i], value.field(type.field_names[i]), out);
        if (!done)
            return fail(std::move(done.error())
                            .at(fmt::format("{} field {}", type.to_text(), type.field_names[i])));
    }
    return {};
}

Result<void> serialize_vector(const Type& type, const Value& value, Buffer& out) {
    if (!value.is(Kind::List) || value.as_list().size() != type.dimension)
        return refuse_value("cql.type_mismatch", type, value,
                            fmt::format("a list of {} is needed", type.dimension));
    const bool has_lengths = fixed_element_size(type.arguments[0]) == 0;
    Buffer item;
    for (size_t i = 0; i < type.dimension; ++i) {
        item.clear();
        auto done = serialize_any(type.arguments[0], value.as_list()[i], Context::Value, item);
        if (!done) return fail(std::move(done.error()).at(place(type, i)));
        if (has_lengths) append_vint(out, item.size());
        out.append(item.view());
    }
    return {};
}

Result<void> serialize_any(const Type& type, const Value& value, Context context, Buffer& out) {
    if (!value.has_content())
        return refuse_value("cql.null", type, value, "there is no value",
                            "give it a default, or leave the column out");
    switch (type.kind) {
        case TypeKind::List: return serialize_list(type, value, out);
        case TypeKind::Set: return serialize_set(type, value, out);
        case TypeKind::Map: return serialize_map(type, value, out);
        case TypeKind::Tuple: return serialize_tuple(type, value, out);
        case TypeKind::Udt: return serialize_udt(type, value, out);
        case TypeKind::Vector: return serialize_vector(type, value, out);
        default: return serialize_scalar(type, value, context, out);
    }
}

}  // namespace

Result<void> serialize(const Type& type, const Value& value, Buffer& out) {
    const size_t begin = out.size();
    auto done = serialize_any(type, value, Context::Value, out);
    if (!done) out.truncate(begin);
    return done;
}

}  // namespace messina::cql
