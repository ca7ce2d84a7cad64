#include "config/option.h"

#include <algorithm>

#include "base/check.h"
#include "config/parsed_option.h"
#include "config/source_text.h"

namespace messina::config {
namespace {

constexpr double kNanosPerSecond = 1e9;

double seconds(Nanos duration) {
    return static_cast<double>(duration.count()) / kNanosPerSecond;
}

}  // namespace

OptionType boolean() {
    return {.kind = OptionKind::Boolean};
}
OptionType integer(double min, double max) {
    return {.kind = OptionKind::Integer, .min = min, .max = max};
}
OptionType number(double min, double max) {
    return {.kind = OptionKind::Number, .min = min, .max = max};
}
OptionType text() {
    return {.kind = OptionKind::Text};
}
OptionType secret() {
    return {.kind = OptionKind::Secret};
}
OptionType choice(std::vector<std::string> choices) {
    return {.kind = OptionKind::Choice, .choices = std::move(choices)};
}
OptionType duration(Nanos min, Nanos max) {
    return {.kind = OptionKind::Duration, .min = seconds(min), .max = seconds(max)};
}
OptionType size(uint64_t min_bytes, uint64_t max_bytes) {
    return {.kind = OptionKind::Size,
            .min = static_cast<double>(min_bytes),
            .max = static_cast<double>(max_bytes)};
}
OptionType expression() {
    return {.kind = OptionKind::Expression};
}
OptionType expression_map() {
    return {.kind = OptionKind::ExpressionMap};
}
OptionType text_list() {
    return {.kind = OptionKind::TextList};
}
OptionType text_map() {
    return {.kind = OptionKind::TextMap};
}
OptionType nested(const Section& section) {
    return {.kind = OptionKind::Nested, .section = &section};
}
OptionType nested_list(const Section& section) {
    return {.kind = OptionKind::NestedList, .section = &section};
}
OptionType nested_map(const Section& section) {
    return {.kind = OptionKind::NestedMap, .section = &section};
}
OptionType one_of(std::vector<const Section*> variants) {
    return {.kind = OptionKind::OneOf, .variants = std::move(variants)};
}
OptionType one_of_list(std::vector<const Section*> variants) {
    return {.kind = OptionKind::OneOfList, .variants = std::move(variants)};
}
OptionType any() {
    return {.kind = OptionKind::Any};
}

Mark ExpressionText::mark_at(size_t offset) const {
    if (!mark.text) return mark;
    offset = std::min(offset, text.size());
    const size_t line_begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
    const std::string_view line =
        std::string_view(text).substr(line_begin, text.find('\n', line_begin) - line_begin);
    const size_t begin = offset_of(mark);
    const size_t found = mark.text->find(line, begin);
    // Further away than a few lines of YAML around it, the same words belong to something else.
    const size_t distance_max = text.size() * 2 + 64;
    if (line.empty() || found == std::string::npos || found - begin > distance_max) return mark;

    const std::string_view before =
        std::string_view(*mark.text).substr(begin, found + (offset - line_begin) - begin);
    const size_t last_break = before.rfind('\n');
    Mark at = mark;
    if (last_break == std::string_view::npos) {
        at.column += static_cast<int>(count_characters(before));
    } else {
        at.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
        at.column = 1 + static_cast<int>(count_characters(before.substr(last_break + 1)));
    }
    return at;
}

const Options::Parsed* Options::find(std::string_view name) const {
    const auto is_named = [&](const Option& option) { return option.name == name; };
    MESSINA_CHECK(std::any_of(section_->options.begin(), section_->options.end(), is_named), name);
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : found->second.get();
}

template <class T>
const T& Options::get(std::string_view name) const {
    const Parsed* parsed = find(name);
    MESSINA_CHECK(parsed != nullptr, name);
    const T* value = std::get_if<T>(&parsed->value);
    MESSINA_CHECK(value != nullptr, name);
    return *value;
}

Mark Options::mark_of(std::string_view name) const {
    const Parsed* parsed = find(name);
    return parsed != nullptr && parsed->is_given ? parsed->node.mark : mark_;
}

bool Options::has(std::string_view name) const {
    return find(name) != nullptr;
}

bool Options::is_given(std::string_view name) const {
    const Parsed* parsed = find(name);
    return parsed != nullptr && parsed->is_given;
}

bool Options::get_boolean(std::string_view name) const {
    return get<bool>(name);
}
int64_t Options::get_integer(std::string_view name) const {
    return get<int64_t>(name);
}
double Options::get_number(std::string_view name) const {
    return get<double>(name);
}
const std::string& Options::get_text(std::string_view name) const {
    return get<std::string>(name);
}
Secret Options::get_secret(std::string_view name) const {
    return get<Secret>(name);
}
Nanos Options::get_duration(std::string_view name) const {
    return get<Nanos>(name);
}
uint64_t Options::get_size(std::string_view name) const {
    return get<uint64_t>(name);
}
ExpressionText Options::get_expression(std::string_view name) const {
    return get<ExpressionText>(name);
}
ExpressionMap Options::get_expression_map(std::string_view name) const {
    return get<ExpressionMap>(name);
}
TextList Options::get_text_list(std::string_view name) const {
    return get<TextList>(name);
}
TextMap Options::get_text_map(std::string_view name) const {
    return get<TextMap>(name);
}
const Options& Options::get_nested(std::string_view name) const {
    return get<Options>(name);
}
const OptionsList& Options::get_nested_list(std::string_view name) const {
    return get<OptionsList>(name);
}
std::vector<std::pair<std::string, const Options*>> Options::get_nested_map(
    std::string_view name) const {
    std::vector<std::pair<std::string, const Options*>> pairs;
    for (const auto& [key, options] : get<OptionsMap>(name)) pairs.emplace_back(key, &options);
    return pairs;
}
const Node& Options::get_any(std::string_view name) const {
    get<std::monostate>(name);
    return find(name)->node;
}

const Node* Options::node_of(std::string_view name) const {
    const Parsed* parsed = find(name);
    return parsed == nullptr ? nullptr : &parsed->node;
}

}  // namespace messina::config
