#include "endpoint/avro_keys.h"

#include "codec/avro/derive.h"
#include "codec/avro/key_encoder.h"
#include "endpoint/avro_format.h"
#include "endpoint/message_registry.h"

namespace messina::endpoint {
namespace {

class AvroKeyFormat final : public KeyFormat {
  public:
    AvroKeyFormat(MessageRegistry registry, codec::avro::SchemaRef schema,
                  codec::avro::SchemaRef reader)
        : registry_(std::move(registry)), schema_(std::move(schema)), reader_(std::move(reader)) {}

    [[nodiscard]] const std::string& name() const override { return kAvroSection.name; }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return make_registry_decoder(registry_.schemas, codec::avro::RecordPart::Key, reader_,
                                     projection);
    }
    Result<std::unique_ptr<codec::KeyEncoder>> make_encoder(const std::string& topic,
                                                            const TypeRef& type) const override {
        MESSINA_TRY(const codec::avro::SchemaRef schema, schema_for(type));
        MESSINA_TRY(const std::string subject,
                    subject_name(registry_.strategy, topic, true, *schema));
        MESSINA_TRY(const uint32_t id, registry_.schemas->id_now(subject, *schema));
        return codec::avro::make_avro_key_encoder(schema, id);
    }

  private:
    [[nodiscard]] Result<codec::avro::SchemaRef> schema_for(const TypeRef& type) const {
        if (schema_ != nullptr) return schema_;
        if (type->kind == TypeKind::Dynamic)
            return fail(ErrorClass::Misconfigured, "avro.no_key_schema",
                        "the type of the key is not known",
                        "say it in `key`, as in string(event.id), or name the .avsc file to write "
                        "under: key_format: { avro: { schema: key.avsc } }");
        return codec::avro::schema_of_type(type, "Key");
    }

    MessageRegistry registry_;
    codec::avro::SchemaRef schema_;
    codec::avro::SchemaRef reader_;
};

}  // namespace

Result<KeyFormatRef> make_avro_key_format(const config::Options& options,
                                          MessageRegistries& registries) {
    MESSINA_TRY(auto schema, load_avro_schema(options, "schema"));
    MESSINA_TRY(auto reader, load_avro_schema(options, "reader_schema"));
    MESSINA_TRY(MessageRegistry registry, read_message_registry(options, registries));
    return std::make_shared<AvroKeyFormat>(std::move(registry), std::move(schema),
                                           std::move(reader));
}

}  // namespace messina::endpoint
