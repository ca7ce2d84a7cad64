#include "config/describe_type.h"

#include <limits>
#include <vector>

#include <fmt/format.h>

namespace messina::config {
namespace {

constexpr double kInt64Max = 9223372036854775807.0;
constexpr double kUint64Max = 18446744073709551615.0;

std::string format_bound(OptionKind kind, double bound) {
    switch (kind) {
        case OptionKind::Duration: {
            const double nanos = bound * 1e9;
            return format_duration(nanos >= kInt64Max
                                       ? Nanos::max()
                                       : Nanos(static_cast<int64_t>(nanos < 0 ? 0 : nanos + 0.5)));
        }
        case OptionKind::Size:
            return format_size(bound >= kUint64Max ? std::numeric_limits<uint64_t>::max()
                                                   : static_cast<uint64_t>(bound));
        default: return fmt::format("{}", bound);
    }
}

double greatest_of(OptionKind kind) {
    switch (kind) {
        case OptionKind::Duration: return kInt64Max / 1e9;
        case OptionKind::Size: return kUint64Max;
        case OptionKind::Integer: return kInt64Max;
        default: return std::numeric_limits<double>::infinity();
    }
}

double least_of(OptionKind kind) {
    switch (kind) {
        case OptionKind::Integer: return -kInt64Max;
        case OptionKind::Number: return -std::numeric_limits<double>::infinity();
        default: return 0;
    }
}

std::string names_of(const std::vector<const Section*>& sections) {
    std::vector<std::string_view> names;
    for (const Section* section : sections) names.emplace_back(section->name);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view noun_of(OptionKind kind) {
    switch (kind) {
        case OptionKind::Integer: return "a whole number";
        case OptionKind::Number: return "a number";
        case OptionKind::Duration: return "a duration";
        default: return "a size";
    }
}

}  // namespace

std::string describe_form(const OptionType& type) {
    switch (type.kind) {
        case OptionKind::Boolean: return "true or false";
        case OptionKind::Integer:
        case OptionKind::Number: return std::string(noun_of(type.kind));
        case OptionKind::Text: return "text";
        case OptionKind::Secret: return "text (secret)";
        case OptionKind::Choice: return fmt::format("one of {}", fmt::join(type.choices, ", "));
        case OptionKind::Duration: return "a duration such as 250ms";
        case OptionKind::Size: return "a size such as 64MiB";
        case OptionKind::Expression: return "a CEL expression";
        case OptionKind::ExpressionMap: return "a map of names to CEL expressions";
        case OptionKind::TextList: return "a list of texts";
        case OptionKind::TextMap: return "a map of names to texts";
        case OptionKind::Nested: return "a map";
        case OptionKind::NestedList: return "a list of maps";
        case OptionKind::NestedMap: return "a map of names to maps";
        case OptionKind::OneOf: return fmt::format("one of {}", names_of(type.variants));
        case OptionKind::OneOfList:
            return fmt::format("a list, each one of {}", names_of(type.variants));
        case OptionKind::Any: return "any value";
    }
    return "any value";
}

std::string describe_type(const OptionType& type) {
    if (type.min >= type.max) return describe_form(type);
    const bool has_min = type.min > least_of(type.kind);
    const bool has_max = type.max < greatest_of(type.kind);
    const std::string_view noun = noun_of(type.kind);
    const std::string min = format_bound(type.kind, type.min);
    const std::string max = format_bound(type.kind, type.max);
    if (has_min && has_max) return fmt::format("{} from {} to {}", noun, min, max);
    if (has_min) return fmt::format("{} of at least {}", noun, min);
    if (has_max) return fmt::format("{} of at most {}", noun, max);
    return describe_form(type);
}

}  // namespace messina::config
