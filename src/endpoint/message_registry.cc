#include "endpoint/message_registry.h"

#include <fmt/format.h>

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
             {.name = "key_password",
              .type = config::secret(),
              .doc = "For a key that is encrypted."},
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

RegistryLog::RegistryLog(const MessageRegistries& registries, observe::Log& log,
                         std::string_view pipeline)
    : registries_(registries), log_(log), pipeline_(pipeline) {
    for (const auto& schemas : registries_.all) schemas->set_listener(this);
}

RegistryLog::~RegistryLog() {
    for (const auto& schemas : registries_.all) schemas->set_listener(nullptr);
}

void RegistryLog::on_retry(const Error& error, int tries, Nanos pause) {
    log_.write(observe::kRegistryRetrying, {.pipeline = pipeline_, .error = &error}, tries, pause);
}

void RegistryLog::on_answer_again() {
    log_.write(observe::kRegistryAnswers, {.pipeline = pipeline_});
}

Result<codec::avro::SchemaRef> RegistrySource::schema(uint32_t id) {
    if (auto known = schemas_->find(id)) return *known;
    return fail(ErrorClass::Transient, "registry.not_fetched",
                fmt::format("schema {} is not fetched yet", id));
}

bool RegistrySource::request(uint32_t id, const std::function<void()>& ready) {
    if (schemas_->find(id)) return true;
    schemas_->request(id, ready);
    return false;
}

namespace {

/// A decoder and the view of the registry that it was made with.
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

Result<MessageRegistry> read_message_registry(const config::Options& options,
                                              MessageRegistries& registries) {
    MessageRegistry result{registries.source};
    if (options.has("registry")) {
        const config::Options& registry = options.get_nested("registry");
        result.schemas = std::make_shared<Schemas>(read_registry(registry));
        registries.all.push_back(result.schemas);
        const std::string& subject = registry.get_text("subject");
        if (subject == "record") result.strategy = SubjectStrategy::RecordName;
        if (subject == "topic_record") result.strategy = SubjectStrategy::TopicRecordName;
    }
    if (result.schemas == nullptr)
        return fail(config::error_at(options.mark(), "avro.no_registry",
                                     "Avro messages need the registry that has their schemas",
                                     "avro: { registry: http://127.0.0.1:8081 }"));
    if (registries.source == nullptr) registries.source = result.schemas;
    return result;
}

Result<std::unique_ptr<codec::Decoder>> make_registry_decoder(std::shared_ptr<Schemas> schemas,
                                                              codec::avro::RecordPart part,
                                                              codec::avro::SchemaRef reader,
                                                              const Projection& projection) {
    auto source = std::make_unique<RegistrySource>(std::move(schemas));
    codec::avro::AvroInput input;
    input.framing = codec::avro::Framing::Confluent;
    input.source = source.get();
    input.reader = std::move(reader);
    input.part = part;
    // A message cut short must not travel on.
    input.extent = codec::avro::Extent::Whole;
    MESSINA_TRY(auto decoder, codec::avro::make_avro_decoder(std::move(input), projection));
    return std::make_unique<RegistryDecoder>(std::move(source), std::move(decoder));
}

}  // namespace messina::endpoint
