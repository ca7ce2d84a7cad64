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
    std::shared_ptr<const std::string> file = {};  // its name as the user gave it
    std::shared_ptr<const std::string> text = {};  // its content, for showing the line
    int line = 1;
    int column = 1;
};

enum class NodeKind : uint8_t { Null, Scalar, Sequence, Map };

struct Node {
    NodeKind kind = NodeKind::Null;
    Mark mark = {};
    std::string scalar = {};  // after ${…} expansion; of Null: as written ("null", "~" or "")
    bool is_quoted = false;   // a quoted scalar is never a number, boolean or null; "${…}" alone
                              // in quotes counts as plain: in a flow map it needs them
    bool is_secret = false;   // something secret was expanded into it
    std::vector<Node> items = {};  // of Sequence
    /// Of Map, in file order; keys are scalars, distinct.
    std::vector<std::pair<Node, Node>> entries = {};

    /// The value under `key`, or null.
    [[nodiscard]] const Node* find(std::string_view key) const;
};

/// An error at a place: "enrich.yaml:14:7: unknown key 'colums' in lookup", the line, carets under
/// it. `length` is the number of characters to underline; 0: the word or quoted text that is there.
/// Class Misconfigured.
Error error_at(const Mark& mark, std::string_view code, std::string message, std::string hint = {},
               size_t length = 0);
/// One error that tells all of `errors` (not empty), one after the other, each with its hint.
Error join_errors(std::vector<Error> errors);

/// Which ${…} may be used, and where from. `${env:NAME}`, `${file:PATH}`, `${dir:PATH:KEY}`; `$${`
/// is a literal "${". They are expanded in values, never in keys, after parsing: what comes out is
/// text and cannot change the structure. What comes from a file is secret, and so is a variable
/// whose name says so (DB_PASSWORD).
struct Interpolation {
    bool is_on = true;  // off: "${" is text like any other, as in a configuration that is stored
    bool is_env_allowed = true;
    std::vector<std::string> env_patterns = {"*"};  // globs of names
    /// ${file:} and ${dir:} must stay below one of these (after symlinks).
    std::vector<std::string> file_roots = {};
    size_t value_bytes_max = 1 << 20;
    std::string how_to_allow = {};  // for the hint: "allow it with --allow-env NAME"
};

struct LoadLimits {
    size_t text_bytes_max = 4 << 20;
    size_t depth_max = 64;
    size_t nodes_max = 200'000;          // after alias expansion: a YAML bomb is refused
    size_t scalar_bytes_max = 16 << 20;  // of all scalars, after alias and ${…} expansion
};

/// Parses YAML with positions. Duplicate keys, tags of other types, non-scalar keys, too much of
/// anything: errors.
Result<Node> parse_yaml(std::string file, std::string text, const Interpolation& interpolation,
                        const LoadLimits& limits = {});
/// Reads a file and parses it; `-` is standard input.
Result<Node> load_yaml(const std::string& file, const Interpolation& interpolation,
                       const LoadLimits& limits = {});

}  // namespace messina::config
