// An option is declared once: name, type, default, bounds, prose. Parsing, validation, `messina
// doc`, the JSON schema and the reference page all read the declaration.
//
//   const config::Section kLookup = {
//       .name = "lookup", .summary = "Reads a row for each record and puts its columns into a
//       variable.", .options = {
//           {.name = "table", .type = config::text(), .is_required = true, .doc = "Table to read:
//           store.table."},
//           {.name = "on_miss", .type = config::choice({"pass", "drop"}), .fallback = "pass", .doc
//           = "…"},
//           {.name = "timeout", .type = config::duration(1ms, 60s), .fallback = "250ms", .doc =
//           "…"},
//       }};
//   MESSINA_TRY(config::Options options, config::Options::parse(kLookup, node));
//   options.get_duration("timeout");
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/node.h"
#include "config/secret.h"

namespace messina::config {

enum class OptionKind : uint8_t {
    Boolean,        // true, false
    Integer,        // bounds
    Number,         // bounds
    Text,           // any scalar
    Secret,         // text that cannot be printed
    Choice,         // one of `choices`
    Duration,       // 5ms, 1h30m, 7d; bounds
    Size,           // 64MiB, 10kB, 512B; bounds
    Expression,     // CEL; kept as text with its mark, compiled by the pipeline
    ExpressionMap,  // name → CEL
    TextList,       // a sequence of scalars, or one scalar
    TextMap,        // name → scalar
    Nested,         // a map with options of its own: `section`
    NestedList,     // a sequence of such maps
    NestedMap,      // name → such a map
    OneOf,  // a map with exactly one key, the name of one of `variants` (kafka: {…}); or just that
            // name when it needs no options
    OneOfList,  // a sequence of those
    Any,        // kept as a Node
};

struct Section;

struct OptionType {
    OptionKind kind = OptionKind::Text;
    double min = 0, max = 0;  // bounds when min < max; seconds for Duration, bytes for Size
    std::vector<std::string> choices = {};
    const Section* section = nullptr;           // of Nested…
    std::vector<const Section*> variants = {};  // of OneOf…
};

OptionType boolean();
OptionType integer(double min, double max);
OptionType number(double min, double max);
OptionType text();
OptionType secret();
OptionType choice(std::vector<std::string> choices);
OptionType duration(Nanos min, Nanos max);
OptionType size(uint64_t min_bytes, uint64_t max_bytes);
OptionType expression();
OptionType expression_map();
OptionType text_list();
OptionType text_map();
OptionType nested(const Section& section);
OptionType nested_list(const Section& section);
OptionType nested_map(const Section& section);
OptionType one_of(std::vector<const Section*> variants);
OptionType one_of_list(std::vector<const Section*> variants);
OptionType any();

struct Option {
    std::string name;
    OptionType type;
    bool is_required = false;
    std::string fallback = {};  // the default, written as in a file; empty: none
    std::string doc;            // one to three sentences, units included
    std::string example = {};   // YAML of the value
};

/// A map of options: a step, a source, a format, the whole file.
struct Section {
    std::string name;     // the YAML key
    std::string summary;  // one sentence
    std::vector<Option> options;
    std::string details = {};  // guarantees and caveats, Markdown paragraphs
    std::string example = {};  // a complete YAML example of `name: …`
    /// When the section may be given as a bare scalar or other shorthand (filter: event.a > 1), the
    /// option that takes it.
    std::string shorthand = {};
};

/// A CEL expression as written.
struct ExpressionText {
    std::string text;
    Mark mark;
    bool is_secret = false;  // something secret was expanded into it: not to be shown

    /// Where byte `offset` of the text stands in the file, for errors inside an expression. The
    /// begin of the expression when that cannot be told (folded lines, escapes, expansion).
    [[nodiscard]] Mark mark_at(size_t offset) const;
};

/// Parsed options of one section. Getters expect a declared name of the matching kind and a given
/// or default value (has() tells); anything else is a bug of the caller and ends in MESSINA_CHECK.
class Options {
  public:
    /// Every mistake is found, not only the first: their texts are joined by newlines in one Error
    /// (class Misconfigured).
    static Result<Options> parse(const Section& section, const Node& node);
    /// The section must outlive its options.
    static Result<Options> parse(const Section&& section, const Node& node) = delete;

    [[nodiscard]] const Section& section() const { return *section_; }
    [[nodiscard]] const Mark& mark() const { return mark_; }
    /// Where the option was given, or the section's mark.
    [[nodiscard]] Mark mark_of(std::string_view name) const;
    /// Given or defaulted.
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool is_given(std::string_view name) const;

    [[nodiscard]] bool get_boolean(std::string_view name) const;
    [[nodiscard]] int64_t get_integer(std::string_view name) const;
    [[nodiscard]] double get_number(std::string_view name) const;
    [[nodiscard]] const std::string& get_text(std::string_view name) const;  // Text and Choice
    [[nodiscard]] Secret get_secret(std::string_view name) const;
    [[nodiscard]] Nanos get_duration(std::string_view name) const;
    [[nodiscard]] uint64_t get_size(std::string_view name) const;
    [[nodiscard]] ExpressionText get_expression(std::string_view name) const;
    [[nodiscard]] std::vector<std::pair<std::string, ExpressionText>> get_expression_map(
        std::string_view name) const;
    [[nodiscard]] std::vector<std::string> get_text_list(std::string_view name) const;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> get_text_map(
        std::string_view name) const;
    [[nodiscard]] const Options& get_nested(std::string_view name)
        const;  // Nested; OneOf: the chosen variant (its section().name says which)
    [[nodiscard]] const std::vector<Options>& get_nested_list(
        std::string_view name) const;  // NestedList, OneOfList
    [[nodiscard]] std::vector<std::pair<std::string, const Options*>> get_nested_map(
        std::string_view name) const;
    [[nodiscard]] const Node& get_any(std::string_view name) const;

    /// The value as it was read, or the default's; null when neither is there.
    [[nodiscard]] const Node* node_of(std::string_view name) const;

  private:
    friend class SectionParser;
    struct Parsed;
    const Parsed* find(std::string_view name) const;
    template <class T>
    const T& get(std::string_view name) const;

    const Section* section_ = nullptr;
    Mark mark_;
    std::map<std::string, std::shared_ptr<Parsed>, std::less<>> values_;
};

/// "5ms", "1h30m", "7d" and back; "64MiB", "10kB".
Result<Nanos> parse_duration(std::string_view text);
Result<uint64_t> parse_size(std::string_view text);
std::string format_duration(Nanos duration);
std::string format_size(uint64_t bytes);

/// Reference page of a section, plain text for a terminal or Markdown.
std::string document_text(const Section& section);
std::string document_markdown(const Section& section, int heading_level = 2);
/// JSON schema (draft 2020-12) of a section's map, for editors.
std::string json_schema(const Section& section);

}  // namespace messina::config
