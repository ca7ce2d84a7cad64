// The JSON decoder: walks each record once, fills the slots and sites of wanted paths and checks
// the rest. At each object on the way it first expects the keys of the last records in their order,
// which costs one comparison a key; any other order is found more slowly.
//
// Only a template lives here, as in json_scanner.h.
#pragma once

#include <memory>

#include "codec/json.h"
#include "codec/json_builder.h"
#include "codec/json_error.h"
#include "codec/json_scanner.h"
#include "codec/json_site.h"
#include "codec/json_trie.h"
#include "codec/json_utf8.h"

namespace messina::codec {

template <class Simd>
class JsonProjector final : public Decoder {
  public:
    JsonProjector(const Projection& projection, JsonOptions options)
        : root_(make_json_trie(projection, aliases_)), scanner_(options.depth_max) {}

    void decode(Batch& batch) override {
        arena_ = &batch.arena;
        for (const RowIndex row : batch.live()) {
            slots_ = batch.slots(row);
            sites_ = batch.sites(row);
            const Record& record = batch.record_of(row);
            if (record.is_tombstone) {
                if (root_->slot != kNoSlot) slots_[root_->slot] = Value::null();
                copy_aliases();
            } else if (!project(record.raw)) [[unlikely]] {
                refuse(batch, row);
            }
        }
        batch.remove_failed();
    }

  private:
    struct Member {
        const char* key = nullptr;  // its opening quote
        JsonNode* child = nullptr;
        bool is_end = false;  // no member: the end of the object
    };

    bool project(std::string_view raw) {
        if (raw.size() > UINT32_MAX) [[unlikely]]
            return scanner_.fail(raw.data(), JsonFault::TooLarge) != nullptr;
        ++record_number_;
        has_duplicates_ = false;
        scanner_.start(raw);
        const char* p = scanner_.skip_space(scanner_.begin());
        p = root(p);
        if (p == nullptr) [[unlikely]]
            return false;
        p = scanner_.skip_space(p);
        if (p != scanner_.end()) [[unlikely]]
            return scanner_.fail(p, JsonFault::TrailingBytes) != nullptr;
        if (scanner_.has_high_bytes() && !is_utf8(raw)) [[unlikely]]
            return scanner_.fail(raw.data() + utf8_fault_offset(raw), JsonFault::NotUtf8) !=
                   nullptr;
        if (has_duplicates_) [[unlikely]]
            for (const SiteIndex site : root_->sites_below)
                sites_[site].flags |= kJsonSiteHasDuplicates;
        copy_aliases();
        return true;
    }

    const char* root(const char* p) {
        if (p == scanner_.end()) [[unlikely]]
            return scanner_.fail(p, JsonFault::Empty);
        if (root_->children.empty()) return whole_value(p, *root_);
        if (*p != '{') [[unlikely]]
            return scanner_.fail(p, JsonFault::NotAnObject);
        return object_with_wanted_members(p, *root_);
    }

    /// `p` is at '{'.
    const char* object_with_wanted_members(const char* p, JsonNode& node) {
        const char* const end = members(p + 1, node);
        if (end == nullptr || node.slot == kNoSlot) return end;
        // The object itself is wanted too: a second walk over it, known to be sound, builds it.
        return whole_value(p, node);
    }

    /// `p` is after the '{' of an object on the way to wanted paths. Recursion ends with the paths.
    const char* members(const char* p, JsonNode& node) {
        if (node.depth >= scanner_.depth_max()) [[unlikely]]
            return scanner_.fail(p - 1, JsonFault::TooDeep);
        const JsonKnownKey* expected = &node.first_key;
        size_t next = 0;
        for (;;) {
            Member member;
            const JsonKnownKey& known = *expected;
            if (scanner_.stands_at(p, known.bytes, known.size, known.mask)) [[likely]] {
                member = {p + known.key_offset, known.child, known.is_end};
                p += known.size;
                next += expected != &node.first_key ? 1 : 0;
            } else {
                p = unexpected_member(p, node, expected == &node.first_key, next, member);
                if (p == nullptr) [[unlikely]]
                    return nullptr;
            }
            if (member.is_end) {
                mark_missing(node, p - 1);
                return p;
            }
            p = scanner_.skip_space(p);  // more of it than the known bytes have
            p = member.child == nullptr ? skip_value(p, node.depth + 1)
                                        : take_member(p, member.key, *member.child);
            if (p == nullptr) [[unlikely]]
                return nullptr;
            expected = &node.next_keys[next];
        }
    }

    /// A member, or the end, that is not the expected one.
    [[gnu::noinline]] const char* unexpected_member(const char* p, JsonNode& node, bool is_first,
                                                    size_t& next, Member& member) {
        if (!is_first && find_known(p, node, next)) {
            const JsonKnownKey& known = node.next_keys[next++];
            member = {p + known.key_offset, known.child, known.is_end};
            return p + known.size;
        }
        const char* const begin = p;
        p = scanner_.skip_space(p);
        if (scanner_.at(p) == '}') {
            member.is_end = true;
            if (!is_first) node.learn_end({begin, static_cast<size_t>(p + 1 - begin)});
            return p + 1;
        }
        if (!is_first) {
            if (scanner_.at(p) != ',') [[unlikely]]
                return scanner_.fail(p, JsonFault::ExpectedCommaOrBrace);
            p = scanner_.skip_space(p + 1);
        }
        member.key = p;
        JsonString name;
        p = scanner_.key(p, name);
        if (p == nullptr) [[unlikely]]
            return nullptr;
        member.child = node.child(name.has_escapes ? unescape(name.raw, *arena_) : name.raw);
        const std::string_view bytes(begin, static_cast<size_t>(p - begin));
        const auto key_offset = static_cast<size_t>(member.key - begin);
        if (is_first) {
            node.learn_first(bytes, key_offset, member.child);
        } else {
            node.learn_next(bytes, key_offset, member.child, next);
        }
        return p;
    }

    /// Looks a few places further, then from the begin: members left out, or moved.
    bool find_known(const char* p, const JsonNode& node, size_t& next) const {
        constexpr size_t places = 8;
        const size_t count = node.next_keys.size();
        for (size_t step = 1; step <= places && step < count; ++step) {
            const size_t i = next + step < count ? next + step : next + step - count;
            const JsonKnownKey& known = node.next_keys[i];
            if (scanner_.stands_at(p, known.bytes, known.size, known.mask)) {
                next = i;
                return true;
            }
        }
        return false;
    }

    const char* skip_value(const char* p, uint32_t depth) {
        Value unwanted;
        const char first = scanner_.at(p);
        if (first == '"') {
            JsonString text;
            return scanner_.string(p + 1, text);
        }
        if (is_number(first)) return scanner_.template number<false>(p, unwanted);
        if (first == '{' || first == '[') {
            JsonIgnore ignore;
            return scanner_.value(p, depth, ignore);
        }
        return scanner_.literal(p, unwanted);
    }

    const char* take_member(const char* p, const char* key, JsonNode& node) {
        if (node.seen == record_number_) [[unlikely]]
            forget(node);
        node.seen = record_number_;
        const char* const begin = p;
        const char first = scanner_.at(p);
        if (first == '{' && !node.children.empty()) {
            p = object_with_wanted_members(p, node);
        } else {
            p = take_value(p, first, node);
            if (!node.sites_below.empty() && p != nullptr) block_sites(node, key, begin, p);
        }
        if (node.site != kNoSite && p != nullptr)
            sites_[node.site] = {offset(key), offset(begin), offset(p),
                                 json_site_flags(JsonSiteState::Present, 0)};
        return p;
    }

    const char* take_value(const char* p, char first, JsonNode& node) {
        Value unwanted;
        Value& slot = node.slot == kNoSlot ? unwanted : slots_[node.slot];
        if (first == '"') {
            JsonString text;
            p = scanner_.string(p + 1, text);
            if (p != nullptr)
                slot = Value::string(text.has_escapes ? unescape(text.raw, *arena_) : text.raw);
            return p;
        }
        if (is_number(first)) return scanner_.template number<true>(p, slot);
        if (first == '{' || first == '[') return whole_value(p, node);
        return scanner_.literal(p, slot);
    }

    const char* whole_value(const char* p, JsonNode& node) {
        if (node.slot == kNoSlot) return skip_value(p, node.depth);
        builder_.start(*arena_);
        p = scanner_.value(p, node.depth, builder_);
        if (p != nullptr) slots_[node.slot] = builder_.result();
        return p;
    }

    /// The member came before in the same object: what it left must go, the last one wins.
    [[gnu::cold, gnu::noinline]] void forget(JsonNode& node) {
        has_duplicates_ = true;
        for (const SlotIndex slot : node.slots_below) slots_[slot] = Value();
    }

    void mark_missing(JsonNode& node, const char* brace) {
        const Site missing = {0, 0, offset(brace),
                              json_site_flags(JsonSiteState::Missing, node.depth)};
        for (const JsonNode* child : node.children_with_sites) {
            if (child->seen == record_number_) continue;
            if (child->site != kNoSite) sites_[child->site] = missing;
            for (const SiteIndex site : child->sites_below) sites_[site] = missing;
        }
    }

    void block_sites(const JsonNode& node, const char* key, const char* begin, const char* end) {
        for (const SiteIndex site : node.sites_below)
            sites_[site] = {offset(key), offset(begin), offset(end),
                            json_site_flags(JsonSiteState::Blocked, node.depth)};
    }

    void copy_aliases() {
        for (const auto& [from, to] : aliases_.slots) slots_[to] = slots_[from];
        for (const auto& [from, to] : aliases_.sites) sites_[to] = sites_[from];
    }

    [[gnu::cold, gnu::noinline]] void refuse(Batch& batch, RowIndex row) {
        for (const SlotIndex slot : root_->slots_below) slots_[slot] = Value();
        copy_aliases();
        batch.fail_row(row, "decode",
                       json_error(scanner_.fault(), batch.record_of(row).raw,
                                  scanner_.fault_offset(), scanner_.depth_max()));
    }

    static bool is_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }
    [[nodiscard]] uint32_t offset(const char* p) const {
        return static_cast<uint32_t>(p - scanner_.begin());
    }

    JsonAliases aliases_;
    std::unique_ptr<JsonNode> root_;
    JsonScanner<Simd> scanner_;
    JsonBuilder builder_;
    uint64_t record_number_ = 0;
    bool has_duplicates_ = false;
    Arena* arena_ = nullptr;
    Value* slots_ = nullptr;
    Site* sites_ = nullptr;
};

}  // namespace messina::codec
