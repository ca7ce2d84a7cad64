// Text that cannot be printed.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace messina::config {

inline constexpr std::string_view kSecretPlaceholder = "[secret]";

/// Text that cannot be printed: formatting it anywhere gives "[secret]".
class Secret {
  public:
    explicit Secret(std::string value) : value_(std::move(value)) {}
    /// The only way to the text; name it where a client library needs it and nowhere else.
    [[nodiscard]] const std::string& reveal() const { return value_; }

    friend std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) {
        return out << kSecretPlaceholder;
    }

  private:
    std::string value_;
};

}  // namespace messina::config

template <>
struct fmt::formatter<messina::config::Secret> : fmt::formatter<std::string_view> {
    template <class Context>
    auto format(const messina::config::Secret& /*secret*/, Context& context) const {
        return fmt::formatter<std::string_view>::format(messina::config::kSecretPlaceholder,
                                                        context);
    }
};
