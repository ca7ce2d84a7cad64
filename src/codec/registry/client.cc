#include "codec/registry/client.h"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/buffer.h"
#include "codec/avro/schema_source.h"
#include "codec/json_writer.h"

namespace messina::codec::registry {
namespace {

constexpr size_t kReferenceDepthMax = 16;
constexpr size_t kReferencesMax = 256;
constexpr int64_t kUnknownSchema = 40403;

std::string_view text_of(const simdjson::dom::object& object, std::string_view name) {
    std::string_view text;
    return object[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

int64_t number_of(const simdjson::dom::object& object, std::string_view name) {
    int64_t number = 0;
    return object[name].get(number) == simdjson::SUCCESS ? number : 0;
}

/// What a status other than 200 means.
Error refused(long status, const std::string& body, std::string_view doing) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    int64_t code = status;
    std::string message(body.substr(0, 500));
    if (parser.parse(body).get(object) == simdjson::SUCCESS) {
        if (const int64_t named = number_of(object, "error_code"); named != 0) code = named;
        if (const auto text = text_of(object, "message"); !text.empty()) message = text;
    }
    const std::string what = fmt::format("{}: {} ({})", doing, message, code);
    if (status == 401 || status == 403)
        return {ErrorClass::Misconfigured, "registry.authorization", what,
                "check the registry's `user`, `password` or `token`, and their rights"};
    if (code == kUnknownSchema || status == 404)
        return {ErrorClass::Poison, "registry.not_found", what, ""};
    if (status == 409)
        return {ErrorClass::Misconfigured, "registry.incompatible", what,
                "the subject's compatibility rule refuses the schema: change the added fields, "
                "the rule, or the subject"};
    if (status == 422 || status == 400)
        return {ErrorClass::Misconfigured, "registry.invalid_schema", what, ""};
    return {ErrorClass::Transient, "registry.unavailable", what, ""};
}

std::string trimmed(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

RegistryClient::RegistryClient(RegistryOptions options)
    : options_(std::move(options)), http_(options_.http) {
    for (std::string& url : options_.urls) url = trimmed(std::move(url));
}

/// Asks one registry after the other until one answers.
Result<RegistryClient::Answer> RegistryClient::ask(const std::string& path, const std::string* body,
                                                   std::string_view doing) {
    Error last{ErrorClass::Misconfigured, "registry.no_url", "no registry is named", ""};
    for (size_t i = 0; i < options_.urls.size(); ++i) {
        const size_t chosen = (first_ + i) % options_.urls.size();
        const std::string url = options_.urls[chosen] + path;
        Result<HttpAnswer> answer =
            body == nullptr ? http_.get(url) : http_.post(url, *body);
        if (!answer) {
            last = std::move(answer.error()).at(fmt::format("{} at {}", doing, options_.urls[chosen]));
            continue;
        }
        Result<Answer> result = read(*answer, doing);
        if (result || result.error().error_class != ErrorClass::Transient) {
            first_ = chosen;
            return result;
        }
        last = std::move(result.error());
    }
    return fail(std::move(last));
}

Result<RegistryClient::Answer> RegistryClient::read(const HttpAnswer& answer,
                                                    std::string_view doing) const {
    if (answer.status != 200) return fail(refused(answer.status, answer.body, doing));
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(answer.body).get(object) != simdjson::SUCCESS)
        return fail(ErrorClass::Transient, "registry.not_json",
                    fmt::format("{}: the answer is no JSON object", doing),
                    "check that the URL is a schema registry's, its path included");
    Answer result;
    result.schema = text_of(object, "schema");
    result.type = text_of(object, "schemaType");
    result.id = static_cast<uint32_t>(number_of(object, "id"));
    simdjson::dom::array references;
    if (object["references"].get(references) == simdjson::SUCCESS)
        for (const simdjson::dom::element element : references) {
            simdjson::dom::object reference;
            if (element.get(reference) != simdjson::SUCCESS) continue;
            result.references.push_back({std::string(text_of(reference, "name")),
                                         std::string(text_of(reference, "subject")),
                                         number_of(reference, "version")});
        }
    return result;
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
        MESSINA_TRY(const Answer answer, ask(fmt::format("/subjects/{}/versions/{}",
                                                         http_.escape(reference.subject),
                                                         reference.version),
                                             nullptr, doing));
        MESSINA_TRY_VOID(collect(answer.references, depth + 1, definitions, seen));
        definitions.push_back(answer.schema);
    }
    return {};
}

Result<avro::SchemaRef> RegistryClient::parse(const Answer& answer, std::string_view doing) {
    if (!answer.type.empty() && answer.type != "AVRO")
        return fail(ErrorClass::Misconfigured, "registry.schema_type",
                    fmt::format("{}: it is a {} schema, not Avro", doing, answer.type),
                    "choose the format that the records have");
    avro::SchemaOptions options;
    options.bad_default = avro::SchemaOptions::BadDefault::Drop;
    std::vector<std::string> seen;
    MESSINA_TRY_VOID(collect(answer.references, 0, options.definitions, seen));
    Result<avro::SchemaRef> schema = avro::Schema::parse(answer.schema, options);
    if (!schema) return fail(std::move(schema.error()).at(doing));
    return schema;
}

Result<avro::SchemaRef> RegistryClient::schema(uint32_t id) {
    const std::string doing = fmt::format("get schema {}", id);
    Result<Answer> answer = ask(fmt::format("/schemas/ids/{}", id), nullptr, doing);
    if (!answer) {
        if (answer.error().code == "registry.not_found")
            return fail(avro::unknown_schema_id(
                id, fmt::format("the registry says: {}; register the schema, then replay the record",
                                answer.error().message)));
        return fail(std::move(answer.error()));
    }
    return parse(*answer, doing);
}

Result<avro::SchemaRef> RegistryClient::latest(const std::string& subject) {
    const std::string doing = fmt::format("get the newest schema of subject '{}'", subject);
    MESSINA_TRY(const Answer answer,
                ask(fmt::format("/subjects/{}/versions/latest", http_.escape(subject)), nullptr,
                    doing));
    return parse(answer, doing);
}

Result<uint32_t> RegistryClient::id_of(const std::string& subject, const avro::Schema& schema) {
    Buffer body;
    body.append(R"({"schema":)");
    append_json_string(body, schema.to_json());
    body.append("}");
    const std::string text(body.view());
    const std::string suffix = options_.normalizes ? "?normalize=true" : "";
    const std::string path = fmt::format("/subjects/{}", http_.escape(subject));
    if (options_.registers) {
        MESSINA_TRY(const Answer answer,
                    ask(path + "/versions" + suffix, &text,
                        fmt::format("register a schema under '{}'", subject)));
        return answer.id;
    }
    Result<Answer> answer =
        ask(path + suffix, &text, fmt::format("look a schema up under '{}'", subject));
    if (answer) return answer->id;
    Error error = std::move(answer.error());
    if (error.code == "registry.not_found") {
        error.error_class = ErrorClass::Misconfigured;
        error.hint = "register the schema, or allow it by `register: true`";
    }
    return fail(std::move(error));
}

std::string subject_name(SubjectStrategy strategy, const std::string& topic, bool is_key,
                         const std::string& record) {
    switch (strategy) {
        case SubjectStrategy::TopicName: return topic + (is_key ? "-key" : "-value");
        case SubjectStrategy::RecordName: return record;
        case SubjectStrategy::TopicRecordName: return topic + "-" + record;
    }
    return topic;
}

}  // namespace messina::codec::registry
