#include "config/interpolate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <fnmatch.h>

#include "base/nearest.h"
#include "config/source_text.h"
#include "config/text_file.h"

namespace messina::config {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kProviders = {"env", "file", "dir"};

struct Value {
    std::string text;
    bool is_secret = false;
};

/// Expands one reference; `argument` is what follows "env:", "file:" or "dir:".
class Resolver {
  public:
    Resolver(std::string_view reference, const Interpolation& interpolation)
        : reference_(reference), interpolation_(interpolation) {}

    std::expected<Value, BadReference> resolve() const {
        const std::string_view inner = reference_.substr(2, reference_.size() - 3);
        const size_t colon = inner.find(':');
        const std::string_view provider = inner.substr(0, colon);
        if (std::find(kProviders.begin(), kProviders.end(), provider) == kProviders.end()) {
            return unknown_provider(provider);
        }
        if (colon == std::string_view::npos || colon + 1 == inner.size()) {
            return bad("config.reference", fmt::format("{} names nothing", reference_),
                       "write ${env:NAME}, ${file:PATH} or ${dir:PATH:KEY}");
        }
        const std::string_view argument = inner.substr(colon + 1);
        if (provider == "env") return from_environment(std::string(argument));
        if (provider == "file") return from_file(fs::path(argument));
        return from_directory(argument);
    }

  private:
    std::unexpected<BadReference> bad(std::string_view code, std::string message,
                                      std::string hint) const {
        return std::unexpected(
            BadReference{std::string(reference_), code, std::move(message), std::move(hint)});
    }

    std::unexpected<BadReference> unknown_provider(std::string_view provider) const {
        const std::string suggestion = did_you_mean(provider, kProviders);
        return bad("config.reference", fmt::format("{} has no known provider", reference_),
                   fmt::format("{}{}providers are env, file and dir; write $${{ for a literal ${{",
                               suggestion, suggestion.empty() ? "" : " "));
    }

    std::unexpected<BadReference> not_allowed(std::string_view allowed) const {
        const std::string& how = interpolation_.how_to_allow;
        return bad("config.not_allowed", fmt::format("{} is not allowed here", reference_),
                   fmt::format("{}{}{}", allowed, how.empty() ? "" : "; ", how));
    }

    std::expected<Value, BadReference> from_environment(const std::string& name) const {
        const auto& patterns = interpolation_.env_patterns;
        if (!interpolation_.is_env_allowed || patterns.empty()) {
            return not_allowed("environment variables are switched off for this configuration");
        }
        const auto matches = [&](const std::string& pattern) {
            return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
        };
        if (std::none_of(patterns.begin(), patterns.end(), matches)) {
            return not_allowed(fmt::format("allowed variables: {}", fmt::join(patterns, ", ")));
        }
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) {
            return bad("config.unresolved", fmt::format("environment variable {} is not set", name),
                       fmt::format("set it, for example: export {}=…", name));
        }
        return checked({value, sounds_secret(name)});
    }

    std::expected<Value, BadReference> from_file(const fs::path& path) const {
        const auto& roots = interpolation_.file_roots;
        if (roots.empty()) return not_allowed("no directory is allowed to be read from");
        std::error_code error;
        const fs::path real = fs::canonical(path, error);
        // Without a real path, below what it would be cannot be told: only names below a root may
        // learn that they do not exist.
        const fs::path judged = error ? fs::weakly_canonical(path, error) : real;
        const auto is_below = [&](const std::string& root) {
            std::error_code root_error;
            const fs::path real_root = fs::canonical(root, root_error);
            if (root_error) return false;
            const auto [at_root, at_path] =
                std::mismatch(real_root.begin(), real_root.end(), judged.begin(), judged.end());
            return at_root == real_root.end() && at_path != judged.end();
        };
        if (std::none_of(roots.begin(), roots.end(), is_below)) {
            return not_allowed(fmt::format("allowed directories: {}", fmt::join(roots, ", ")));
        }
        Result<std::string> text = read_text_file(judged.string(), interpolation_.value_bytes_max);
        if (!text) return bad("config.unresolved", text.error().message, text.error().hint);
        if (text->ends_with('\n')) text->pop_back();
        if (text->ends_with('\r')) text->pop_back();
        return checked({std::move(*text), true});
    }

    std::expected<Value, BadReference> from_directory(std::string_view argument) const {
        const size_t colon = argument.rfind(':');
        const std::string_view key =
            colon == std::string_view::npos ? "" : argument.substr(colon + 1);
        if (key.empty() || key == "." || key == ".." || key.find('/') != std::string_view::npos) {
            return bad("config.reference",
                       fmt::format("{} does not name one file of a directory", reference_),
                       "write ${dir:PATH:KEY}, KEY being the name of a file in PATH");
        }
        return from_file(fs::path(argument.substr(0, colon)) / key);
    }

    std::expected<Value, BadReference> checked(Value value) const {
        if (value.text.size() > interpolation_.value_bytes_max) {
            return bad("config.too_large",
                       fmt::format("{} is larger than {} bytes", reference_,
                                   interpolation_.value_bytes_max),
                       "");
        }
        if (find_invalid_utf8(value.text)) {
            return bad("config.unresolved", fmt::format("{} is not UTF-8 text", reference_), "");
        }
        return value;
    }

    std::string_view reference_;
    const Interpolation& interpolation_;
};

}  // namespace

std::expected<Expansion, BadReference> expand(std::string_view text,
                                              const Interpolation& interpolation) {
    Expansion expansion;
    size_t done = 0;
    for (size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", done)) {
        if (at > done && text[at - 1] == '$') {
            expansion.text += text.substr(done, at - 1 - done);
            expansion.text += "${";
            done = at + 2;
            continue;
        }
        const size_t end = text.find('}', at);
        if (end == std::string_view::npos) {
            return std::unexpected(BadReference{"${", "config.reference", "'${' has no closing '}'",
                                                "write $${ for a literal ${"});
        }
        const std::string_view reference = text.substr(at, end + 1 - at);
        auto value = Resolver(reference, interpolation).resolve();
        if (!value) return std::unexpected(std::move(value).error());
        expansion.text += text.substr(done, at - done);
        expansion.text += value->text;
        expansion.is_secret |= value->is_secret;
        expansion.is_whole = reference.size() == text.size();
        done = end + 1;
    }
    expansion.text += text.substr(done);
    return expansion;
}

bool sounds_secret(std::string_view name) {
    constexpr std::array<std::string_view, 9> words = {"password",    "passwd", "passphrase",
                                                       "secret",      "token",  "credential",
                                                       "credentials", "key",    "pass"};
    std::string word;
    const auto is_secret_word = [&] {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c))) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            continue;
        }
        if (is_secret_word()) return true;
        word.clear();
    }
    return is_secret_word();
}

}  // namespace messina::config
