// What the text of a statement says before any server sees it: its verb, its bind markers, and
// whether it may be sent twice. A scan of its words, not a parser: the server refuses what is no
// CQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace messina::cql {

struct StatementFacts {
    enum class Verb : uint8_t { Select, Insert, Update, Delete };
    Verb verb = Verb::Select;
    std::string table;               // as the text names it: "tracking.users"
    std::vector<std::string> binds;  // names of its bind markers, in order, each as often as it is
                                     // there; lower case unless quoted, as servers have it
    bool has_timestamp = false;      // USING TIMESTAMP
    /// Of a write: why it may do more, or something else, when it is sent a second time. Empty: it
    /// does not.
    std::string repeat_hazard;
};

/// Misconfigured when it is not one statement of a known verb, or its bind markers have no names.
Result<StatementFacts> read_statement(std::string_view text);

}  // namespace messina::cql
