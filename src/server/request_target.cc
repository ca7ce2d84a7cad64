#include "server/request_target.h"

#include <charconv>
#include <optional>

namespace messina::server {
namespace {

enum class Plus : bool { IsPlus, IsBlank };

std::unexpected<Error> refuse(std::string message) {
    return fail(ErrorClass::Poison, "http.target", std::move(message));
}

std::optional<char> decode_hex(std::string_view digits) {
    unsigned value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || parsed.ec != std::errc() ||
        parsed.ptr != digits.data() + digits.size())
        return {};
    return static_cast<char>(value);
}

Result<std::string> decode(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus == Plus::IsBlank) {
            c = ' ';
        } else if (c == '%') {
            const auto byte = decode_hex(text.substr(i + 1, 2));
            if (!byte)
                return refuse("a '%' in the request target is not followed by two hex digits");
            c = *byte;
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return refuse("the request target holds a control character");
        decoded += c;
    }
    return decoded;
}

/// "http://host:port/path" → "/path".
std::string_view without_origin(std::string_view target) {
    constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme)) return target;
    const size_t path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
}

Result<NamedTexts> parse_query(std::string_view query) {
    NamedTexts parameters;
    while (!query.empty()) {
        const size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty()) continue;
        const size_t equals = pair.find('=');
        const std::string_view raw_value =
            equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        MESSINA_TRY(std::string name, decode(pair.substr(0, equals), Plus::IsBlank));
        MESSINA_TRY(std::string value, decode(raw_value, Plus::IsBlank));
        parameters.emplace_back(std::move(name), std::move(value));
    }
    return parameters;
}

}  // namespace

Result<RequestTarget> parse_request_target(std::string_view target) {
    target = without_origin(target);
    target = target.substr(0, target.find('#'));
    const size_t question = target.find('?');
    const std::string_view query =
        question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    MESSINA_TRY(std::string path, decode(target.substr(0, question), Plus::IsPlus));
    if (path.empty() && question == 0) path.push_back('/');
    if (!path.starts_with('/')) return refuse("the request target does not begin with '/'");
    MESSINA_TRY(NamedTexts parameters, parse_query(query));
    return RequestTarget{std::move(path), std::move(parameters)};
}

}  // namespace messina::server
