// Nodes that compute: calls, logic, conditionals, lists and maps.
#pragma once

#include <string_view>

#include "cel/function_table.h"
#include "cel/node.h"

namespace messina::cel {

enum class CallStyle : uint8_t { Function, Method };

/// Chooses among the overloads of `name` by the arguments' kinds at run time. `name` lives as long
/// as the program.
NodePtr call_node(std::string_view name, CallStyle style, NodeList args);
/// The error that a call without a fitting overload ends in.
Value no_such_overload(Frame& frame, std::string_view name, std::span<const Value> args);

/// Logic absorbs failures: false && failure is false, true || failure is true.
NodePtr and_node(NodeList terms);
NodePtr or_node(NodeList terms);
NodePtr not_node(NodePtr operand);
NodePtr conditional_node(NodePtr condition, NodePtr when_true, NodePtr when_false);

/// optional.or(other), optional.orValue(other): `other` is evaluated only when needed.
NodePtr optional_or_node(NodePtr optional, NodePtr other);
NodePtr optional_or_value_node(NodePtr optional, NodePtr other);

/// `is_optional[i]`: item i is an optional, and left out when it is empty. May be shorter.
NodePtr list_node(NodeList items, std::vector<bool> is_optional);
/// Keys and values in turn.
NodePtr map_node(NodeList entries, std::vector<bool> is_optional);
/// A map of entries; an error when a key is of no type that keys have, or comes twice.
Value make_map(Frame& frame, std::span<const MapEntry> entries);

}  // namespace messina::cel
