// Confluent's schema registry REST API: schemas by id, with their references, and ids for schemas.
//
// Threads: one at a time, but for stop(); every call waits for its answers. Source: the registry's
// API reference (schemas, subjects).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/error.h"
#include "codec/avro/schema.h"
#include "codec/registry/answer.h"
#include "codec/registry/http.h"

namespace messina::codec::registry {

struct RegistryOptions {
    /// Tried in turn; the one that answered last comes first. Credentials in one (user:password@)
    /// are used for all when `http` has none, and are never shown.
    std::vector<std::string> urls;
    HttpOptions http = {};
    /// Whether a schema that the subject does not have is registered.
    bool registers = true;
    /// Whether the registry may put a schema into its normal form before comparing.
    bool normalizes = false;
    /// How long an answer is kept that is an error (Schemas).
    Nanos errors_kept = std::chrono::seconds(10);
    /// Between tries while no registry answers (Schemas).
    BackoffOptions pauses{std::chrono::milliseconds(50), std::chrono::seconds(2)};
};

struct RegisteredSchema {
    uint32_t id = 0;
    avro::SchemaRef schema;
};

class RegistryClient {
  public:
    explicit RegistryClient(RegistryOptions options);

    /// An id that the registry does not know is Poison, avro.unknown_schema_id; a schema that is
    /// not Avro or not valid is Poison too. For the rest see read_answer().
    Result<avro::SchemaRef> schema(uint32_t id);
    /// Registers under `subject` what is not there, if it may. What may not be registered, or is
    /// not compatible, is Misconfigured.
    Result<uint32_t> id_of(const std::string& subject, const avro::Schema& schema);
    /// The newest of a subject, which must exist.
    Result<RegisteredSchema> latest(const std::string& subject);
    /// Ends the exchange under way, and all later ones, as Transient. Any thread.
    void stop() { http_.stop(); }

  private:
    Result<Answer> ask(const std::string& path, const std::string* body, Wanted wanted,
                       std::string_view doing);
    Result<void> collect(const std::vector<Reference>& references, size_t depth,
                         std::vector<std::string>& definitions, std::vector<std::string>& seen);
    Result<avro::SchemaRef> parse(const Answer& answer, std::string_view doing);

    RegistryOptions options_;
    HttpClient http_;
    size_t first_ = 0;  // of urls
};

/// Names of subjects, for what `topic` and record are called. Misconfigured when the record's name
/// is needed and `schema` is none.
enum class SubjectStrategy : uint8_t { TopicName, RecordName, TopicRecordName };
Result<std::string> subject_name(SubjectStrategy strategy, const std::string& topic, bool is_key,
                                 const avro::Schema& schema);

}  // namespace messina::codec::registry
