#include "codec/registry/answer.h"

#include <limits>

#include <fmt/format.h>
#include <simdjson.h>

namespace messina::codec::registry {
namespace {

constexpr size_t kMessageBytesMax = 2000;
constexpr int64_t kUnknownSubject = 40401;
constexpr int64_t kUnknownVersion = 40402;
constexpr int64_t kUnknownSchema = 40403;

using Object = simdjson::dom::object;

std::string_view text_of(const Object& object, std::string_view name) {
    std::string_view text;
    return object[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

int64_t number_of(const Object& object, std::string_view name) {
    int64_t number = 0;
    return object[name].get(number) == simdjson::SUCCESS ? number : 0;
}

/// Printable, and not without end: it may be a proxy's page.
std::string shown(std::string_view text) {
    std::string result(text.substr(0, kMessageBytesMax));
    for (char& c : result)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return result;
}

/// What a status other than 200 means.
Error refusal(long status, std::string_view body, std::string_view doing) {
    simdjson::dom::parser parser;
    Object object;
    int64_t code = status;
    std::string message = shown(body);
    if (parser.parse(body.data(), body.size()).get(object) == simdjson::SUCCESS) {
        if (const int64_t named = number_of(object, "error_code"); named != 0) code = named;
        if (const auto text = text_of(object, "message"); !text.empty()) message = shown(text);
    }
    const std::string what = fmt::format("{}: {} ({})", doing, message, code);
    if (status == 401 || status == 403)
        return {ErrorClass::Misconfigured, "registry.authorization", what,
                "check the registry's `user`, `password` or `token`, and their rights"};
    if (status == 404 && code == kUnknownSchema)
        return {ErrorClass::Poison, "registry.unknown_schema", what};
    if (status == 404 && (code == kUnknownSubject || code == kUnknownVersion))
        return {ErrorClass::Misconfigured, "registry.unknown_subject", what};
    if (status == 409)
        return {ErrorClass::Misconfigured, "registry.incompatible", what,
                "the subject's compatibility rule refuses the schema: change the added fields, "
                "the rule, or the subject"};
    if (status == 422 || status == 400)
        return {ErrorClass::Misconfigured, "registry.invalid_schema", what};
    if (status == 408 || status == 429 || status >= 500)
        return {ErrorClass::Transient, "registry.unavailable", what};
    // A 404 without a code of the registry's says nothing of any schema: no record is to blame.
    return {ErrorClass::Misconfigured, "registry.not_a_registry", what,
            "check that the URL is a schema registry's, its path included"};
}

Error unusable(std::string_view doing, std::string_view why) {
    return {ErrorClass::Transient, "registry.bad_answer",
            fmt::format("{}: the answer {}", doing, why),
            "check that the URL is a schema registry's, its path included"};
}

bool read_references(const Object& object, std::vector<Reference>& references) {
    const auto member = object["references"];
    if (member.error() != simdjson::SUCCESS || member.is_null()) return true;
    simdjson::dom::array array;
    if (member.get(array) != simdjson::SUCCESS) return false;
    for (const simdjson::dom::element element : array) {
        Object each;
        if (element.get(each) != simdjson::SUCCESS) return false;
        Reference reference{std::string(text_of(each, "name")),
                            std::string(text_of(each, "subject")), number_of(each, "version")};
        if (reference.subject.empty() || reference.version <= 0) return false;
        references.push_back(std::move(reference));
    }
    return true;
}

}  // namespace

Result<Answer> read_answer(long status, std::string_view body, Wanted wanted,
                           std::string_view doing) {
    if (status != 200) return fail(refusal(status, body, doing));
    simdjson::dom::parser parser;
    Object object;
    if (parser.parse(body.data(), body.size()).get(object) != simdjson::SUCCESS)
        return fail(unusable(doing, "is no JSON object"));
    Answer answer;
    answer.schema = text_of(object, "schema");
    answer.type = text_of(object, "schemaType");
    const int64_t id = number_of(object, "id");
    const bool is_id = id > 0 && id <= std::numeric_limits<int32_t>::max();
    if (is_id) answer.id = static_cast<uint32_t>(id);
    // An id that is not there must not become 0: records would be written under it.
    if (wanted != Wanted::Schema && !is_id) return fail(unusable(doing, "has no `id`"));
    if (wanted != Wanted::Id && answer.schema.empty())
        return fail(unusable(doing, "has no `schema`"));
    if (!read_references(object, answer.references))
        return fail(unusable(doing, "has a reference without subject and version"));
    return answer;
}

}  // namespace messina::codec::registry
