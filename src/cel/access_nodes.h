// Nodes that get at values: constants, slots, locals, fields and items.
#pragma once

#include <string_view>

#include "cel/node.h"

namespace messina::cel {

/// Whether a missing field is an error, or makes an empty optional.
enum class Access : uint8_t { Plain, Optional };

NodePtr constant_node(Value value);
NodePtr slot_node(SlotIndex slot);
/// The slot as an optional: empty when absent.
NodePtr optional_slot_node(SlotIndex slot);
/// has() on a field that is a slot.
NodePtr slot_test_node(SlotIndex slot);
NodePtr local_node(uint32_t local);
/// Fails whenever it is evaluated. `error` lives as long as the program.
NodePtr failure_node(const EvalError* error);
NodePtr select_node(NodePtr operand, std::string_view name, Access access);
/// has(operand.name)
NodePtr test_node(NodePtr operand, std::string_view name);
NodePtr index_node(NodePtr operand, NodePtr key, Access access);
/// cel.bind and cel.block: evaluates each of `values` into its local, from number `first` on, then
/// `result`.
NodePtr bind_node(uint32_t first, NodeList values, NodePtr result);

}  // namespace messina::cel
