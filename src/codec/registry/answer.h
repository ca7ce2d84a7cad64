// What a registry's answers say: pure functions of status and body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace messina::codec::registry {

struct Reference {
    std::string name;
    std::string subject;
    int64_t version = 0;
};

struct Answer {
    std::string schema;
    std::string type;  // AVRO, JSON, PROTOBUF; empty: AVRO
    std::vector<Reference> references;
    uint32_t id = 0;
};

/// What an answer must have to be of use.
enum class Wanted : uint8_t { Schema, Id, SchemaAndId };

/// `doing` says for messages what was asked for. Errors, by status and the registry's own code:
///   registry.unknown_schema  Poison         40403: no such schema, by id or under the subject
///   registry.unknown_subject Misconfigured  40401, 40402: no such subject or version
///   registry.authorization   Misconfigured  401, 403
///   registry.incompatible    Misconfigured  409, with the registry's reasons
///   registry.invalid_schema  Misconfigured  400, 422
///   registry.unavailable     Transient      408, 429, 5xx
///   registry.not_a_registry  Misconfigured  any other status
///   registry.bad_answer      Transient      200 without what was wanted
Result<Answer> read_answer(long status, std::string_view body, Wanted wanted,
                           std::string_view doing);

}  // namespace messina::codec::registry
