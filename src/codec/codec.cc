#include "codec/codec.h"

#include "data/path.h"

namespace messina::codec {

Value edited_root(Batch& batch, RowIndex row, const OutputPlan& plan) {
    const Value* slots = batch.slots(row);
    Value root = plan.root_slot == kNoSlot ? Value() : slots[plan.root_slot];
    for (const Edit& edit : plan.edits)
        root = with_replaced(root, edit.path, 0, slots[edit.slot], batch.arena);
    return root;
}

}  // namespace messina::codec
