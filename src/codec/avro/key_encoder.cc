#include "codec/avro/key_encoder.h"

#include "codec/avro/datum_writer.h"
#include "codec/avro/framing.h"

namespace messina::codec::avro {
namespace {

class AvroKeyEncoder final : public KeyEncoder {
  public:
    AvroKeyEncoder(SchemaRef schema, uint32_t schema_id)
        : schema_(std::move(schema)), schema_id_(schema_id), writer_(WriteOptions{}) {}

    Result<void> encode(const Value& key, Buffer& out) override {
        const size_t begin = out.size();
        append_framing(out, Framing::Confluent, schema_id_);
        if (writer_.write(*schema_, schema_->root(), key, out)) return {};
        out.truncate(begin);
        return fail(writer_.take_error("key"));
    }

  private:
    SchemaRef schema_;
    uint32_t schema_id_;
    DatumWriter writer_;
};

}  // namespace

std::unique_ptr<KeyEncoder> make_avro_key_encoder(SchemaRef schema, uint32_t schema_id) {
    return std::make_unique<AvroKeyEncoder>(std::move(schema), schema_id);
}

}  // namespace messina::codec::avro
