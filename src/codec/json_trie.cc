#include "codec/json_trie.h"

#include <algorithm>

namespace messina::codec {
namespace {

/// More than any sensible record has; keys that never come again must not pile up.
constexpr size_t kKnownKeysMax = 256;

/// Bytes outside ASCII are not known: that they are UTF-8 is checked for each record.
bool can_be_known(std::string_view bytes) {
    return bytes.size() <= kJsonBlockBytes &&
           std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

JsonKnownKey known_bytes(std::string_view bytes) {
    JsonKnownKey known;
    std::ranges::copy(bytes, known.bytes);
    known.size = static_cast<uint16_t>(bytes.size());
    known.mask = static_cast<uint32_t>((uint64_t{1} << bytes.size()) - 1);
    return known;
}

JsonKnownKey known_member(std::string_view bytes, size_t key_offset, JsonNode* child) {
    JsonKnownKey known = known_bytes(bytes);
    known.key_offset = static_cast<uint16_t>(key_offset);
    known.child = child;
    return known;
}

JsonKnownKey known_end(std::string_view bytes) {
    JsonKnownKey known = known_bytes(bytes);
    known.is_end = true;
    return known;
}

/// Adds up what is below each node, the deepest first. Recursion ends with the paths' length.
void summarise(JsonNode& node) {
    for (const auto& child : node.children) {
        summarise(*child);
        node.slots_below.insert(node.slots_below.end(), child->slots_below.begin(),
                                child->slots_below.end());
        node.sites_below.insert(node.sites_below.end(), child->sites_below.begin(),
                                child->sites_below.end());
        if (child->site != kNoSite) node.sites_below.push_back(child->site);
        if (child->site != kNoSite || !child->sites_below.empty())
            node.children_with_sites.push_back(child.get());
    }
    if (node.slot != kNoSlot) node.slots_below.push_back(node.slot);
}

}  // namespace

JsonNode::JsonNode() : first_key(known_end("}")), next_keys{known_end("}")} {}

void JsonNode::learn_first(std::string_view bytes, size_t key_offset, JsonNode* known_child) {
    if (can_be_known(bytes)) first_key = known_member(bytes, key_offset, known_child);
}

void JsonNode::learn_next(std::string_view bytes, size_t key_offset, JsonNode* known_child,
                          size_t& next) {
    if (!can_be_known(bytes)) return;
    const JsonKnownKey known = known_member(bytes, key_offset, known_child);
    const bool is_at_end = next + 1 == next_keys.size();
    if (next_keys.size() < kKnownKeysMax) {
        next_keys.insert(next_keys.begin() + static_cast<ptrdiff_t>(next), known);
    } else if (!is_at_end) {
        next_keys[next] = known;
    } else {
        return;
    }
    ++next;
}

void JsonNode::learn_end(std::string_view bytes) {
    if (can_be_known(bytes)) next_keys.back() = known_end(bytes);
}

JsonNode* JsonNode::child(std::string_view child_name) const {
    for (const auto& candidate : children)
        if (candidate->name == child_name) return candidate.get();
    return nullptr;
}

std::unique_ptr<JsonNode> make_json_trie(const Projection& projection, JsonAliases& aliases) {
    auto root = std::make_unique<JsonNode>();
    for (const ProjectionField& field : projection.fields) {
        JsonNode* node = root.get();
        for (const std::string& name : field.path) {
            JsonNode* next = node->child(name);
            if (next == nullptr) {
                node->children.push_back(std::make_unique<JsonNode>());
                next = node->children.back().get();
                next->name = name;
                next->depth = node->depth + 1;
            }
            node = next;
        }
        if (node->slot == kNoSlot) {
            node->slot = field.slot;
        } else if (field.slot != kNoSlot && field.slot != node->slot) {
            aliases.slots.emplace_back(node->slot, field.slot);
        }
        if (node->site == kNoSite) {
            node->site = field.site;
        } else if (field.site != kNoSite && field.site != node->site) {
            aliases.sites.emplace_back(node->site, field.site);
        }
    }
    summarise(*root);
    return root;
}

}  // namespace messina::codec
