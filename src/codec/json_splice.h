// Writes a record by copying its raw text and changing only the edited members, at the places that
// the decoder noted in the sites.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "codec/codec.h"
#include "codec/json_writer.h"

namespace messina::codec {

class JsonSplicer {
  public:
    explicit JsonSplicer(const OutputPlan& plan);

    /// Appends the row's text, without space around it. False, and nothing appended, when its sites
    /// do not tell enough: a tombstone, or a repeated key on the way to a changed member.
    bool splice(const Batch& batch, RowIndex row, Buffer& out);

  private:
    struct SpliceEdit {
        Path path;
        std::vector<std::string> keys;  // of the path, as JSON with a colon
        SlotIndex slot;
        SiteIndex site;
    };
    /// One change at one place of the raw text.
    struct Change {
        uint32_t offset;
        const SpliceEdit* edit;
        Site site;
        Value value;
    };

    bool collect_changes(const Batch& batch, RowIndex row);
    void remove_member(std::string_view raw, const Change& change, size_t row_begin, Buffer& out);
    void add_members(std::span<const Change> changes, size_t row_begin, Buffer& out);

    std::vector<SpliceEdit> edits_;
    bool replaces_line_breaks_;
    JsonWriter writer_;
    // Of the row at hand.
    std::vector<Change> changes_;
    size_t copied_ = 0;  // bytes of the raw text that are dealt with
};

}  // namespace messina::codec
