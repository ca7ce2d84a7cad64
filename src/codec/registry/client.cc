#include "codec/registry/client.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/buffer.h"
#include "codec/avro/schema_source.h"
#include "codec/json_writer.h"

namespace messina::codec::registry {
namespace {

constexpr size_t kReferenceDepthMax = 16;
constexpr size_t kReferencesMax = 256;

/// Takes user:password@ and trailing slashes off a URL.
std::string bare_url(std::string url, HttpOptions& http) {
    while (url.ends_with('/')) url.pop_back();
    const size_t scheme = url.find("://");
    const size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    const size_t at = url.substr(0, url.find_first_of("/?#", host)).rfind('@');
    if (at == std::string::npos || at < host) return url;
    const std::string credentials = url.substr(host, at - host);
    url.erase(host, at + 1 - host);
    if (!http.user.empty() || !http.token.empty()) return url;
    const size_t colon = credentials.find(':');
    http.user = HttpClient::unescape(credentials.substr(0, colon));
    if (colon != std::string::npos)
        http.password = HttpClient::unescape(credentials.substr(colon + 1));
    return url;
}

RegistryOptions with_bare_urls(RegistryOptions options) {
    for (std::string& url : options.urls) url = bare_url(std::move(url), options.http);
    return options;
}

}  // namespace

RegistryClient::RegistryClient(RegistryOptions options)
    : options_(with_bare_urls(std::move(options))), http_(options_.http) {}

/// Asks one registry after the other until one answers.
Result<Answer> RegistryClient::ask(const std::string& path, const std::string* body, Wanted wanted,
                                   std::string_view doing) {
    Error last{ErrorClass::Misconfigured, "registry.no_url", "no registry is named",
               "url: http://127.0.0.1:8081"};
    for (size_t i = 0; i < options_.urls.size(); ++i) {
        const size_t chosen = (first_ + i) % options_.urls.size();
        const std::string url = options_.urls[chosen] + path;
        Result<HttpAnswer> answer = body == nullptr ? http_.get(url) : http_.post(url, *body);
        Result<Answer> result = answer ? read_answer(answer->status, answer->body, wanted, doing)
                                       : fail(std::move(answer.error()).at(doing));
        if (result || result.error().error_class == ErrorClass::Poison) {
            first_ = chosen;
            return result;
        }
        last = std::move(result.error()).at(options_.urls[chosen]);
        if (last.error_class != ErrorClass::Transient) break;
    }
    return fail(std::move(last));
}

/// The texts of all referenced schemas, each behind those it refers to itself.
Result<void> RegistryClient::collect(const std::vector<Reference>& references, size_t depth,
                                     std::vector<std::string>& definitions,
                                     std::vector<std::string>& seen) {
    for (const Reference& reference : references) {
        const std::string key = fmt::format("{}/{}", reference.subject, reference.version);
        if (std::ranges::find(seen, key) != seen.end()) continue;
        const std::string doing = fmt::format("get the referenced schema {}", key);
        if (depth >= kReferenceDepthMax || seen.size() >= kReferencesMax)
            return fail(ErrorClass::Misconfigured, "registry.references",
                        doing + ": too many references");
        seen.push_back(key);
        // A version that was deleted since is still what the schema was registered with.
        MESSINA_TRY(const Answer answer,
                    ask(fmt::format("/subjects/{}/versions/{}?deleted=true",
                                    HttpClient::escape(reference.subject), reference.version),
                        nullptr, Wanted::Schema, doing));
        MESSINA_TRY_VOID(collect(answer.references, depth + 1, definitions, seen));
        definitions.push_back(answer.schema);
    }
    return {};
}

Result<avro::SchemaRef> RegistryClient::parse(const Answer& answer, std::string_view doing) {
    if (!answer.type.empty() && answer.type != "AVRO")
        return fail(ErrorClass::Poison, "registry.schema_type",
                    fmt::format("{}: it is a {} schema, not Avro", doing, answer.type),
                    "choose the format that the records have");
    avro::SchemaOptions options;
    options.bad_default = avro::SchemaOptions::BadDefault::Drop;
    std::vector<std::string> seen;
    MESSINA_TRY_VOID(collect(answer.references, 0, options.definitions, seen));
    Result<avro::SchemaRef> schema = avro::Schema::parse(answer.schema, options);
    if (!schema) {
        // Only the records under this schema are without hope.
        schema.error().error_class = ErrorClass::Poison;
        return fail(std::move(schema.error()).at(doing));
    }
    return schema;
}

Result<avro::SchemaRef> RegistryClient::schema(uint32_t id) {
    const std::string doing = fmt::format("get schema {}", id);
    Result<Answer> answer = ask(fmt::format("/schemas/ids/{}", id), nullptr, Wanted::Schema, doing);
    if (!answer && answer.error().error_class == ErrorClass::Poison)
        return fail(avro::unknown_schema_id(
            id, fmt::format("the registry says: {}; register the schema, then replay the record",
                            answer.error().message)));
    if (!answer) return fail(std::move(answer.error()));
    return parse(*answer, doing);
}

Result<RegisteredSchema> RegistryClient::latest(const std::string& subject) {
    const std::string doing = fmt::format("get the newest schema of subject '{}'", subject);
    MESSINA_TRY(const Answer answer,
                ask(fmt::format("/subjects/{}/versions/latest", HttpClient::escape(subject)),
                    nullptr, Wanted::SchemaAndId, doing));
    Result<avro::SchemaRef> schema = parse(answer, doing);
    if (schema) return RegisteredSchema{answer.id, std::move(*schema)};
    // No record named it: it is what this pipeline was told to write under.
    if (schema.error().error_class == ErrorClass::Poison)
        schema.error().error_class = ErrorClass::Misconfigured;
    return fail(std::move(schema.error()));
}

Result<uint32_t> RegistryClient::id_of(const std::string& subject, const avro::Schema& schema) {
    Buffer body;
    body.append(R"({"schema":)");
    append_json_string(body, schema.to_json());
    body.append("}");
    const std::string text(body.view());
    const std::string suffix = options_.normalizes ? "?normalize=true" : "";
    const std::string path = fmt::format("/subjects/{}", HttpClient::escape(subject));
    if (options_.registers) {
        MESSINA_TRY(const Answer answer, ask(path + "/versions" + suffix, &text, Wanted::Id,
                                             fmt::format("register a schema under '{}'", subject)));
        return answer.id;
    }
    Result<Answer> answer =
        ask(path + suffix, &text, Wanted::Id, fmt::format("look a schema up under '{}'", subject));
    if (answer) return answer->id;
    Error error = std::move(answer.error());
    if (error.code == "registry.unknown_schema" || error.code == "registry.unknown_subject") {
        error.error_class = ErrorClass::Misconfigured;
        error.hint = "register the schema, or allow it by `register: true`";
    }
    return fail(std::move(error));
}

Result<std::string> subject_name(SubjectStrategy strategy, const std::string& topic, bool is_key,
                                 const avro::Schema& schema) {
    if (strategy == SubjectStrategy::TopicName) return topic + (is_key ? "-key" : "-value");
    const avro::Node& root = schema.node(schema.root());
    if (root.kind != avro::SchemaKind::Record)
        return fail(ErrorClass::Misconfigured, "registry.no_record_name",
                    fmt::format("{} has no record's name to call a subject after",
                                schema.describe(schema.root())),
                    "name subjects after the topic: `subject: topic`");
    return strategy == SubjectStrategy::RecordName ? root.name : topic + "-" + root.name;
}

}  // namespace messina::codec::registry
