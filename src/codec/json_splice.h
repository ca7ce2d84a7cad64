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
        std::vector<std::string> keys;  // ,"name": for each name of the path
        SlotIndex slot;
        SiteIndex site;
    };
    /// One change at one place of the raw text.
    struct Change {
        uint32_t offset;
        const SpliceEdit* edit;
        const Site* site;
        const Value* value;
    };

    bool collect_changes(const Batch& batch, RowIndex row);
    void copy_until(size_t offset, Buffer& out);
    void change_member(const Change& change, Buffer& out);
    void add_members(std::span<const Change> changes, Buffer& out);

    std::vector<SpliceEdit> edits_;
    bool replaces_line_breaks_;
    JsonWriter writer_;
    // Of the row at hand.
    std::vector<Change> changes_;
    std::string_view raw_;
    size_t copied_ = 0;     // bytes of raw_ that are dealt with
    size_t row_begin_ = 0;  // in the output
    bool has_controls_ = false;
};

}  // namespace messina::codec
