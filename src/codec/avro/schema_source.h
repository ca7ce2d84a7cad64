// Where schemas come from when records name them by number, and where numbers come from when
// records are written. A directory of `<id>.avsc` files implements both; a registry client can.
//
// Implementations cache; a schema never changes under its id. Each belongs to one thread, unless it
// says otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "codec/avro/schema.h"

namespace messina::codec::avro {

class SchemaSource {
  public:
    virtual ~SchemaSource() = default;
    /// The schema of an id. An id that nobody knows is Poison, avro.unknown_schema_id: the record
    /// that names it can be set aside; a source that cannot be reached is Transient.
    virtual Result<SchemaRef> schema(uint32_t id) = 0;
    /// Whether schema() answers without waiting. False: it is being fetched, and `ready` is called
    /// once, on any thread, when the answer is there.
    virtual bool request(uint32_t /*id*/, const std::function<void()>& /*ready*/) { return true; }
};

class SchemaIds {
  public:
    virtual ~SchemaIds() = default;
    /// The id under which others find this schema; registers it when it is new.
    virtual Result<uint32_t> id_of(const Schema& schema) = 0;
};

Error unknown_schema_id(uint32_t id, std::string hint);

/// `<id>.avsc` files in one directory. New schemas are written under the next free id.
class SchemaDirectory final : public SchemaSource, public SchemaIds {
  public:
    explicit SchemaDirectory(std::string path) : path_(std::move(path)) {}
    Result<SchemaRef> schema(uint32_t id) override;
    Result<uint32_t> id_of(const Schema& schema) override;

  private:
    Result<void> load_all();
    [[nodiscard]] std::string file_of(uint32_t id) const;

    std::string path_;
    std::unordered_map<uint32_t, SchemaRef> known_;
};

}  // namespace messina::codec::avro
