// The two directions of a format. A Decoder fills slots of a whole batch in one pass, only the
// fields that the pipeline names; an Encoder writes rows out, copying untouched input bytes where
// input and output format allow it (splice).
//
// Threads: decoders and encoders belong to one worker; none is shared.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/error.h"
#include "data/batch.h"
#include "data/slots.h"
#include "data/type.h"

namespace messina::codec {

class Decoder {
  public:
    virtual ~Decoder() = default;
    /// Whether decode() has all it needs. False: something is being fetched (a schema), and `ready`
    /// is called once, on any thread, when it is worth asking again.
    virtual bool is_ready(const Batch& /*batch*/, const std::function<void()>& /*ready*/) {
        return true;
    }
    /// Fills the slots and sites of every live row from its record's raw bytes (or key: see the
    /// factory). A record that cannot be decoded is failed with step "decode" and taken off `live`;
    /// the others are not touched by that.
    virtual void decode(Batch& batch) = 0;
};

class Encoder {
  public:
    virtual ~Encoder() = default;
    /// Whether encode() has all it needs for these rows. Transient: something is being fetched (the
    /// id of a new schema); to be asked again later.
    virtual Result<void> prepare(const Batch& /*batch*/, std::span<const RowIndex> /*rows*/) {
        return {};
    }
    /// Appends the encoded `rows`, in order, and for each the end of its bytes in `out` to `ends`.
    /// A row that cannot be encoded is failed with step "encode", adds no bytes, and its end equals
    /// the end before it.
    virtual void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                        std::vector<size_t>& ends) = 0;
};

/// What an encoder is to write: the decoded input with the pipeline's edits.
struct OutputPlan {
    /// True when the output format is the input's and edit sites were asked for: the encoder
    /// splices raw bytes. Otherwise it encodes the value of `root_slot` with the edits applied.
    bool can_splice = false;
    SlotIndex root_slot = kNoSlot;
    std::vector<Edit> edits;
    /// Between and after records of a stream ("\n" for JSON lines); empty for messages.
    std::string_view terminator;
    /// What is known of each edit's value, in the order of `edits`; null: the field is removed.
    std::vector<TypeRef> edit_types = {};
    /// Where messages go, for what is named after it (subjects of a registry); empty for files.
    std::string topic = {};
    /// What is written is made by the engine (a dead letter) and not the input's own value.
    bool is_envelope = false;
};

/// Gives the value that an encoder without splice writes: the root with all edits, every map on the
/// way copied once.
class RootEditor {
  public:
    explicit RootEditor(const OutputPlan& plan);
    /// The edited root of a row, in the batch's arena; names that edits add are the editor's own
    /// and live with it.
    [[nodiscard]] Value apply(Batch& batch, RowIndex row) const;

  private:
    /// One name on the way to edited fields; a leaf has a slot.
    struct Node {
        std::string name;
        SlotIndex slot = kNoSlot;
        std::vector<Node> below;
    };
    static void insert(std::vector<Node>& nodes, const Edit& edit, size_t depth);
    static Value apply(const std::vector<Node>& nodes, Value root, const Value* slots,
                       Arena& arena);

    SlotIndex root_slot_;
    std::vector<Node> nodes_;
};

}  // namespace messina::codec
