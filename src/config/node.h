// A configuration file as a tree that remembers where everything stood. YAML, JSON (a subset) and
// generated texts give the same tree.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace messina::config {

/// A place in a file, lines and columns from 1, columns in characters.
struct Mark {
    std::shared_ptr<const std::string> file;  // its name as the user gave it
    std::shared_ptr<const std::string> text;  // its content, for showing the line
    int line = 1;
    int column = 1;
};

enum class NodeKind : uint8_t { Null, Scalar, Sequence, Map };

struct Node {
    NodeKind kind = NodeKind::Null;
    Mark mark;
    std::string scalar;       // after ${…} expansion
    bool is_quoted = false;   // a quoted scalar is never a number, boolean or null
    bool is_secret = false;   // something secret was expanded into it
    std::vector<Node> items;  // of Sequence
    std::vector<std::pair<Node, Node>>
        entries;  // of Map, in file order; keys are scalars, distinct

    /// The value under `key`, or null.
    [[nodiscard]] const Node* find(std::string_view key) const;
};

/// An error at a place: "enrich.yaml:14:7: unknown key 'colums' in lookup", the line, a caret under
/// it. `length` is the number of characters to underline. Class Misconfigured.
Error error_at(const Mark& mark, std::string_view code, std::string message, std::string hint = {},
               size_t length = 1);

/// Which ${…} may be used, and where from. `${env:NAME}`, `${file:PATH}`, `${dir:PATH:KEY}`; `$${`
/// is a literal "${".
struct Interpolation {
    bool is_env_allowed = true;
    std::vector<std::string> env_patterns = {"*"};  // globs of names
    std::vector<std::string>
        file_roots;  // ${file:} and ${dir:} must stay below one of these (after symlinks)
    size_t value_bytes_max = 1 << 20;
};

struct LoadLimits {
    size_t text_bytes_max = 4 << 20;
    size_t depth_max = 64;
    size_t nodes_max = 200'000;  // after alias expansion: a YAML bomb is refused
};

/// Parses YAML with positions. Duplicate keys, tags of other types, non-scalar keys, too much of
/// anything: errors.
Result<Node> parse_yaml(std::string file, std::string text, const Interpolation& interpolation,
                        const LoadLimits& limits = {});
/// Reads a file and parses it; `-` is standard input.
Result<Node> load_yaml(const std::string& file, const Interpolation& interpolation,
                       const LoadLimits& limits = {});

}  // namespace messina::config
