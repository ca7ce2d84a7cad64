#include "config/section_parser.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "base/nearest.h"
#include "config/describe_type.h"
#include "config/source_text.h"

namespace messina::config {
namespace {

/// Only so many are told; looking for the lines of all would be slow in a huge file.
constexpr size_t kMistakesLocatedMax = 20;
constexpr size_t kFoundCharactersMax = 60;

std::string describe_found(const Node& node) {
    switch (node.kind) {
        case NodeKind::Null: return node.scalar.empty() ? "nothing" : node.scalar;
        case NodeKind::Sequence: return node.items.empty() ? "an empty list" : "a list";
        case NodeKind::Map: return node.entries.empty() ? "an empty map" : "a map";
        case NodeKind::Scalar: break;
    }
    if (node.is_secret) return std::string(kSecretPlaceholder);
    std::string shown = node.scalar.substr(0, node.scalar.find('\n'));
    if (count_characters(shown) > kFoundCharactersMax) {
        shown.resize(kFoundCharactersMax);
        while (find_invalid_utf8(shown)) shown.pop_back();
    }
    if (shown.size() < node.scalar.size()) shown += "…";
    return fmt::format("'{}'{}", shown, node.is_quoted ? " in quotes" : "");
}

/// How many characters to underline: all of a plain scalar that stands there as it is; otherwise
/// what error_at finds.
size_t length_in_source(const Node& node) {
    if (node.kind != NodeKind::Scalar || node.scalar.empty() || !node.mark.text) return 0;
    const std::string_view source = std::string_view(*node.mark.text).substr(offset_of(node.mark));
    return source.starts_with(node.scalar) ? count_characters(node.scalar) : 0;
}

bool is_within(const OptionType& type, double value) {
    return type.min >= type.max || (value >= type.min && value <= type.max);
}

bool takes_map(OptionKind kind) {
    switch (kind) {
        case OptionKind::ExpressionMap:
        case OptionKind::TextMap:
        case OptionKind::Nested:
        case OptionKind::NestedMap:
        case OptionKind::OneOf:
        case OptionKind::Any: return true;
        default: return false;
    }
}

const Option* find_option(const Section& section, std::string_view name) {
    for (const Option& option : section.options) {
        if (option.name == name) return &option;
    }
    return nullptr;
}

const Section* find_variant(const OptionType& type, std::string_view name) {
    for (const Section* variant : type.variants) {
        if (variant->name == name) return variant;
    }
    return nullptr;
}

std::vector<std::string_view> names_of(const std::vector<const Section*>& sections) {
    std::vector<std::string_view> names;
    for (const Section* section : sections) names.emplace_back(section->name);
    return names;
}

std::string join_hints(std::string first, std::string_view second) {
    if (!first.empty() && !second.empty()) first += ' ';
    return first.append(second);
}

std::string keys_hint(const Section& section, std::string_view unknown) {
    std::vector<std::string_view> names;
    for (const Option& option : section.options) names.emplace_back(option.name);
    const std::string list = section.name.empty()
                                 ? fmt::format("keys are {}", fmt::join(names, ", "))
                                 : fmt::format("`messina doc {}` lists the keys.", section.name);
    return join_hints(did_you_mean(unknown, names), list);
}

/// What a default's text is as a node. Defaults are part of the program: a bad one is a bug.
Node node_of_default(const Option& option) {
    // Most are one word, and there may be very many sections.
    const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if (option.fallback != "null" &&
        std::all_of(option.fallback.begin(), option.fallback.end(), is_plain)) {
        return Node{.kind = NodeKind::Scalar, .scalar = option.fallback};
    }
    const Interpolation nothing{.is_on = false};
    Result<Node> node = parse_yaml("default of " + option.name, option.fallback, nothing);
    MESSINA_CHECK(node.has_value(), node.error().message);
    return std::move(*node);
}

}  // namespace

bool SectionParser::is_next_told() const {
    return mistakes_.size() < kMistakesLocatedMax;
}

void SectionParser::mistake(const Mark& mark, std::string_view code, std::string message,
                            std::string hint, size_t length) {
    mistakes_.push_back(is_next_told()
                            ? error_at(mark, code, std::move(message), std::move(hint), length)
                            : Error{ErrorClass::Misconfigured, code, std::move(message)});
}

std::nullopt_t SectionParser::expected(const Target& target, const Node& node,
                                       std::string_view code, std::string_view what,
                                       std::string hint) {
    Mark mark = node.mark;
    // The line would show a password that was written into the file.
    if (target.option.type.kind == OptionKind::Secret) mark.text = nullptr;
    mistake(mark, code,
            fmt::format("{}: expected {}, found {}", target.name, what, describe_found(node)),
            node.is_secret ? "" : std::move(hint), is_next_told() ? length_in_source(node) : 0);
    return std::nullopt;
}

Options SectionParser::parse(const Section& section, const Node& node) {
    Options options;
    options.section_ = &section;
    options.mark_ = node.mark;
    const Option* shorthand = find_option(section, section.shorthand);
    const auto is_key_of_section = [&](const auto& entry) {
        return find_option(section, entry.first.scalar) != nullptr;
    };
    std::set<std::string_view> given;
    if (node.kind == NodeKind::Map &&
        (shorthand == nullptr || !takes_map(shorthand->type.kind) ||
         std::any_of(node.entries.begin(), node.entries.end(), is_key_of_section))) {
        parse_entries(options, node, given);
    } else if (node.kind != NodeKind::Null && shorthand != nullptr) {
        given.insert(shorthand->name);
        parse_option(options, *shorthand, node);
    } else if (node.kind != NodeKind::Null) {
        mistake(node.mark, "config.type",
                fmt::format("{}: expected a map of options, found {}", section.name,
                            describe_found(node)),
                keys_hint(section, ""), length_in_source(node));
        return options;
    }
    for (const Option& option : section.options) {
        if (!given.contains(option.name)) add_default(options, option);
    }
    return options;
}

void SectionParser::parse_entries(Options& options, const Node& map,
                                  std::set<std::string_view>& given) {
    const Section& section = options.section();
    // Something like `set: {user_id: …, on_error: …}` mixes the short form and options.
    const Option* shorthand = find_option(section, section.shorthand);
    const bool is_mixed = shorthand != nullptr && takes_map(shorthand->type.kind) &&
                          map.find(shorthand->name) == nullptr;
    for (const auto& [key, value] : map.entries) {
        const Option* option = find_option(section, key.scalar);
        if (option != nullptr) {
            given.insert(option->name);
            parse_option(options, *option, value);
            continue;
        }
        std::string hint;
        if (is_next_told()) {
            hint = is_mixed ? fmt::format("beside options of {}, put '{}' below '{}:'",
                                          section.name, key.scalar, shorthand->name)
                            : keys_hint(section, key.scalar);
        }
        mistake(key.mark, "config.unknown_key",
                fmt::format("unknown key '{}'{}{}", key.scalar, section.name.empty() ? "" : " in ",
                            section.name),
                std::move(hint));
    }
}

void SectionParser::parse_option(Options& options, const Option& option, const Node& node) {
    if (auto value = parse_value(Target{option, option.name}, node)) {
        options.values_[option.name] = std::make_shared<Options::Parsed>(
            Options::Parsed{.value = std::move(*value), .node = node, .is_given = true});
    }
}

void SectionParser::add_default(Options& options, const Option& option) {
    if (option.fallback.empty()) {
        if (!option.is_required) return;
        const std::string_view name = options.section().name;
        mistake(
            options.mark(), "config.missing",
            fmt::format("{} needs '{}'", name.empty() ? "the configuration" : name, option.name),
            option.example.empty()
                ? option.doc
                : fmt::format("{} For example `{}: {}`.", option.doc, option.name, option.example));
        return;
    }
    Node node = node_of_default(option);
    SectionParser parser;
    auto value = parser.parse_value(Target{option, option.name}, node);
    MESSINA_CHECK(value.has_value() && !parser.has_mistakes(), option.name);
    options.values_[option.name] = std::make_shared<Options::Parsed>(
        Options::Parsed{.value = std::move(*value), .node = std::move(node), .is_given = false});
}

template <class T>
std::optional<OptionValue> SectionParser::parse_list(const Target& target, const Node& node,
                                                     ElementParser<T> parse_element) {
    if (node.kind != NodeKind::Sequence) {
        return expected(target, node, "config.type", describe_form(target.option.type));
    }
    std::vector<T> list;
    for (size_t i = 0; i < node.items.size(); ++i) {
        const Target element{target.option, fmt::format("{}[{}]", target.name, i)};
        if (auto value = (this->*parse_element)(element, node.items[i])) {
            list.push_back(std::move(*value));
        }
    }
    return OptionValue(std::move(list));
}

template <class T>
std::optional<OptionValue> SectionParser::parse_map(const Target& target, const Node& node,
                                                    ElementParser<T> parse_element) {
    if (node.kind != NodeKind::Map) {
        return expected(target, node, "config.type", describe_form(target.option.type));
    }
    std::vector<std::pair<std::string, T>> map;
    for (const auto& [key, element_node] : node.entries) {
        const Target element{target.option, fmt::format("{}.{}", target.name, key.scalar)};
        if (auto value = (this->*parse_element)(element, element_node)) {
            map.emplace_back(key.scalar, std::move(*value));
        }
    }
    return OptionValue(std::move(map));
}

std::optional<OptionValue> SectionParser::parse_value(const Target& target, const Node& node) {
    const OptionType& type = target.option.type;
    switch (type.kind) {
        case OptionKind::Boolean: return parse_boolean(target, node);
        case OptionKind::Integer: return parse_integer(target, node);
        case OptionKind::Number: return parse_number(target, node);
        case OptionKind::Text: return parse_text(target, node);
        case OptionKind::Secret:
            if (auto text = parse_text(target, node)) return Secret(std::move(*text));
            return std::nullopt;
        case OptionKind::Choice: return parse_choice(target, node);
        case OptionKind::Duration: return parse_duration(target, node);
        case OptionKind::Size: return parse_size(target, node);
        case OptionKind::Expression: return parse_expression(target, node);
        case OptionKind::ExpressionMap:
            return parse_map<ExpressionText>(target, node, &SectionParser::parse_expression);
        case OptionKind::TextList:
            if (node.kind == NodeKind::Scalar) return TextList{node.scalar};
            return parse_list<std::string>(target, node, &SectionParser::parse_text);
        case OptionKind::TextMap:
            return parse_map<std::string>(target, node, &SectionParser::parse_text);
        case OptionKind::Nested: return parse(*type.section, node);
        case OptionKind::NestedList:
            return parse_list<Options>(target, node, &SectionParser::parse_nested);
        case OptionKind::NestedMap:
            return parse_map<Options>(target, node, &SectionParser::parse_nested);
        case OptionKind::OneOf: return parse_variant(target, node);
        case OptionKind::OneOfList:
            return parse_list<Options>(target, node, &SectionParser::parse_variant);
        case OptionKind::Any: return std::monostate{};
    }
    return std::nullopt;
}

std::optional<std::string> SectionParser::parse_text(const Target& target, const Node& node) {
    if (node.kind == NodeKind::Scalar) return node.scalar;
    return expected(target, node, "config.type", "text",
                    node.kind == NodeKind::Null && !node.scalar.empty()
                        ? "put it in quotes if the word itself is meant"
                        : "");
}

std::optional<OptionValue> SectionParser::parse_boolean(const Target& target, const Node& node) {
    constexpr std::array<std::string_view, 3> true_words = {"true", "True", "TRUE"};
    constexpr std::array<std::string_view, 3> false_words = {"false", "False", "FALSE"};
    const auto is_in = [&](const auto& words) {
        return std::find(words.begin(), words.end(), node.scalar) != words.end();
    };
    const bool is_true = is_in(true_words);
    if (node.kind == NodeKind::Scalar && !node.is_quoted && (is_true || is_in(false_words))) {
        return OptionValue(is_true);
    }
    return expected(target, node, "config.type", "true or false",
                    node.is_quoted ? "remove the quotes" : "");
}

std::optional<OptionValue> SectionParser::parse_integer(const Target& target, const Node& node) {
    std::string_view digits = node.scalar;
    int base = 10;
    if (digits.starts_with("0x")) base = 16;
    if (digits.starts_with("0o")) base = 8;
    if (base != 10) digits.remove_prefix(2);
    if (base == 10 && digits.starts_with('+')) digits.remove_prefix(1);
    const bool has_two_signs = digits.starts_with('-') && (base != 10 || node.scalar[0] == '+');
    int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (node.kind != NodeKind::Scalar || node.is_quoted || stop != end || has_two_signs ||
        error == std::errc::invalid_argument) {
        return expected(target, node, "config.type", describe_form(target.option.type),
                        node.is_quoted ? "remove the quotes" : "");
    }
    if (error == std::errc::result_out_of_range ||
        !is_within(target.option.type, static_cast<double>(value))) {
        return expected(target, node, "config.range", describe_type(target.option.type));
    }
    return OptionValue(value);
}

std::optional<OptionValue> SectionParser::parse_number(const Target& target, const Node& node) {
    std::string_view digits = node.scalar;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    double value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    // from_chars also reads "inf" and "nan", which are words in YAML and of no use in an option.
    if (node.kind != NodeKind::Scalar || node.is_quoted || stop != end || error != std::errc{} ||
        !std::isfinite(value) || node.scalar.starts_with("+-")) {
        return expected(target, node, "config.type", describe_form(target.option.type),
                        node.is_quoted ? "remove the quotes" : "");
    }
    if (!is_within(target.option.type, value)) {
        return expected(target, node, "config.range", describe_type(target.option.type));
    }
    return OptionValue(value);
}

std::optional<OptionValue> SectionParser::parse_choice(const Target& target, const Node& node) {
    const std::vector<std::string>& choices = target.option.type.choices;
    // `null` and `~` may be choices like any other word.
    const bool is_word = node.kind == NodeKind::Scalar || node.kind == NodeKind::Null;
    if (is_word && std::find(choices.begin(), choices.end(), node.scalar) != choices.end()) {
        return OptionValue(node.scalar);
    }
    const std::vector<std::string_view> names(choices.begin(), choices.end());
    return expected(target, node, "config.choice", describe_form(target.option.type),
                    did_you_mean(node.scalar, names));
}

std::optional<OptionValue> SectionParser::parse_duration(const Target& target, const Node& node) {
    const OptionType& type = target.option.type;
    if (node.kind != NodeKind::Scalar) {
        return expected(target, node, "config.type", describe_form(type));
    }
    Result<Nanos> value = config::parse_duration(node.scalar);
    if (!value) {
        return expected(target, node, value.error().code, describe_form(type), value.error().hint);
    }
    if (!is_within(type, static_cast<double>(value->count()) / 1e9)) {
        return expected(target, node, "config.range", describe_type(type));
    }
    return OptionValue(*value);
}

std::optional<OptionValue> SectionParser::parse_size(const Target& target, const Node& node) {
    const OptionType& type = target.option.type;
    if (node.kind != NodeKind::Scalar) {
        return expected(target, node, "config.type", describe_form(type));
    }
    Result<uint64_t> value = config::parse_size(node.scalar);
    if (!value) {
        return expected(target, node, value.error().code, describe_form(type), value.error().hint);
    }
    if (!is_within(type, static_cast<double>(*value))) {
        return expected(target, node, "config.range", describe_type(type));
    }
    return OptionValue(*value);
}

std::optional<ExpressionText> SectionParser::parse_expression(const Target& target,
                                                              const Node& node) {
    const bool is_null_literal = node.kind == NodeKind::Null && node.scalar == "null";
    if (node.kind == NodeKind::Scalar || is_null_literal) {
        return ExpressionText{node.scalar, node.mark, node.is_secret};
    }
    return expected(
        target, node, "config.type", "a CEL expression",
        node.kind == NodeKind::Null ? "" : "put a CEL list or map in quotes: '[event.a, event.b]'");
}

std::optional<Options> SectionParser::parse_nested(const Target& target, const Node& node) {
    return parse(*target.option.type.section, node);
}

std::optional<Options> SectionParser::parse_variant(const Target& target, const Node& node) {
    const OptionType& type = target.option.type;
    const std::string what =
        fmt::format("exactly one of {}", fmt::join(names_of(type.variants), ", "));
    const bool is_name = node.kind == NodeKind::Scalar;
    if (!is_name && (node.kind != NodeKind::Map || node.entries.empty())) {
        return expected(target, node, "config.variant", what);
    }
    if (!is_name && node.entries.size() > 1) return too_many_variants(target, node, what);

    const Node& name = is_name ? node : node.entries.front().first;
    const Section* variant = find_variant(type, name.scalar);
    if (variant == nullptr) {
        return expected(target, name, "config.variant", what,
                        did_you_mean(name.scalar, names_of(type.variants)));
    }
    if (is_name) return parse(*variant, Node{.kind = NodeKind::Null, .mark = node.mark});
    const Node& value = node.entries.front().second;
    return parse(*variant, value);
}

std::nullopt_t SectionParser::too_many_variants(const Target& target, const Node& map,
                                                std::string_view what) {
    const Node& first = map.entries[0].first;
    const Node& second = map.entries[1].first;
    const Section* variant = find_variant(target.option.type, first.scalar);
    const bool belongs_to_first = variant != nullptr && find_option(*variant, second.scalar);
    mistake(second.mark, "config.variant",
            fmt::format("{}: expected {}, found '{}' beside '{}'", target.name, what, second.scalar,
                        first.scalar),
            belongs_to_first ? fmt::format("'{}' is an option of {}: indent it below '{}:'",
                                           second.scalar, first.scalar, first.scalar)
                             : "");
    return std::nullopt;
}

Result<Options> Options::parse(const Section& section, const Node& node) {
    SectionParser parser;
    Options options = parser.parse(section, node);
    if (parser.has_mistakes()) return fail(parser.take_mistakes());
    return options;
}

}  // namespace messina::config
