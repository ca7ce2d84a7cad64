// A Node tree read by the declaration of a section: types, bounds, names, and every mistake told.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/option.h"
#include "config/parsed_option.h"

namespace messina::config {

class SectionParser {
  public:
    /// What was right is read even when something else was wrong; has_mistakes() tells.
    Options parse(const Section& section, const Node& node);

    [[nodiscard]] bool has_mistakes() const { return !mistakes_.empty(); }
    Error take_mistakes() { return join_errors(std::move(mistakes_)); }

  private:
    /// The option a value belongs to, for messages.
    struct Target {
        const Option& option;
        std::string name;  // "timeout"; an element's: "topics[2]", "columns.user"
    };
    template <class T>
    using ElementParser = std::optional<T> (SectionParser::*)(const Target&, const Node&);

    void parse_entries(Options& options, const Node& map, std::set<std::string_view>& given);
    void parse_option(Options& options, const Option& option, const Node& node);
    void add_default(Options& options, const Option& option);

    std::optional<OptionValue> parse_value(const Target& target, const Node& node);
    std::optional<OptionValue> parse_boolean(const Target& target, const Node& node);
    std::optional<OptionValue> parse_integer(const Target& target, const Node& node);
    std::optional<OptionValue> parse_number(const Target& target, const Node& node);
    std::optional<OptionValue> parse_choice(const Target& target, const Node& node);
    std::optional<OptionValue> parse_duration(const Target& target, const Node& node);
    std::optional<OptionValue> parse_size(const Target& target, const Node& node);

    std::optional<std::string> parse_text(const Target& target, const Node& node);
    std::optional<ExpressionText> parse_expression(const Target& target, const Node& node);
    std::optional<Options> parse_nested(const Target& target, const Node& node);
    std::optional<Options> parse_variant(const Target& target, const Node& node);
    std::nullopt_t too_many_variants(const Target& target, const Node& map, std::string_view what);

    template <class T>
    std::optional<OptionValue> parse_list(const Target& target, const Node& node,
                                          ElementParser<T> parse_element);
    template <class T>
    std::optional<OptionValue> parse_map(const Target& target, const Node& node,
                                         ElementParser<T> parse_element);

    [[nodiscard]] bool is_next_told() const;
    void mistake(const Mark& mark, std::string_view code, std::string message,
                 std::string hint = {}, size_t length = 0);
    /// "timeout: expected a duration such as 250ms, found 'fast'".
    std::nullopt_t expected(const Target& target, const Node& node, std::string_view code,
                            std::string_view what, std::string hint = {});

    std::vector<Error> mistakes_;
};

}  // namespace messina::config
