// The wanted paths of a projection as a tree, with what the decoder learned about the order of
// keys. One tree belongs to one decoder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/json_simd.h"
#include "data/slots.h"

namespace messina::codec {

struct JsonNode;

/// The bytes from the end of one value to the begin of the next, as some record had them: a comma,
/// a key and a colon with the space around them; or the brace that ends the object. Bytes that were
/// checked once need not be checked again.
struct JsonKnownKey {
    alignas(kJsonBlockBytes) char bytes[kJsonBlockBytes] = {};
    uint32_t mask = 0;  // a bit for each byte in use
    uint16_t size = 0;
    uint16_t key_offset = 0;  // of the quote that opens the key
    bool is_end = false;
    JsonNode* child = nullptr;  // null: nobody wants this member
};

/// One name on the way to wanted paths. The root has no name.
struct JsonNode {
    std::string name;
    uint32_t depth = 0;  // names on the path to this node
    SlotIndex slot = kNoSlot;
    SiteIndex site = kNoSite;
    std::vector<std::unique_ptr<JsonNode>> children;
    std::vector<JsonNode*> children_with_sites;  // a site at the child or below it
    std::vector<SlotIndex> slots_below;          // of this node and of all below
    std::vector<SiteIndex> sites_below;          // of all below, not of this node
    uint64_t seen = 0;                           // the last record that had it

    // What the last records had in this object, in order: after '{', and after each value. The last
    // of next_keys is the end of the object, the others begin with a comma.
    JsonKnownKey first_key;
    std::vector<JsonKnownKey> next_keys;

    JsonNode();
    [[nodiscard]] JsonNode* child(std::string_view child_name) const;
    /// Remembers a key that stood where first_key, or next_keys[next], was expected; `next` becomes
    /// the place to go on.
    void learn_first(std::string_view bytes, size_t key_offset, JsonNode* known_child);
    void learn_next(std::string_view bytes, size_t key_offset, JsonNode* known_child, size_t& next);
    void learn_end(std::string_view bytes);
};

/// Where several fields of a projection name one path: the first gets the value, the others a copy.
struct JsonAliases {
    std::vector<std::pair<SlotIndex, SlotIndex>> slots;
    std::vector<std::pair<SiteIndex, SiteIndex>> sites;
};

std::unique_ptr<JsonNode> make_json_trie(const Projection& projection, JsonAliases& aliases);

}  // namespace messina::codec
