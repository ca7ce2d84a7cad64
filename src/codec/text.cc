#include "codec/text.h"

#include <fmt/core.h>

#include "codec/json_utf8.h"
#include "codec/json_writer.h"

namespace messina::codec {
namespace {

class OneFieldDecoder final : public Decoder {
  public:
    OneFieldDecoder(const Projection& projection, TextOptions options, Kind kind)
        : options_(std::move(options)), kind_(kind) {
        for (const ProjectionField& field : projection.fields) {
            if (field.slot == kNoSlot) continue;
            if (field.path.empty()) root_slots_.push_back(field.slot);
            if (field.path.size() == 1 && field.path[0] == options_.field)
                field_slots_.push_back(field.slot);
        }
    }

    void decode(Batch& batch) override {
        const Value key = Value::string(batch.arena.copy(options_.field));
        for (const RowIndex row : batch.live()) {
            Value* const slots = batch.slots(row);
            const Record& record = batch.record_of(row);
            if (record.is_tombstone) {
                for (const SlotIndex slot : root_slots_) slots[slot] = Value::null();
                continue;
            }
            if (kind_ == Kind::String && !is_utf8(record.raw)) {
                const size_t offset = utf8_fault_offset(record.raw);
                batch.fail_row(
                    row, "decode",
                    {ErrorClass::Poison, "text.utf8", fmt::format("byte {} is not UTF-8", offset),
                     "use the format `raw` for bytes that are no text"});
                continue;
            }
            const Value value =
                kind_ == Kind::String ? Value::string(record.raw) : Value::bytes(record.raw);
            for (const SlotIndex slot : field_slots_) slots[slot] = value;
            if (root_slots_.empty()) continue;
            auto* const entry = batch.arena.make<MapEntry>(MapEntry{key, value});
            for (const SlotIndex slot : root_slots_) slots[slot] = Value::map({entry, 1});
        }
        batch.remove_failed();
    }

  private:
    TextOptions options_;
    Kind kind_;
    std::vector<SlotIndex> root_slots_;
    std::vector<SlotIndex> field_slots_;
};

class OneFieldEncoder final : public Encoder {
  public:
    OneFieldEncoder(const OutputPlan& plan, TextOptions options)
        : editor_(plan), terminator_(plan.terminator), options_(std::move(options)) {}

    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        for (const RowIndex row : rows) {
            const Value value = editor_.apply(batch, row).field(options_.field);
            if (value.is_absent()) {
                batch.fail_row(
                    row, "encode",
                    {ErrorClass::Poison, "text.missing_field",
                     fmt::format("the record has no field '{}' to write", options_.field),
                     "set the field in a step before, or name another one"});
            } else {
                append(value, out);
                out.append(terminator_);
            }
            ends.push_back(out.size());
        }
    }

  private:
    void append(const Value& value, Buffer& out) {
        if (value.is_null()) return;
        if (value.is(Kind::String) || value.is(Kind::Bytes)) {
            out.append(value.as_text());
        } else {
            writer_.append(out, value);
        }
    }

    RootEditor editor_;
    std::string terminator_;
    TextOptions options_;
    JsonWriter writer_;
};

}  // namespace

std::unique_ptr<Decoder> make_text_decoder(const Projection& projection, TextOptions options) {
    return std::make_unique<OneFieldDecoder>(projection, std::move(options), Kind::String);
}

std::unique_ptr<Decoder> make_raw_decoder(const Projection& projection, TextOptions options) {
    return std::make_unique<OneFieldDecoder>(projection, std::move(options), Kind::Bytes);
}

std::unique_ptr<Encoder> make_text_encoder(const OutputPlan& plan, TextOptions options) {
    return std::make_unique<OneFieldEncoder>(plan, std::move(options));
}

}  // namespace messina::codec
