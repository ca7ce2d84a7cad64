// JSON schema (draft 2020-12) of a section, for editors. Every section becomes a definition, so
// that sections may contain themselves.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/json_writer.h"
#include "config/option.h"

namespace messina::config {
namespace {

constexpr std::string_view kReference = "reference";
constexpr std::string_view kReferencePattern = "\\$\\{(env|file|dir):[^}]+\\}";
constexpr std::string_view kDurationPattern =
    "^([0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|µs|ns))+$|\\$\\{(env|file|dir):[^}]+\\}";
constexpr std::string_view kSizePattern =
    "^[0-9]+(\\.[0-9]+)?([kMGT]?B|[KMGT]iB)$|\\$\\{(env|file|dir):[^}]+\\}";

bool must_be_given(const Option& option) {
    return option.is_required && option.fallback.empty();
}

bool needs_options(const Section& section) {
    return std::any_of(section.options.begin(), section.options.end(), must_be_given);
}

class SchemaWriter {
  public:
    std::string write(const Section& root) {
        json_.begin_object();
        json_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
        if (!root.name.empty()) json_.member("title", root.name);
        reference(root);
        json_.key("$defs");
        json_.begin_object();
        json_.key(kReference);
        json_.begin_object();
        json_.member("description", "A value from outside: ${env:…}, ${file:…} or ${dir:…:…}.");
        json_.member("type", "string");
        json_.member("pattern", kReferencePattern);
        json_.end_object();
        // Writing a definition may ask for more of them.
        for (size_t i = 0; i < sections_.size(); ++i) definition(*sections_[i]);
        json_.end_object();
        json_.end_object();
        return std::move(json_).take();
    }

  private:
    /// Sections of one name (a source and a sink called kafka) get a number.
    const std::string& name_of(const Section& section) {
        const auto known = names_.find(&section);
        if (known != names_.end()) return known->second;
        const std::string base = section.name.empty() ? "configuration" : section.name;
        std::string name = base;
        for (int i = 2; !used_names_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
        sections_.push_back(&section);
        return names_.emplace(&section, std::move(name)).first->second;
    }

    void reference(const Section& section) {
        json_.member("$ref", fmt::format("#/$defs/{}", name_of(section)));
    }

    void definition(const Section& section) {
        const Option* shorthand = nullptr;
        for (const Option& option : section.options) {
            if (option.name == section.shorthand) shorthand = &option;
        }
        json_.key(name_of(section));
        json_.begin_object();
        if (!section.summary.empty()) json_.member("description", section.summary);
        json_.key("anyOf");
        json_.begin_array();
        json_.begin_object();
        map_of_options(section);
        json_.end_object();
        if (!needs_options(section)) {
            json_.begin_object();
            json_.member("type", "null");
            json_.end_object();
        }
        if (shorthand != nullptr) {
            json_.begin_object();
            type(shorthand->type);
            json_.end_object();
        }
        json_.end_array();
        json_.end_object();
    }

    void map_of_options(const Section& section) {
        json_.member("type", "object");
        json_.key("properties");
        json_.begin_object();
        for (const Option& option : section.options) {
            json_.key(option.name);
            json_.begin_object();
            json_.member("description", option.doc);
            default_of(option);
            type(option.type);
            json_.end_object();
        }
        json_.end_object();
        if (needs_options(section)) {
            json_.key("required");
            json_.begin_array();
            for (const Option& option : section.options) {
                if (must_be_given(option)) json_.text(option.name);
            }
            json_.end_array();
        }
        json_.key("additionalProperties");
        json_.boolean(false);
    }

    void default_of(const Option& option) {
        if (option.fallback.empty()) return;
        switch (option.type.kind) {
            case OptionKind::Boolean:
                json_.key("default");
                json_.boolean(option.fallback == "true");
                break;
            case OptionKind::Integer:
            case OptionKind::Number:
                json_.key("default");
                json_.number(std::strtod(option.fallback.c_str(), nullptr));
                break;
            case OptionKind::Choice:
            case OptionKind::Duration:
            case OptionKind::Size: json_.member("default", option.fallback); break;
            default: break;  // as YAML text it would be no value of the type
        }
    }

    void types(std::initializer_list<std::string_view> names) {
        json_.key("type");
        json_.begin_array();
        for (const std::string_view name : names) json_.text(name);
        json_.end_array();
    }

    void pattern(std::string_view pattern) {
        json_.member("type", "string");
        json_.member("pattern", pattern);
    }

    template <class WriteSchema>
    void member_schema(std::string_view name, WriteSchema write_schema) {
        json_.key(name);
        json_.begin_object();
        write_schema();
        json_.end_object();
    }

    /// One of the schemas, or a ${…} that gives such a value when it is expanded.
    template <class WriteSchema>
    void or_reference(WriteSchema write_schema) {
        json_.key("anyOf");
        json_.begin_array();
        json_.begin_object();
        write_schema();
        json_.end_object();
        json_.begin_object();
        json_.member("$ref", fmt::format("#/$defs/{}", kReference));
        json_.end_object();
        json_.end_array();
    }

    void number(std::string_view name, const OptionType& type) {
        json_.member("type", name);
        if (type.min >= type.max) return;
        if (std::isfinite(type.min)) {
            json_.key("minimum");
            json_.number(type.min);
        }
        if (std::isfinite(type.max)) {
            json_.key("maximum");
            json_.number(type.max);
        }
    }

    void text() { types({"string", "number", "boolean"}); }
    void expression() { types({"string", "number", "boolean", "null"}); }

    void text_list() {
        json_.key("anyOf");
        json_.begin_array();
        json_.begin_object();
        json_.member("type", "array");
        member_schema("items", [&] { text(); });
        json_.end_object();
        json_.begin_object();
        text();
        json_.end_object();
        json_.end_array();
    }

    void variants(const OptionType& type) {
        json_.key("oneOf");
        json_.begin_array();
        std::vector<std::string_view> bare;
        for (const Section* variant : type.variants) {
            if (!needs_options(*variant)) bare.emplace_back(variant->name);
            json_.begin_object();
            json_.member("type", "object");
            member_schema("properties",
                          [&] { member_schema(variant->name, [&] { reference(*variant); }); });
            json_.key("required");
            json_.begin_array();
            json_.text(variant->name);
            json_.end_array();
            json_.key("additionalProperties");
            json_.boolean(false);
            json_.end_object();
        }
        if (!bare.empty()) {
            json_.begin_object();
            enumeration(bare);
            json_.end_object();
        }
        json_.end_array();
    }

    template <class Names>
    void enumeration(const Names& names) {
        json_.key("enum");
        json_.begin_array();
        for (const auto& name : names) json_.text(name);
        json_.end_array();
    }

    template <class WriteSchema>
    void list_of(WriteSchema write_schema) {
        json_.member("type", "array");
        member_schema("items", write_schema);
    }
    template <class WriteSchema>
    void map_of(WriteSchema write_schema) {
        json_.member("type", "object");
        member_schema("additionalProperties", write_schema);
    }

    void type(const OptionType& type) {
        switch (type.kind) {
            case OptionKind::Boolean: return or_reference([&] { json_.member("type", "boolean"); });
            case OptionKind::Integer: return or_reference([&] { number("integer", type); });
            case OptionKind::Number: return or_reference([&] { number("number", type); });
            case OptionKind::Text: return text();
            case OptionKind::Secret:
                text();
                json_.key("writeOnly");
                return json_.boolean(true);
            case OptionKind::Choice: return or_reference([&] { enumeration(type.choices); });
            case OptionKind::Duration: return pattern(kDurationPattern);
            case OptionKind::Size: return pattern(kSizePattern);
            case OptionKind::Expression: return expression();
            case OptionKind::ExpressionMap: return map_of([&] { expression(); });
            case OptionKind::TextList: return text_list();
            case OptionKind::TextMap: return map_of([&] { text(); });
            case OptionKind::Nested: return reference(*type.section);
            case OptionKind::NestedList: return list_of([&] { reference(*type.section); });
            case OptionKind::NestedMap: return map_of([&] { reference(*type.section); });
            case OptionKind::OneOf: return variants(type);
            case OptionKind::OneOfList: return list_of([&] { variants(type); });
            case OptionKind::Any: return;
        }
    }

    JsonWriter json_;
    std::map<const Section*, std::string> names_;
    std::set<std::string> used_names_ = {std::string(kReference)};
    std::vector<const Section*> sections_;
};

}  // namespace

std::string json_schema(const Section& section) {
    return SchemaWriter().write(section);
}

}  // namespace messina::config
