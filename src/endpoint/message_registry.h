// The schema registry as an endpoint's options name it, and what reads messages with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/avro/decoder.h"
#include "codec/registry/schemas.h"
#include "config/option.h"
#include "observe/log.h"

namespace messina::endpoint {

/// The options under `registry:` of an Avro format.
const config::Section& registry_section();

/// The registries of one pipeline.
struct MessageRegistries {
    /// The source's, or the first that is named: for endpoints that name none.
    std::shared_ptr<codec::registry::Schemas> source = {};
    std::vector<std::shared_ptr<codec::registry::Schemas>> all = {};
};

/// Writes to the log, while it lives, that a registry does not answer.
class RegistryLog final : private codec::registry::RetryListener {
  public:
    /// `registries`, `log` and `pipeline` outlive it.
    RegistryLog(const MessageRegistries& registries, observe::Log& log, std::string_view pipeline);
    ~RegistryLog() override;
    RegistryLog(const RegistryLog&) = delete;
    RegistryLog& operator=(const RegistryLog&) = delete;

  private:
    void on_retry(const Error& error, int tries, Nanos pause) override;
    void on_answer_again() override;

    const MessageRegistries& registries_;
    observe::Log& log_;
    std::string_view pipeline_;
};

/// The registry of one endpoint, and how subjects are named there.
struct MessageRegistry {
    std::shared_ptr<codec::registry::Schemas> schemas;
    codec::registry::SubjectStrategy strategy = codec::registry::SubjectStrategy::TopicName;
};

/// `options` are those of `avro`; without a registry of their own the source's is used.
Result<MessageRegistry> read_message_registry(const config::Options& options,
                                              MessageRegistries& registries);

/// One worker's view of the shared registry.
class RegistrySource final : public codec::avro::SchemaSource {
  public:
    explicit RegistrySource(std::shared_ptr<codec::registry::Schemas> schemas)
        : schemas_(std::move(schemas)) {}
    Result<codec::avro::SchemaRef> schema(uint32_t id) override;
    bool request(uint32_t id, const std::function<void()>& ready) override;

  private:
    std::shared_ptr<codec::registry::Schemas> schemas_;
};

/// Decodes messages, or their keys, whose schemas are in the registry.
Result<std::unique_ptr<codec::Decoder>> make_registry_decoder(
    std::shared_ptr<codec::registry::Schemas> schemas, codec::avro::RecordPart part,
    codec::avro::SchemaRef reader, const Projection& projection);

}  // namespace messina::endpoint
