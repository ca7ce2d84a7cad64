// The plan of a record's row of slots. Every field path that the pipeline reads or writes gets one
// slot, given out while the expressions are compiled; after that the layout is frozen and decoders,
// steps and encoders know their slots by number.
//
// Built on one thread when the pipeline is built; read-only afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/path.h"

namespace messina {

using SlotIndex = uint32_t;
inline constexpr SlotIndex kNoSlot = UINT32_MAX;

/// Edit sites: where a codec found (or would put) a field that the pipeline changes. Only the codec
/// that fills a site reads it; the meaning of the numbers is its own (JSON: byte offsets of member,
/// value and end).
struct Site {
    uint32_t begin = 0;
    uint32_t middle = 0;
    uint32_t end = 0;
    uint32_t flags = 0;
};
using SiteIndex = uint32_t;
inline constexpr SiteIndex kNoSite = UINT32_MAX;

class SlotLayout {
  public:
    struct Slot {
        std::string variable;  // "event", "meta", or the name a look-up puts its row into
        Path path;             // empty: the whole variable
    };

    /// The slot of variable.path, a new one at first asking.
    SlotIndex slot_for(std::string_view variable, const Path& path);
    /// A slot of the pipeline's own that no expression can name (a computed value on its way to the
    /// output).
    SlotIndex anonymous();

    [[nodiscard]] size_t size() const { return slots_.size(); }
    [[nodiscard]] const Slot& slot(SlotIndex index) const { return slots_[index]; }
    [[nodiscard]] const std::vector<Slot>& slots() const { return slots_; }
    /// Slots of one variable.
    [[nodiscard]] std::vector<SlotIndex> slots_of(std::string_view variable) const;

  private:
    std::vector<Slot> slots_;
};

/// What a decoder must fill: for each wanted path of `event`, the slot for its value (or kNoSlot
/// when only its place in the raw bytes matters) and the site for its place (or kNoSite).
struct ProjectionField {
    Path path;
    SlotIndex slot = kNoSlot;
    SiteIndex site = kNoSite;
};

struct Projection {
    std::vector<ProjectionField> fields;
    uint32_t site_count = 0;
};

/// A change that the steps make to the decoded record on its way to the output: the value of `slot`
/// is put at `path`; an Absent value removes the field. The edits of one output are ordered and
/// their paths are distinct; none leads to another (a change inside a changed value is folded into
/// the value).
struct Edit {
    Path path;
    SlotIndex slot = kNoSlot;
    SiteIndex site = kNoSite;
};

}  // namespace messina
