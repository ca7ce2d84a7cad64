#include "data/slots.h"

namespace messina {

SlotIndex SlotLayout::slot_for(std::string_view variable, const Path& path) {
    for (SlotIndex i = 0; i < slots_.size(); ++i)
        if (slots_[i].variable == variable && slots_[i].path == path) return i;
    slots_.push_back({std::string(variable), path});
    return static_cast<SlotIndex>(slots_.size() - 1);
}

SlotIndex SlotLayout::anonymous() {
    slots_.push_back({});
    return static_cast<SlotIndex>(slots_.size() - 1);
}

std::vector<SlotIndex> SlotLayout::slots_of(std::string_view variable) const {
    std::vector<SlotIndex> found;
    for (SlotIndex i = 0; i < slots_.size(); ++i)
        if (slots_[i].variable == variable) found.push_back(i);
    return found;
}

}  // namespace messina
