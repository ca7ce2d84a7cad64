// Formats of message keys as a pipeline file names them: `key_format: int64`,
// `key_format: { avro: { registry: … } }`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/key.h"
#include "config/option.h"
#include "data/type.h"

namespace messina::endpoint {

struct MessageRegistries;

class KeyFormat {
  public:
    virtual ~KeyFormat() = default;
    /// The YAML key.
    [[nodiscard]] virtual const std::string& name() const = 0;
    virtual Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const = 0;
    /// `type`: what is known of the keys.
    virtual Result<std::unique_ptr<codec::KeyEncoder>> make_encoder(const std::string& topic,
                                                                    const TypeRef& type) const = 0;
};

using KeyFormatRef = std::shared_ptr<const KeyFormat>;

/// `key_format`, for a source or a sink.
config::Option key_format_option(std::string fallback, std::string doc);
Result<KeyFormatRef> make_key_format(const config::Options& options, MessageRegistries& registries);

}  // namespace messina::endpoint
