// Confluent's schema registry REST API: schemas by id, with their references, and ids for schemas.
//
// Threads: one at a time; every call waits for its answers. Source: the registry's API reference
// (schemas, subjects; error codes 40401 to 40403, 42201).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "codec/avro/schema.h"
#include "codec/registry/http.h"

namespace messina::codec::registry {

struct RegistryOptions {
    /// Tried in turn; the one that answered last comes first.
    std::vector<std::string> urls;
    HttpOptions http = {};
    /// Whether a schema that the subject does not have is registered.
    bool registers = true;
    /// Whether the registry may put a schema into its normal form before comparing.
    bool normalizes = false;
};

class RegistryClient {
  public:
    explicit RegistryClient(RegistryOptions options);

    /// An id that the registry does not know is Poison, avro.unknown_schema_id; a registry that
    /// does not answer, or not well, is Transient; refused credentials are Misconfigured.
    Result<avro::SchemaRef> schema(uint32_t id);
    /// Registers under `subject` what is not there. An incompatible schema is Misconfigured, with
    /// the registry's reasons.
    Result<uint32_t> id_of(const std::string& subject, const avro::Schema& schema);
    /// The newest of a subject.
    Result<avro::SchemaRef> latest(const std::string& subject);

  private:
    struct Reference {
        std::string name;
        std::string subject;
        int64_t version = 0;
    };
    struct Answer {
        std::string schema;
        std::string type;  // AVRO, JSON, PROTOBUF
        std::vector<Reference> references;
        uint32_t id = 0;
    };
    Result<Answer> ask(const std::string& path, const std::string* body, std::string_view doing);
    Result<Answer> read(const HttpAnswer& answer, std::string_view doing) const;
    Result<void> collect(const std::vector<Reference>& references, size_t depth,
                         std::vector<std::string>& definitions, std::vector<std::string>& seen);
    Result<avro::SchemaRef> parse(const Answer& answer, std::string_view doing);

    RegistryOptions options_;
    HttpClient http_;
    size_t first_ = 0;  // of urls
};

/// Names of subjects, for what `topic` and record are called.
enum class SubjectStrategy : uint8_t { TopicName, RecordName, TopicRecordName };
std::string subject_name(SubjectStrategy strategy, const std::string& topic, bool is_key,
                         const std::string& record);

}  // namespace messina::codec::registry
