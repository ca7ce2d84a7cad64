// YAML text to a Node tree, from yaml-cpp's events: these carry positions and let aliases, depth
// and size be refused before they cost anything.
#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include "config/interpolate.h"
#include "config/node.h"
#include "config/source_text.h"
#include "config/text_file.h"
#include "config/yaml_syntax.h"

namespace messina::config {
namespace {

/// Thrown through yaml-cpp, which can be stopped in no other way; never leaves parse_yaml.
struct Refusal {
    Error error;
};

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

/// What an alias to a node costs.
struct Extent {
    size_t nodes = 1;
    size_t depth = 1;
    size_t scalar_bytes = 0;

    void add_child(const Extent& child) {
        nodes += child.nodes;
        depth = std::max(depth, child.depth + 1);
        scalar_bytes += child.scalar_bytes;
    }
};

class TreeBuilder final : public YAML::EventHandler {
  public:
    TreeBuilder(Marker& marker, const Interpolation& interpolation, const LoadLimits& limits)
        : marker_(marker), interpolation_(interpolation), limits_(limits) {
        root_.mark = marker_.at(0);
        last_value_ = root_.mark;
    }

    Node take_root() && { return std::move(root_); }

    [[nodiscard]] ReadSoFar read_so_far() const {
        return {last_value_, open_.empty() ? root_.mark : open_.back().node.mark};
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (is_document_seen_) {
            refuse(mark_of(mark), "config.yaml", "a second document begins here",
                   "one file holds one document: remove '---', or mend the indentation");
        }
        is_document_seen_ = true;
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Mark at = mark_of(mark);
        if (is_key_expected()) {
            refuse(at, "config.key", "a key cannot be null", "put it in quotes if it is text");
        }
        Node node{.kind = NodeKind::Null, .mark = at, .scalar = null_as_written(mark)};
        finish(std::move(node), Extent{}, anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node{.kind = NodeKind::Scalar, .mark = mark_of(mark), .scalar = value};
        check_tag(node.mark, tag, {"str", "int", "float", "bool", "null"});
        node.is_quoted = tag == "!" || tag == fmt::format("{}str", kCoreTags);
        const bool has_reference = interpolation_.is_on && value.find("${") != std::string::npos;
        if (has_reference) expand_scalar(node, mark);
        Extent extent{.scalar_bytes = node.scalar.size()};
        finish(std::move(node), extent, anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(NodeKind::Sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(NodeKind::Map, mark, tag, anchor);
    }
    void OnMapEnd() override {
        refuse_duplicate_keys(open_.back().node);
        close();
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Mark at = mark_of(mark);
        if (is_key_expected()) {
            refuse(at, "config.key", "an alias cannot be a key", "write the key out");
        }
        const auto found = anchored_.find(anchor);
        if (found == anchored_.end()) {
            refuse(at, "config.yaml", "an alias refers to something it is inside of",
                   "write the value out");
        }
        admit(at, found->second.extent);
        Node copy = found->second.node;
        attach(std::move(copy), found->second.extent);
    }

  private:
    struct Anchored {
        Node node;
        Extent extent;
    };
    struct Open {
        Node node;
        Extent extent;
        YAML::anchor_t anchor;
        std::optional<Node> key = {};
    };

    [[noreturn]] static void refuse(const Mark& at, std::string_view code, std::string message,
                                    std::string hint = {}, size_t length = 0) {
        throw Refusal{error_at(at, code, std::move(message), std::move(hint), length)};
    }

    size_t offset_of(const YAML::Mark& mark) const {
        const size_t start = marker_.line_start(static_cast<size_t>(std::max(0, mark.line)) + 1);
        return start + static_cast<size_t>(std::max(0, mark.column));
    }
    Mark mark_of(const YAML::Mark& mark) { return marker_.at(offset_of(mark)); }

    [[nodiscard]] bool is_key_expected() const {
        return !open_.empty() && open_.back().node.kind == NodeKind::Map && !open_.back().key;
    }

    static constexpr const char* kTooLargeHint =
        "an alias counts as all that it stands for: use fewer of them, or several files";
    /// Refuses what would exceed a limit, before it is built.
    void admit(const Mark& at, const Extent& extent) {
        nodes_ += extent.nodes;
        scalar_bytes_ += extent.scalar_bytes;
        if (nodes_ > limits_.nodes_max) {
            refuse(at, "config.too_large",
                   fmt::format("more than {} values, aliases expanded", limits_.nodes_max),
                   kTooLargeHint);
        }
        if (scalar_bytes_ > limits_.scalar_bytes_max) {
            refuse(at, "config.too_large",
                   fmt::format("more than {} bytes of text, aliases and references expanded",
                               limits_.scalar_bytes_max),
                   kTooLargeHint);
        }
        if (open_.size() + extent.depth > limits_.depth_max) {
            refuse(at, "config.too_large",
                   fmt::format("more than {} levels of nesting", limits_.depth_max), kTooLargeHint);
        }
    }

    void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        Node node{.kind = kind, .mark = mark_of(mark)};
        check_tag(node.mark, tag, {kind == NodeKind::Map ? "map" : "seq"});
        admit(node.mark, Extent{});
        open_.push_back(Open{std::move(node), Extent{}, anchor});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        remember(done.node, done.extent, done.anchor);
        attach(std::move(done.node), done.extent);
    }

    void finish(Node node, const Extent& extent, YAML::anchor_t anchor) {
        admit(node.mark, extent);
        remember(node, extent, anchor);
        attach(std::move(node), extent);
    }

    void remember(const Node& node, const Extent& extent, YAML::anchor_t anchor) {
        if (anchor == YAML::NullAnchor) return;
        admit(node.mark, extent);  // the copy that is kept for aliases counts as well
        anchored_.emplace(anchor, Anchored{node, extent});
    }

    void attach(Node node, const Extent& extent) {
        last_value_ = node.mark;
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        parent.extent.add_child(extent);
        if (parent.node.kind == NodeKind::Sequence) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.key) {
            parent.node.entries.emplace_back(std::move(*parent.key), std::move(node));
            parent.key.reset();
        } else {
            check_key(node);
            parent.key = std::move(node);
        }
    }

    /// Not before the key is complete: yaml-cpp takes what a bracket opens and nothing closes for a
    /// key, and should find that out first.
    static void check_key(const Node& key) {
        if (key.kind != NodeKind::Scalar) {
            refuse(key.mark, "config.key", "a key must be one word or text, not a list or map",
                   "put text that begins with '[' or '{' in quotes");
        }
        if (!key.is_quoted && key.scalar == "<<") {
            refuse(key.mark, "config.key", "merge keys ('<<') are not part of YAML 1.2",
                   "write the keys out, or use an alias for a whole value");
        }
    }

    static void refuse_duplicate_keys(const Node& map) {
        std::unordered_map<std::string_view, int> lines;
        for (const auto& [key, value] : map.entries) {
            const auto [first, is_new] = lines.emplace(key.scalar, key.mark.line);
            if (!is_new) {
                refuse(key.mark, "config.duplicate",
                       fmt::format("key '{}' is given twice", key.scalar),
                       fmt::format("it stands in line {} already", first->second));
            }
        }
    }

    static void check_tag(const Mark& at, std::string_view tag,
                          std::initializer_list<std::string_view> core_types) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        if (tag.starts_with(kCoreTags) &&
            std::find(core_types.begin(), core_types.end(), tag.substr(kCoreTags.size())) !=
                core_types.end()) {
            return;
        }
        refuse(at, "config.tag", fmt::format("tag '{}' is not known here", tag),
               "remove it; put text that begins with '!' in quotes");
    }

    void expand_scalar(Node& node, const YAML::Mark& mark) {
        if (is_key_expected()) {
            refuse(node.mark, "config.key", "${…} is expanded in values only, not in keys",
                   "write the key out");
        }
        auto expansion = expand(node.scalar, interpolation_);
        if (!expansion) {
            const BadReference& bad = expansion.error();
            const size_t found = marker_.text().find(bad.reference, offset_of(mark));
            const bool is_found = found != std::string::npos;
            refuse(is_found ? marker_.at(found) : node.mark, bad.code, bad.message, bad.hint,
                   is_found ? count_characters(bad.reference) : 0);
        }
        node.scalar = std::move(expansion->text);
        node.is_secret = expansion->is_secret;
        if (expansion->is_whole) node.is_quoted = false;
    }

    /// yaml-cpp tells that a value is null, not whether somebody wrote so.
    std::string null_as_written(const YAML::Mark& mark) const {
        const std::string_view rest = std::string_view(marker_.text())
                                          .substr(std::min(offset_of(mark), marker_.text().size()));
        for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
            if (!rest.starts_with(word)) continue;
            const std::string_view after = rest.substr(word.size());
            const bool is_word = after.empty() || std::string_view(" \t\r\n,]}").find(after[0]) !=
                                                      std::string_view::npos;
            if (is_word) return std::string(word);
        }
        return {};
    }

    Marker& marker_;
    const Interpolation& interpolation_;
    const LoadLimits& limits_;
    Node root_;
    Mark last_value_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Anchored> anchored_;
    size_t nodes_ = 0;
    size_t scalar_bytes_ = 0;
    bool is_document_seen_ = false;
};

/// yaml-cpp keeps every token of a flow list or map until it knows that it is no key, which is at
/// its end: hundreds of bytes for each bracket and comma. So they are counted first, in quotes and
/// comments as well; no honest file comes near.
Result<void> check_brackets(Marker& marker, const LoadLimits& limits) {
    constexpr size_t open_max = 1000;
    const size_t tokens_max = 2 * limits.nodes_max;
    size_t open = 0;
    size_t tokens = 0;
    const std::string& text = marker.text();
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && open > 0) --open;
        if (c == '[' || c == '{' || c == ',') ++tokens;
        if (open > open_max || tokens > tokens_max) {
            return fail(error_at(
                marker.at(i), "config.too_large",
                open > open_max ? "too many levels of nesting" : "too many brackets and commas", "",
                1));
        }
    }
    return {};
}

}  // namespace

Result<Node> parse_yaml(std::string file, std::string text, const Interpolation& interpolation,
                        const LoadLimits& limits) {
    MESSINA_TRY(Marker marker, open_text(std::move(file), std::move(text), limits));
    MESSINA_TRY_VOID(check_brackets(marker, limits));
    TreeBuilder builder(marker, interpolation, limits);
    try {
        // The end marker makes yaml-cpp notice a quote that is never closed, which it would read to
        // the end of the file in silence.
        const std::string_view line_end = marker.text().ends_with('\n') ? "" : "\n";
        std::istringstream input(fmt::format("{}{}...\n", marker.text(), line_end));
        YAML::Parser parser(input);
        while (parser.HandleNextDocument(builder)) {
        }
        return std::move(builder).take_root();
    } catch (Refusal& refusal) {
        return fail(std::move(refusal.error));
    } catch (const YAML::DeepRecursion&) {
        return fail(error_at(marker.at(0), "config.too_large", "too many levels of nesting"));
    } catch (const YAML::Exception& exception) {
        return fail(explain_syntax(exception, marker, builder.read_so_far()));
    } catch (const std::exception& exception) {
        return fail(error_at(marker.at(0), "config.yaml", exception.what()));
    }
}

Result<Node> load_yaml(const std::string& file, const Interpolation& interpolation,
                       const LoadLimits& limits) {
    const bool is_standard_input = file == "-";
    MESSINA_TRY(std::string text, is_standard_input ? read_standard_input(limits.text_bytes_max)
                                                    : read_text_file(file, limits.text_bytes_max));
    return parse_yaml(is_standard_input ? "standard input" : file, std::move(text), interpolation,
                      limits);
}

}  // namespace messina::config
