#include "endpoint/avro_messages.h"

#include <fmt/format.h>

#include "base/file.h"
#include "codec/avro/decoder.h"
#include "codec/avro/encoder.h"
#include "endpoint/avro_format.h"

namespace messina::endpoint {

using codec::registry::Schemas;
using codec::registry::SubjectStrategy;

const config::Section& registry_section() {
    static const config::Section section = {
        .name = "registry",
        .summary = "A schema registry with Confluent's REST API.",
        .options =
            {{.name = "url",
              .type = config::text_list(),
              .is_required = true,
              .doc = "Where it answers; several are tried in turn.",
              .example = "http://127.0.0.1:8081"},
             {.name = "user", .type = config::text(), .doc = "For basic authentication."},
             {.name = "password", .type = config::secret(), .doc = "For basic authentication."},
             {.name = "token", .type = config::secret(), .doc = "For bearer authentication."},
             {.name = "ca",
              .type = config::text(),
              .doc = "File with the authorities that are trusted (PEM); the system's when "
                     "absent."},
             {.name = "certificate",
              .type = config::text(),
              .doc = "File with our own certificate (PEM)."},
             {.name = "key", .type = config::text(), .doc = "File with its key (PEM)."},
             {.name = "register",
              .type = config::boolean(),
              .fallback = "true",
              .doc = "Whether schemas that a subject does not have are registered; without "
                     "it they stop the pipeline."},
             {.name = "normalize",
              .type = config::boolean(),
              .fallback = "false",
              .doc = "Lets the registry compare schemas in their normal form."},
             {.name = "subject",
              .type = config::choice({"topic", "record", "topic_record"}),
              .fallback = "topic",
              .doc = "How subjects are named: topic-value, the record's full name, or "
                     "topic-record."}},
        .example = "registry: { url: [http://127.0.0.1:8081], subject: topic }",
        .shorthand = "url",
    };
    return section;
}

namespace {

/// One worker's view of the shared registry.
class RegistrySource final : public codec::avro::SchemaSource {
  public:
    explicit RegistrySource(std::shared_ptr<Schemas> schemas) : schemas_(std::move(schemas)) {}
    Result<codec::avro::SchemaRef> schema(uint32_t id) override {
        if (auto known = schemas_->find(id)) return *known;
        return fail(ErrorClass::Transient, "registry.not_fetched",
                    fmt::format("schema {} is not fetched yet", id));
    }
    bool request(uint32_t id, const std::function<void()>& ready) override {
        if (schemas_->find(id)) return true;
        schemas_->request(id, ready);
        return false;
    }

  private:
    std::shared_ptr<Schemas> schemas_;
};

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

/// A codec and the view of the registry that it was made with.
class RegistryDecoder final : public codec::Decoder {
  public:
    RegistryDecoder(std::unique_ptr<RegistrySource> source, std::unique_ptr<codec::Decoder> decoder)
        : source_(std::move(source)), decoder_(std::move(decoder)) {}
    bool is_ready(const Batch& batch, const std::function<void()>& ready) override {
        return decoder_->is_ready(batch, ready);
    }
    void decode(Batch& batch) override { decoder_->decode(batch); }

  private:
    std::unique_ptr<RegistrySource> source_;
    std::unique_ptr<codec::Decoder> decoder_;
};

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
    AvroMessageFormat(std::shared_ptr<Schemas> schemas, std::shared_ptr<Schemas> input_schemas,
                      SubjectStrategy strategy, codec::avro::SchemaRef schema,
                      codec::avro::SchemaRef reader)
        : schemas_(std::move(schemas)),
          input_schemas_(std::move(input_schemas)),
          strategy_(strategy),
          schema_(std::move(schema)),
          reader_(std::move(reader)) {}

    [[nodiscard]] const std::string& name() const override { return kAvroSection.name; }
    [[nodiscard]] Result<TypeRef> event_type(std::string_view) const override {
        return reader_ == nullptr ? Type::dynamic() : reader_->type();
    }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        auto source = std::make_unique<RegistrySource>(schemas_);
        codec::avro::AvroInput input;
        input.framing = codec::avro::Framing::Confluent;
        input.source = source.get();
        input.reader = reader_;
        // A message cut short must not travel on.
        input.extent = codec::avro::Extent::Whole;
        MESSINA_TRY(auto decoder, codec::avro::make_avro_decoder(std::move(input), projection));
        return std::make_unique<RegistryDecoder>(std::move(source), std::move(decoder));
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
    std::shared_ptr<Schemas> input_schemas_;
    SubjectStrategy strategy_;
    codec::avro::SchemaRef schema_;
    codec::avro::SchemaRef reader_;
};

codec::registry::RegistryOptions read_registry(const config::Options& options) {
    codec::registry::RegistryOptions result;
    result.urls = options.get_text_list("url");
    const auto text = [&options](std::string_view name) {
        return options.has(name) ? options.get_text(name) : std::string();
    };
    const auto secret = [&options](std::string_view name) {
        return options.has(name) ? options.get_secret(name).reveal() : std::string();
    };
    result.http.user = text("user");
    result.http.password = secret("password");
    result.http.token = secret("token");
    result.http.ca_file = text("ca");
    result.http.certificate_file = text("certificate");
    result.http.key_file = text("key");
    result.http.key_password = secret("key_password");
    result.registers = options.get_boolean("register");
    result.normalizes = options.get_boolean("normalize");
    return result;
}

}  // namespace

Result<FormatRef> make_avro_message_format(const config::Options& options,
                                           MessageRegistries& registries) {
    MESSINA_TRY(auto schema, load_avro_schema(options, "schema"));
    MESSINA_TRY(auto reader, load_avro_schema(options, "reader_schema"));
    std::shared_ptr<Schemas> schemas = registries.source;
    SubjectStrategy strategy = SubjectStrategy::TopicName;
    if (options.has("registry")) {
        const config::Options& registry = options.get_nested("registry");
        schemas = std::make_shared<Schemas>(read_registry(registry));
        const std::string& subject = registry.get_text("subject");
        if (subject == "record") strategy = SubjectStrategy::RecordName;
        if (subject == "topic_record") strategy = SubjectStrategy::TopicRecordName;
    }
    if (schemas == nullptr)
        return fail(config::error_at(options.mark(), "avro.no_registry",
                                     "Avro messages need the registry that has their schemas",
                                     "avro: { registry: http://127.0.0.1:8081 }"));
    if (registries.source == nullptr) registries.source = schemas;
    return std::make_shared<AvroMessageFormat>(std::move(schemas), registries.source, strategy,
                                               std::move(schema), std::move(reader));
}

}  // namespace messina::endpoint
