#include <string>

#include "codec/json.h"
#include "codec/json_copy.h"
#include "codec/json_splice.h"
#include "codec/json_writer.h"
#include "data/path.h"

namespace messina::codec {
namespace {

class JsonEncoder final : public Encoder {
  public:
    explicit JsonEncoder(const OutputPlan& plan)
        : plan_(plan), editor_(plan), terminator_(plan.terminator), splicer_(plan) {}

    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        ends.reserve(ends.size() + rows.size());
        for (const RowIndex row : rows) {
            if (!plan_.can_splice) {
                writer_.append(out, editor_.apply(batch, row));
            } else if (!splicer_.splice(batch, row, out)) {
                writer_.append(out, edited_raw(batch, row));
            }
            append_short(out, terminator_);
            ends.push_back(out.size());
        }
    }

  private:
    /// The long way for a record whose text cannot be spliced. It was decoded before, so it parses.
    Value edited_raw(Batch& batch, RowIndex row) {
        const Record& record = batch.record_of(row);
        Value root = Value::null();
        if (!record.is_tombstone) {
            const auto depth_max = static_cast<uint32_t>(record.raw.size() / 2 + 1);
            const Result<Value> parsed = parse_json(record.raw, batch.arena, {depth_max});
            if (parsed) root = *parsed;
        }
        for (const Edit& edit : plan_.edits)
            root = with_replaced(root, edit.path, 0, batch.slots(row)[edit.slot], batch.arena);
        return root;
    }

    OutputPlan plan_;
    RootEditor editor_;
    std::string terminator_;
    JsonSplicer splicer_;
    JsonWriter writer_;
};

}  // namespace

std::unique_ptr<Encoder> make_json_encoder(const OutputPlan& plan) {
    return std::make_unique<JsonEncoder>(plan);
}

}  // namespace messina::codec
