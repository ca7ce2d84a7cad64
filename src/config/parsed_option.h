// What Options keeps for one option. Private to option.cc and section_parser.cc.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "config/option.h"

namespace messina::config {

using ExpressionMap = std::vector<std::pair<std::string, ExpressionText>>;
using TextList = std::vector<std::string>;
using TextMap = std::vector<std::pair<std::string, std::string>>;
using OptionsList = std::vector<Options>;
using OptionsMap = std::vector<std::pair<std::string, Options>>;

/// std::monostate stands for Any: its value is the node.
using OptionValue = std::variant<std::monostate, bool, int64_t, double, std::string, Secret, Nanos,
                                 uint64_t, ExpressionText, ExpressionMap, TextList, TextMap,
                                 Options, OptionsList, OptionsMap>;

struct Options::Parsed {
    OptionValue value;
    Node node;
    bool is_given = false;
};

}  // namespace messina::config
