// Writing a field of the event, with every other slot that shows a part of it kept true.
#pragma once

#include <vector>

#include "data/batch.h"
#include "data/path.h"
#include "plan/build_context.h"

namespace messina::step {

class EventWriter {
  public:
    /// `layout_context` must be complete: relatives are found now.
    EventWriter(SlotIndex slot, const plan::BuildContext& context) : slot_(slot) {
        const SlotLayout& layout = context.layout();
        path_ = layout.slot(slot).path;
        for (const SlotIndex other : context.relatives_of(slot)) {
            const Path& other_path = layout.slot(other).path;
            relatives_.push_back({other, other_path, other_path.size() < path_.size()});
        }
    }

    void write(Batch& batch, RowIndex row, Value value) const {
        Value* slots = batch.slots(row);
        slots[slot_] = value;
        for (const Relative& relative : relatives_) {
            Value& other = slots[relative.slot];
            other = relative.is_ancestor
                        ? with_replaced(other, path_, relative.path.size(), value, batch.arena)
                        : navigate(value, relative.path, path_.size());
        }
    }

  private:
    struct Relative {
        SlotIndex slot;
        Path path;
        bool is_ancestor;
    };
    SlotIndex slot_;
    Path path_;
    std::vector<Relative> relatives_;
};

}  // namespace messina::step
