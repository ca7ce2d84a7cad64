// Avro as a source of slots: the Decoder of codec/codec.h.
//
// Each writer's schema gets its own compiled program (program.h) the first time a record names it.
// Strings and bytes point into the raw record. What is checked: everything that is read; of what is
// passed over, lengths, counts and branch numbers. With Extent::Wanted the bytes behind the last
// wanted field are not looked at; with edit sites, with the root wanted, or with Extent::Whole they
// are passed over, and bytes behind the datum refused. Text that is passed over is not checked for
// UTF-8.
#pragma once

#include <memory>
#include <unordered_map>

#include "codec/avro/framing.h"
#include "codec/avro/program.h"
#include "codec/avro/schema_source.h"
#include "codec/codec.h"

namespace messina::codec::avro {

enum class RecordPart : uint8_t { Value, Key };

/// How the bytes of a record are to be understood; decoder and splicing encoder share it.
struct AvroInput {
    Framing framing = Framing::None;
    /// The writer's schema: needed without framing, and with SingleObject; with Confluent unused.
    SchemaRef schema;
    /// Schemas by id, for Confluent; outlives the codec and belongs to the same thread.
    SchemaSource* source = nullptr;
    /// When given, values are those of this schema, resolved by the rules of the specification.
    SchemaRef reader;
    RecordPart part = RecordPart::Value;
    ReadLimits limits = {};
    Extent extent = Extent::Wanted;
};

/// Whether the options fit together: a schema or a source where one is needed (Misconfigured).
Result<void> check_input(const AvroInput& input);

/// The compiled programs of one projection, one for each writer's schema.
class Programs {
  public:
    Programs(AvroInput input, Projection projection)
        : input_(std::move(input)), projection_(std::move(projection)) {}

    /// The program for a record: by its header. `framed` gets the datum. Null: see `error`.
    Program* find(std::string_view bytes, Framed& framed, Error& error);
    /// Whether find() needs to wait for no schema; see SchemaSource::request().
    bool is_ready(std::string_view bytes, const std::function<void()>& ready);
    [[nodiscard]] const AvroInput& input() const { return input_; }
    /// Compiles the one schema that is known beforehand, to report what is wrong with it early.
    Result<void> prepare();

  private:
    Result<Program*> compile(uint64_t id);

    AvroInput input_;
    Projection projection_;
    std::unordered_map<uint64_t, std::unique_ptr<Program>> programs_;
    uint64_t last_id_ = 0;
    Program* last_ = nullptr;
};

/// The schema that a record's header names, by what Framed::schema says.
Result<SchemaRef> writer_of_input(const AvroInput& input, uint64_t id);

/// The writer's schema alone, or resolved against the reader's where the two differ.
Result<ShapesRef> make_shapes(const SchemaRef& writer, const SchemaRef& reader);

/// Fails (Misconfigured) when the options contradict each other or the reader's schema cannot read
/// the writer's.
Result<std::unique_ptr<Decoder>> make_avro_decoder(AvroInput input, const Projection& projection);

}  // namespace messina::codec::avro
