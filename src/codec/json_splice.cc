#include "codec/json_splice.h"

#include <algorithm>

#include "codec/json_simd.h"
#include "codec/json_site.h"

namespace messina::codec {
namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Drops space from the end of `out` and tells what is before it.
char last_byte(Buffer& out, size_t row_begin) {
    size_t size = out.size();
    while (size > row_begin && is_space(out.data()[size - 1])) --size;
    out.truncate(size);
    return out.data()[size - 1];
}

size_t shared_names(const Path& a, const Path& b) {
    return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// Whether any byte is below ' ': in valid JSON that is space between tokens.
bool has_control_bytes(std::string_view text) {
    size_t at = 0;
#if defined(__SSE2__)
    const __m128i limit = _mm_set1_epi8(0x1f);
    __m128i found = _mm_setzero_si128();
    for (; text.size() - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(bytes, limit), bytes));
    }
    if (_mm_movemask_epi8(found) != 0) return true;
#endif
    for (; at < text.size(); ++at)
        if (static_cast<unsigned char>(text[at]) < ' ') return true;
    return false;
}

void replace_line_breaks(Buffer& out, size_t begin) {
    for (size_t i = begin; i < out.size(); ++i) {
        char& byte = out.data()[i];
        if (byte == '\n' || byte == '\r') byte = ' ';
    }
}

}  // namespace

JsonSplicer::JsonSplicer(const OutputPlan& plan)
    : replaces_line_breaks_(plan.terminator.find('\n') != std::string_view::npos) {
    for (const Edit& edit : plan.edits) {
        SpliceEdit added{edit.path, {}, edit.slot, edit.site};
        for (const std::string& name : edit.path) {
            Buffer key;
            append_json_string(key, name);
            added.keys.push_back(std::string(key.view()) + ":");
        }
        // Next to the edit it shares most names with, so that objects made for both are made once.
        auto place = edits_.end();
        size_t shared_most = 0;
        for (auto it = edits_.begin(); it != edits_.end(); ++it) {
            const size_t shared = shared_names(it->path, edit.path);
            if (shared != 0 && shared >= shared_most) {
                shared_most = shared;
                place = it + 1;
            }
        }
        edits_.insert(place, std::move(added));
    }
}

bool JsonSplicer::collect_changes(const Batch& batch, RowIndex row) {
    changes_.clear();
    const Value* const slots = batch.slots(row);
    const Site* const sites = batch.sites(row);
    for (const SpliceEdit& edit : edits_) {
        if (edit.site == kNoSite) return false;
        const Site& site = sites[edit.site];
        const JsonSiteState state = state_of(site);
        if (state == JsonSiteState::Unknown || (site.flags & kJsonSiteHasDuplicates) != 0)
            return false;
        Change change{0, &edit, site, slots[edit.slot]};
        if (state == JsonSiteState::Present) {
            change.offset = site.begin;
        } else if (change.value.is_absent()) {
            continue;
        } else {
            change.offset = state == JsonSiteState::Missing ? site.end : site.middle;
        }
        auto place = changes_.end();
        while (place != changes_.begin() && (place - 1)->offset > change.offset) --place;
        changes_.insert(place, change);
    }
    return true;
}

bool JsonSplicer::splice(const Batch& batch, RowIndex row, Buffer& out) {
    if (!collect_changes(batch, row)) return false;
    const std::string_view raw = batch.record_of(row).raw;
    const std::string_view trimmed = trim(raw);
    const size_t row_begin = out.size();
    out.reserve_more(raw.size() + 256);
    copied_ = static_cast<size_t>(trimmed.data() - raw.data());
    const size_t raw_end = copied_ + trimmed.size();
    const auto copy_until = [&](size_t offset) {
        out.append(raw.substr(copied_, offset - copied_));
        copied_ = offset;
    };

    for (size_t i = 0; i < changes_.size();) {
        const Change& change = changes_[i];
        copy_until(change.offset);
        if (state_of(change.site) == JsonSiteState::Present) {
            if (change.value.is_absent()) {
                remove_member(raw, change, row_begin, out);
            } else {
                copy_until(change.site.middle);
                writer_.append(out, change.value);
                copied_ = change.site.end;
            }
            ++i;
            continue;
        }
        size_t end = i + 1;
        while (end < changes_.size() && changes_[end].offset == change.offset) ++end;
        const bool is_blocked = state_of(change.site) == JsonSiteState::Blocked;
        if (is_blocked) out.push_back('{');
        add_members({changes_.data() + i, end - i}, row_begin, out);
        if (is_blocked) out.push_back('}');
        if (is_blocked) copied_ = change.site.end;
        i = end;
    }
    copy_until(raw_end);
    if (replaces_line_breaks_ && has_control_bytes(trimmed)) replace_line_breaks(out, row_begin);
    return true;
}

/// Leaves out the member, and the comma before it or, when it is now the first, the one after it.
void JsonSplicer::remove_member(std::string_view raw, const Change& change, size_t row_begin,
                                Buffer& out) {
    copied_ = change.site.end;
    if (last_byte(out, row_begin) == ',') {
        out.truncate(out.size() - 1);
        return;
    }
    size_t at = copied_;
    while (is_space(raw[at])) ++at;
    if (raw[at] == ',') copied_ = at + 1;
}

/// Writes members that are to stand in one object, after what that object already has, and the
/// objects in between that do not exist yet.
void JsonSplicer::add_members(std::span<const Change> changes, size_t row_begin, Buffer& out) {
    const size_t depth = depth_of(changes.front().site);
    const auto separate = [&] {
        if (last_byte(out, row_begin) != '{') out.push_back(',');
    };
    const Path* previous = nullptr;
    size_t open = depth;
    for (const Change& change : changes) {
        const SpliceEdit& edit = *change.edit;
        const size_t shared = previous == nullptr ? depth : shared_names(*previous, edit.path);
        for (; open > shared; --open) out.push_back('}');
        separate();
        for (; open + 1 < edit.path.size(); ++open) {
            out.append(edit.keys[open]);
            out.push_back('{');
        }
        out.append(edit.keys.back());
        writer_.append(out, change.value);
        previous = &edit.path;
    }
    for (; open > depth; --open) out.push_back('}');
}

}  // namespace messina::codec
