#include "config/origin.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "config/interpolate.h"
#include "config/json_writer.h"
#include "config/source_text.h"

namespace messina::config {
namespace {

bool is_plain(std::string_view text) {
    constexpr std::string_view special = "\n\t\"'#,[]{}";
    return !text.empty() && text.find_first_of(special) == std::string_view::npos &&
           text.find(": ") == std::string_view::npos;
}

/// A value in one line, with what is secret masked: what came out of a file, and what its name
/// says is secret.
std::string render(const Node& node) {
    std::string text;
    switch (node.kind) {
        case NodeKind::Null: return "null";
        case NodeKind::Scalar:
            if (node.is_secret) return std::string(kSecretPlaceholder);
            return is_plain(node.scalar) ? node.scalar : quote_json(node.scalar);
        case NodeKind::Sequence:
            for (const Node& item : node.items) {
                text += fmt::format("{}{}", text.empty() ? "" : ", ", render(item));
            }
            return fmt::format("[{}]", text);
        case NodeKind::Map:
            for (const auto& [key, value] : node.entries) {
                text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key.scalar,
                                    sounds_secret(key.scalar) ? kSecretPlaceholder : render(value));
            }
            return fmt::format("{{{}}}", text);
    }
    return text;
}

enum class Source : uint8_t { File, Default };

class OriginLister {
  public:
    void list(const Options& options, const std::string& path, Source source) {
        const size_t before = origins_.size();
        for (const Option& option : options.section().options) {
            if (!options.has(option.name)) continue;
            const std::string name =
                path.empty() ? option.name : fmt::format("{}.{}", path, option.name);
            list_option(options, option, name,
                        options.is_given(option.name) ? source : Source::Default);
        }
        // A section that needs nothing (stdout) is still a choice somebody made.
        if (origins_.size() == before && !path.empty()) {
            origins_.push_back({path, "{}", place(options.mark(), source)});
        }
    }

    std::vector<Origin> take() && { return std::move(origins_); }

  private:
    static std::string place(const Mark& mark, Source source) {
        if (source == Source::Default) return "default";
        return fmt::format("{}:{}", mark.file ? *mark.file : "config", mark.line);
    }

    void list_variant(const Options& variant, const std::string& path, Source source) {
        list(variant, fmt::format("{}.{}", path, variant.section().name), source);
    }

    void list_option(const Options& options, const Option& option, const std::string& path,
                     Source source) {
        switch (option.type.kind) {
            case OptionKind::Nested: return list(options.get_nested(option.name), path, source);
            case OptionKind::OneOf:
                return list_variant(options.get_nested(option.name), path, source);
            case OptionKind::NestedList:
            case OptionKind::OneOfList: {
                size_t index = 0;
                for (const Options& element : options.get_nested_list(option.name)) {
                    const std::string name = fmt::format("{}[{}]", path, index++);
                    const bool is_variant = option.type.kind == OptionKind::OneOfList;
                    is_variant ? list_variant(element, name, source) : list(element, name, source);
                }
                return;
            }
            case OptionKind::NestedMap:
                for (const auto& [key, element] : options.get_nested_map(option.name)) {
                    list(*element, fmt::format("{}.{}", path, key), source);
                }
                return;
            default: break;
        }
        const Node& node = *options.node_of(option.name);
        const bool is_secret = option.type.kind == OptionKind::Secret;
        origins_.push_back({path, is_secret ? std::string(kSecretPlaceholder) : render(node),
                            place(node.mark, source)});
    }

    std::vector<Origin> origins_;
};

}  // namespace

std::vector<Origin> list_origins(const Options& options) {
    OriginLister lister;
    lister.list(options, "", Source::File);
    return std::move(lister).take();
}

std::string show_origin(const Options& options) {
    const std::vector<Origin> origins = list_origins(options);
    size_t path_width = 0;
    size_t value_width = 0;
    for (const Origin& origin : origins) {
        path_width = std::max(path_width, count_characters(origin.path));
        value_width = std::max(value_width, count_characters(origin.value));
    }
    value_width = std::min<size_t>(value_width, 40);  // one long value must not push all the rest
    std::string table;
    for (const Origin& origin : origins) {
        table += fmt::format("{:{}}  {:{}}  {}\n", origin.path, path_width, origin.value,
                             value_width, origin.where);
    }
    return table;
}

}  // namespace messina::config
