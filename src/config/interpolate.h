// Expansion of ${env:…}, ${file:…} and ${dir:…} in one scalar, within what an Interpolation allows.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/node.h"

namespace messina::config {

struct Expansion {
    std::string text;
    bool is_secret = false;
    bool is_whole = false;  // the scalar was one reference and nothing else
};

/// A reference that cannot be expanded. Codes: config.reference (malformed, unknown provider),
/// config.not_allowed, config.unresolved.
struct BadReference {
    std::string reference;  // as written, for finding it in the file
    std::string_view code;
    std::string message;
    std::string hint;
};

std::expected<Expansion, BadReference> expand(std::string_view text,
                                              const Interpolation& interpolation);

/// Whether a name says that its value is secret: DB_PASSWORD, sasl.password, api-key, AUTH_TOKEN.
bool sounds_secret(std::string_view name);

}  // namespace messina::config
