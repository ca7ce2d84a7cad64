// Writes values as datums of a schema.
//
// A value must have the kind that the decoder would give for its type (decoder.h), with these
// liberties: an Int serves float, double and decimal where that is exact, a Double serves float by
// rounding and decimal by its shortest text, a Decimal serves decimal and, as its text, string; a
// Duration serves string ("1.5s"). A missing field takes its default, else null where null is
// allowed. A union takes the branch that fits best (by kind; of records the one whose fields
// agree), the first of equals.
//
// Belongs to one thread.
#pragma once

#include <string>

#include "base/buffer.h"
#include "codec/avro/fault.h"
#include "codec/avro/schema.h"
#include "data/value.h"

namespace messina::codec::avro {

enum class UnknownFields : uint8_t { Refuse, Ignore };
/// What to do with a time that is finer than the schema's unit.
enum class FinerTime : uint8_t { Refuse, RoundDown };

struct WriteOptions {
    UnknownFields unknown_fields = UnknownFields::Refuse;
    FinerTime finer_time = FinerTime::Refuse;
    uint32_t depth_max = 128;
};

class DatumWriter {
  public:
    explicit DatumWriter(const WriteOptions& options) : options_(options) {}

    /// Appends `value` under schema.node(node). On false the bytes appended so far are rubbish: cut
    /// them off; see take_error().
    bool write(const Schema& schema, NodeIndex node, const Value& value, Buffer& out);
    /// The same of one field of a record; Absent takes the field's default, as in a whole record.
    bool write_field(const Schema& schema, NodeIndex record, size_t field, const Value& value,
                     Buffer& out);
    /// The error of the failed write, its path put below `prefix`; clears it.
    Error take_error(const std::string& prefix = {});

  private:
    bool write(NodeIndex index, const Value& value);
    bool write_integer(const Node& node, const Value& value);
    bool write_floating(const Node& node, const Value& value);
    bool write_text(const Node& node, const Value& value);
    bool write_bytes(const Node& node, const Value& value);
    bool write_fixed(const Node& node, const Value& value);
    bool write_decimal(const Node& node, const Value& value);
    bool write_duration(const Node& node, const Value& value);
    bool write_enum(const Node& node, const Value& value);
    bool write_array(const Node& node, const Value& value);
    bool write_map(const Node& node, const Value& value);
    bool write_record(const Node& node, const Value& value);
    bool write_missing(const Field& field);
    bool write_union(const Node& node, const Value& value);
    bool refuse_unknown(const Node& node, std::span<const MapEntry> entries);

    bool set_fault(Fault fault, const Node& node, const Value& value);
    void add_step(std::string_view name);

    WriteOptions options_;
    const Schema* schema_ = nullptr;
    Buffer* out_ = nullptr;
    uint32_t depth_ = 0;
    Fault fault_ = Fault::None;
    std::string detail_;
    std::string path_;
};

}  // namespace messina::codec::avro
