#include "endpoint/avro_messages.h"

#include <fmt/format.h>

#include "codec/avro/encoder.h"
#include "endpoint/avro_format.h"
#include "endpoint/message_registry.h"

namespace messina::endpoint {

using codec::registry::Schemas;
using codec::registry::SubjectStrategy;

namespace {

/// Ids of the schemas that one sink writes under.
class RegistryIds final : public codec::avro::SchemaIds {
  public:
    RegistryIds(std::shared_ptr<Schemas> schemas, SubjectStrategy strategy, std::string topic)
        : schemas_(std::move(schemas)), strategy_(strategy), topic_(std::move(topic)) {}

    [[nodiscard]] Result<std::string> subject_of(const codec::avro::Schema& schema) const {
        return subject_name(strategy_, topic_, false, schema);
    }
    Result<uint32_t> id_of(const codec::avro::Schema& schema) override {
        MESSINA_TRY(const std::string subject, subject_of(schema));
        if (auto known = schemas_->find_id(subject, schema)) return *known;
        schemas_->request_id(subject, schema, [] {});
        return fail(ErrorClass::Transient, "registry.not_registered",
                    fmt::format("the id of a new schema under '{}' is not known yet", subject));
    }
    [[nodiscard]] Schemas& schemas() const { return *schemas_; }

  private:
    std::shared_ptr<Schemas> schemas_;
    SubjectStrategy strategy_;
    std::string topic_;
};

/// An encoder and the views of the registry that it was made with.
class RegistryEncoder final : public codec::Encoder {
  public:
    RegistryEncoder(std::unique_ptr<RegistrySource> source, std::unique_ptr<RegistryIds> ids,
                    std::unique_ptr<codec::Encoder> encoder)
        : source_(std::move(source)), ids_(std::move(ids)), encoder_(std::move(encoder)) {}
    Result<void> prepare(const Batch& batch, std::span<const RowIndex> rows) override {
        return encoder_->prepare(batch, rows);
    }
    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        encoder_->encode(batch, rows, out, ends);
    }

  private:
    std::unique_ptr<RegistrySource> source_;
    std::unique_ptr<RegistryIds> ids_;
    std::unique_ptr<codec::Encoder> encoder_;
};

class AvroMessageFormat final : public Format {
  public:
    AvroMessageFormat(MessageRegistry registry, std::shared_ptr<Schemas> input_schemas,
                      codec::avro::SchemaRef schema, codec::avro::SchemaRef reader)
        : schemas_(std::move(registry.schemas)),
          strategy_(registry.strategy),
          input_schemas_(std::move(input_schemas)),
          schema_(std::move(schema)),
          reader_(std::move(reader)) {}

    [[nodiscard]] const std::string& name() const override { return kAvroSection.name; }
    [[nodiscard]] Result<TypeRef> event_type(std::string_view) const override {
        return reader_ == nullptr ? Type::dynamic() : reader_->type();
    }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return make_registry_decoder(schemas_, codec::avro::RecordPart::Value, reader_, projection);
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        auto ids = std::make_unique<RegistryIds>(schemas_, strategy_, plan.topic);
        codec::avro::AvroOutput output;
        output.framing = codec::avro::Framing::Confluent;
        if (!plan.can_splice) {
            if (schema_ == nullptr)
                return fail(ErrorClass::Misconfigured, "avro.no_schema",
                            "an Avro output needs `schema:`",
                            "name the .avsc file to write under; only an Avro input lets it be "
                            "derived");
            output.schema = schema_;
            MESSINA_TRY(const std::string subject, ids->subject_of(*schema_));
            MESSINA_TRY(output.schema_id, schemas_->id_now(subject, *schema_));
            return codec::avro::make_avro_encoder(std::move(output), plan);
        }
        auto source = std::make_unique<RegistrySource>(input_schemas_);
        output.input.framing = codec::avro::Framing::Confluent;
        output.input.source = source.get();
        output.edit_types = plan.edit_types;
        output.ids = ids.get();
        MESSINA_TRY(auto encoder, codec::avro::make_avro_encoder(std::move(output), plan));
        return std::make_unique<RegistryEncoder>(std::move(source), std::move(ids),
                                                 std::move(encoder));
    }
    [[nodiscard]] std::string_view terminator() const override { return {}; }
    /// Without a schema of its own the output's is derived from the input's: untouched bytes stay
    /// as they are.
    [[nodiscard]] bool can_splice(const Format& input) const override {
        const auto* other = dynamic_cast<const AvroMessageFormat*>(&input);
        return schema_ == nullptr && other != nullptr && other->reader_ == nullptr;
    }

  private:
    std::shared_ptr<Schemas> schemas_;
    SubjectStrategy strategy_;
    std::shared_ptr<Schemas> input_schemas_;
    codec::avro::SchemaRef schema_;
    codec::avro::SchemaRef reader_;
};

}  // namespace

Result<FormatRef> make_avro_message_format(const config::Options& options,
                                           MessageRegistries& registries) {
    MESSINA_TRY(auto schema, load_avro_schema(options, "schema"));
    MESSINA_TRY(auto reader, load_avro_schema(options, "reader_schema"));
    MESSINA_TRY(MessageRegistry registry, read_message_registry(options, registries));
    return std::make_shared<AvroMessageFormat>(std::move(registry), registries.source,
                                               std::move(schema), std::move(reader));
}

}  // namespace messina::endpoint
