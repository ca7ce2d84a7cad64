#include "codec/codec.h"

#include <algorithm>

namespace messina::codec {

RootEditor::RootEditor(const OutputPlan& plan) : root_slot_(plan.root_slot) {
    for (const Edit& edit : plan.edits) {
        // A new root leaves no other edit: none of an output's paths leads to another.
        if (edit.path.empty()) {
            root_slot_ = edit.slot;
        } else {
            insert(nodes_, edit, 0);
        }
    }
}

void RootEditor::insert(std::vector<Node>& nodes, const Edit& edit, size_t depth) {
    auto found = std::ranges::find(nodes, edit.path[depth], &Node::name);
    if (found == nodes.end())
        found = nodes.insert(nodes.end(), Node{edit.path[depth], kNoSlot, {}});
    if (depth + 1 == edit.path.size()) {
        found->slot = edit.slot;
    } else {
        insert(found->below, edit, depth + 1);
    }
}

Value RootEditor::apply(Batch& batch, RowIndex row) const {
    const Value* slots = batch.slots(row);
    const Value root = root_slot_ == kNoSlot ? Value() : slots[root_slot_];
    return nodes_.empty() ? root : apply(nodes_, root, slots, batch.arena);
}

Value RootEditor::apply(const std::vector<Node>& nodes, Value root, const Value* slots,
                        Arena& arena) {
    const std::span<const MapEntry> old =
        root.is(Kind::Map) ? root.as_map() : std::span<const MapEntry>{};
    MapEntry* entries = arena.make_array<MapEntry>(old.size() + nodes.size());
    size_t count = 0;
    std::vector<bool> is_placed(nodes.size(), false);
    const auto edited = [&](const Node& node, Value before) {
        return node.slot != kNoSlot ? slots[node.slot] : apply(node.below, before, slots, arena);
    };
    for (const MapEntry& entry : old) {
        const bool is_named = entry.key.is(Kind::String);
        const auto node =
            is_named ? std::ranges::find(nodes, entry.key.as_text(), &Node::name) : nodes.end();
        if (node == nodes.end()) {
            entries[count++] = entry;
            continue;
        }
        is_placed[static_cast<size_t>(node - nodes.begin())] = true;
        const Value value = edited(*node, entry.value);
        if (!value.is_absent()) entries[count++] = {entry.key, value};
    }
    for (size_t i = 0; i < nodes.size(); ++i) {
        if (is_placed[i]) continue;
        const Value value = edited(nodes[i], Value());
        if (!value.is_absent()) entries[count++] = {Value::string(nodes[i].name), value};
    }
    // Nothing but removals in what was no map: it stays as it was.
    if (count == 0 && !root.is(Kind::Map)) return root;
    return Value::map({entries, count});
}

}  // namespace messina::codec
