#include "config/check_declaration.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/section_parser.h"

namespace messina::config {
namespace {

bool is_word(const std::string& name) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(), is_allowed);
}

class DeclarationChecker {
  public:
    void check(const Section& section) {
        if (!seen_.insert(&section).second) return;
        std::set<std::string_view> names;
        for (const Option& option : section.options) {
            const std::string where = fmt::format("{}.{}", section.name, option.name);
            if (!is_word(option.name)) fault(where, "its name is not in snake_case");
            if (!names.insert(option.name).second) fault(where, "declared twice");
            if (!option.doc.ends_with('.')) fault(where, "its doc is not a sentence");
            check_type(where, option.type);
            check_value(where, "default", option, option.fallback);
            check_value(where, "example", option, option.example);
        }
        if (!section.name.empty() && !is_word(section.name)) {
            fault(section.name, "its name is not in snake_case");
        }
        if (!section.summary.ends_with('.')) fault(section.name, "its summary is not a sentence");
        if (!section.shorthand.empty() && !names.contains(section.shorthand)) {
            fault(section.name, fmt::format("no option '{}' for the shorthand", section.shorthand));
        }
        check_example(section);
    }

    Result<void> result() const {
        if (faults_.empty()) return {};
        return fail(ErrorClass::Misconfigured, "config.declaration",
                    fmt::format("{}", fmt::join(faults_, "\n")));
    }

  private:
    void fault(const std::string& where, std::string_view what) {
        faults_.push_back(fmt::format("{}: {}", where, what));
    }

    void check_type(const std::string& where, const OptionType& type) {
        if (type.min > type.max) fault(where, "its bounds are the wrong way round");
        switch (type.kind) {
            case OptionKind::Choice:
                if (type.choices.empty()) fault(where, "nothing to choose from");
                break;
            case OptionKind::Nested:
            case OptionKind::NestedList:
            case OptionKind::NestedMap: check(*type.section); break;
            case OptionKind::OneOf:
            case OptionKind::OneOfList:
                if (type.variants.empty()) fault(where, "no variants");
                for (const Section* variant : type.variants) check(*variant);
                break;
            default: break;
        }
    }

    void check_value(const std::string& where, std::string_view what, const Option& option,
                     const std::string& text) {
        if (text.empty()) return;
        const Section alone{.name = option.name, .summary = "", .options = {option}};
        Result<Node> value = parse_yaml(std::string(what), text, Interpolation{.is_on = false});
        if (!value) return fault(where, value.error().to_text());
        Node map{.kind = NodeKind::Map};
        map.entries.emplace_back(Node{.kind = NodeKind::Scalar, .scalar = option.name},
                                 std::move(*value));
        // A bad default would end the process when it is applied; here it is the given value.
        const Result<Options> parsed = Options::parse(alone, map);
        if (!parsed) fault(where, parsed.error().to_text());
    }

    void check_example(const Section& section) {
        if (section.example.empty()) return;
        Result<Node> node = parse_yaml("example", section.example, Interpolation{.is_on = false});
        if (!node) return fault(section.name, node.error().to_text());
        const bool is_item = node->kind == NodeKind::Sequence && node->items.size() == 1;
        const Node& map = is_item ? node->items[0] : *node;
        const Node* value = section.name.empty() ? &map : map.find(section.name);
        if (value == nullptr)
            return fault(section.name, "its example does not begin with its name");
        // With faulty defaults there is no parsing: they end the process.
        if (!faults_.empty()) return;
        const Result<Options> parsed = Options::parse(section, *value);
        if (!parsed) fault(section.name, parsed.error().to_text());
    }

    std::set<const Section*> seen_;
    std::vector<std::string> faults_;
};

}  // namespace

Result<void> check_declaration(const Section& section) {
    DeclarationChecker checker;
    checker.check(section);
    return checker.result();
}

}  // namespace messina::config
