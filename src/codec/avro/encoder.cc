#include "codec/avro/encoder.h"

#include "codec/avro/splice_encoder.h"

namespace messina::codec::avro {
namespace {

/// Encodes the whole value of each row under one schema.
class WholeEncoder final : public Encoder {
  public:
    WholeEncoder(AvroOutput output, const OutputPlan& plan)
        : output_(std::move(output)), editor_(plan), writer_(output_.write) {
        id_ = output_.framing == Framing::SingleObject ? output_.schema->fingerprint()
                                                       : output_.schema_id;
    }

    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        for (const RowIndex row : rows) {
            const size_t begin = out.size();
            append_framing(out, output_.framing, id_);
            const Value root = editor_.apply(batch, row);
            if (!writer_.write(*output_.schema, output_.schema->root(), root, out)) {
                out.truncate(begin);
                batch.fail_row(row, "encode", writer_.take_error());
            }
            ends.push_back(out.size());
        }
    }

  private:
    AvroOutput output_;
    RootEditor editor_;
    DatumWriter writer_;
    uint64_t id_ = 0;
};

}  // namespace

Result<std::unique_ptr<Encoder>> make_avro_encoder(AvroOutput output, const OutputPlan& plan) {
    if (plan.can_splice && output.schema == nullptr) {
        MESSINA_TRY_VOID(check_input(output.input));
        auto encoder = std::make_unique<SpliceEncoder>(std::move(output), plan);
        MESSINA_TRY_VOID(encoder->derive_known());
        return encoder;
    }
    if (output.schema == nullptr)
        return fail(ErrorClass::Misconfigured, "avro.no_schema",
                    "no schema is given to write records with");
    if (plan.root_slot == kNoSlot)
        return fail(ErrorClass::Misconfigured, "avro.no_root",
                    "an output schema is given, but whole records are not decoded");
    return std::make_unique<WholeEncoder>(std::move(output), plan);
}

}  // namespace messina::codec::avro
