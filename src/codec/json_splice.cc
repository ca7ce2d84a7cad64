#include "codec/json_splice.h"

#include <algorithm>

#include "codec/json_copy.h"
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
            key.push_back(',');
            append_json_string(key, name);
            key.push_back(':');
            added.keys.emplace_back(key.view());
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
        const Value& value = slots[edit.slot];
        uint32_t offset = site.begin;
        if (state != JsonSiteState::Present) {
            if (value.is_absent()) continue;
            offset = state == JsonSiteState::Missing ? site.end : site.middle;
        }
        changes_.push_back({offset, &edit, &site, &value});
        // Most records have their members in the order of the edits, or nearly.
        for (size_t i = changes_.size() - 1; i != 0 && changes_[i - 1].offset > offset; --i)
            std::swap(changes_[i - 1], changes_[i]);
    }
    return true;
}

[[gnu::always_inline]] inline void JsonSplicer::copy_until(size_t offset, Buffer& out) {
    const size_t size = offset - copied_;
    out.reserve_more(size);
    if (!copy_without_controls(out.end_pointer(), raw_.data() + copied_, size))
        has_controls_ = true;
    out.advance(size);
    copied_ = offset;
}

bool JsonSplicer::splice(const Batch& batch, RowIndex row, Buffer& out) {
    // A record without a value has no text to copy: it is written as null.
    if (batch.record_of(row).is_tombstone || !collect_changes(batch, row)) return false;
    raw_ = batch.record_of(row).raw;
    row_begin_ = out.size();
    const std::string_view trimmed = trim(raw_);
    copied_ = static_cast<size_t>(trimmed.data() - raw_.data());
    const size_t raw_end = copied_ + trimmed.size();
    has_controls_ = false;

    for (size_t i = 0; i < changes_.size();) {
        const Change& change = changes_[i];
        copy_until(change.offset, out);
        if (state_of(*change.site) == JsonSiteState::Present) {
            change_member(change, out);
            ++i;
            continue;
        }
        size_t end = i + 1;
        while (end < changes_.size() && changes_[end].offset == change.offset) ++end;
        const std::span<const Change> added(changes_.data() + i, end - i);
        if (state_of(*change.site) == JsonSiteState::Missing) {
            add_members(added, out);
        } else {
            out.push_back('{');
            add_members(added, out);
            out.push_back('}');
            copied_ = change.site->end;
        }
        i = end;
    }
    copy_until(raw_end, out);
    if (has_controls_ && replaces_line_breaks_) replace_line_breaks(out, row_begin_);
    return true;
}

void JsonSplicer::change_member(const Change& change, Buffer& out) {
    if (!change.value->is_absent()) {
        copy_until(change.site->middle, out);
        writer_.append(out, *change.value);
        copied_ = change.site->end;
        return;
    }
    // Leaves out the comma before it too or, when it is now the first member, the one after it.
    copied_ = change.site->end;
    if (last_byte(out, row_begin_) == ',') {
        out.truncate(out.size() - 1);
        return;
    }
    size_t at = copied_;
    while (is_space(raw_[at])) ++at;
    if (raw_[at] == ',') copied_ = at + 1;
}

/// Writes members that are to stand in one object, after what that object already has, and the
/// objects in between that do not exist yet.
void JsonSplicer::add_members(std::span<const Change> changes, Buffer& out) {
    const size_t depth = depth_of(*changes.front().site);
    const Path* previous = nullptr;
    size_t open = depth;
    for (const Change& change : changes) {
        const SpliceEdit& edit = *change.edit;
        const size_t shared = previous == nullptr ? depth : shared_names(*previous, edit.path);
        for (; open > shared; --open) out.push_back('}');
        const bool is_first = last_byte(out, row_begin_) == '{';
        append_short(out, std::string_view(edit.keys[open]).substr(is_first ? 1 : 0));
        while (open + 1 < edit.path.size()) {
            out.push_back('{');
            append_short(out, std::string_view(edit.keys[++open]).substr(1));
        }
        writer_.append(out, *change.value);
        previous = &edit.path;
    }
    for (; open > depth; --open) out.push_back('}');
}

}  // namespace messina::codec
