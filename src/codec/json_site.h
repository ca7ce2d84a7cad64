// What the JSON decoder tells the splicing encoder in a Site: begin, middle and end are byte
// offsets into the record's raw text.
#pragma once

#include <cstdint>

#include "data/slots.h"

namespace messina::codec {

enum class JsonSiteState : uint8_t {
    Unknown,  // not decoded from an object (a tombstone)
    Present,  // begin: the key's quote; middle, end: the value
    Missing,  // its parent, or one further up, is an object without it; end: that object's '}'
    Blocked,  // something that is no object stands in the way; middle, end: that value
};

/// `depth`: how many names of the path lead to the object that lacks the rest (Missing), or to the
/// value that is no object (Blocked).
constexpr uint32_t json_site_flags(JsonSiteState state, uint32_t depth) {
    return static_cast<uint32_t>(state) | depth << 8;
}
constexpr JsonSiteState state_of(const Site& site) {
    return static_cast<JsonSiteState>(site.flags & 0x0f);
}
constexpr uint32_t depth_of(const Site& site) {
    return site.flags >> 8;
}

/// A key on the way to some site occurs twice in this record: offsets do not tell all.
inline constexpr uint32_t kJsonSiteHasDuplicates = 0x80;

}  // namespace messina::codec
