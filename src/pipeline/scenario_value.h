// Values as a scenario file writes them, and what is different between what it expects and what
// came.
#pragma once

#include <optional>
#include <string>

#include "base/arena.h"
#include "config/node.h"
#include "data/value.h"

namespace messina::pipeline {

/// The value that a YAML node stands for. Plain true, false, null and numbers (by JSON's grammar,
/// exact) are such; every other scalar is a string. Texts point into `node`, the rest is in
/// `arena`.
Value value_of(const config::Node& node, Arena& arena);

/// Whether two values are the same record or part of one: 1 equals 1.0, the order of keys does not
/// matter.
bool is_same_value(const Value& a, const Value& b);

enum class Extent : uint8_t {
    Whole,   // every field must be expected
    Listed,  // fields that are not expected are not compared
};

/// Both sides as JSON, written so that they are equal up to the first difference.
struct Difference {
    std::string where;  // of the first one: ".user.tags[1]"; empty: the value itself
    std::string expected;
    std::string actual;
    size_t begin = 0;  // byte in both texts where it begins

    /// Three lines: expected, actual, and a mark under the first difference; long lines are cut
    /// around it.
    [[nodiscard]] std::string to_text() const;
};

std::optional<Difference> first_difference(const Value& expected, const Value& actual,
                                           Extent extent);

}  // namespace messina::pipeline
