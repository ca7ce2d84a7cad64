// The schema registry as an endpoint's options name it, and what reads messages with it.
#pragma once

#include <memory>
#include <string>

#include "codec/avro/decoder.h"
#include "codec/registry/schemas.h"
#include "config/option.h"

namespace messina::endpoint {

/// The options under `registry:` of an Avro format.
const config::Section& registry_section();

/// What messages of one pipeline share: the registry that its source was given.
struct MessageRegistries {
    std::shared_ptr<codec::registry::Schemas> source = {};
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
