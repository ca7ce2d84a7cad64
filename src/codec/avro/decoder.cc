#include "codec/avro/decoder.h"

#include <algorithm>

#include <fmt/format.h>

namespace messina::codec::avro {
namespace {

class AvroDecoder final : public Decoder {
  public:
    AvroDecoder(AvroInput input, const Projection& projection)
        : reader_(input.limits), programs_(std::move(input), projection) {
        for (const ProjectionField& field : projection.fields)
            if (field.path.empty() && field.slot != kNoSlot) root_slot_ = field.slot;
    }

    Result<void> prepare() { return programs_.prepare(); }

    bool is_ready(const Batch& batch, const std::function<void()>& ready) override {
        if (programs_.input().framing != Framing::Confluent) return true;
        const bool is_key = programs_.input().part == RecordPart::Key;
        return std::ranges::all_of(batch.live(), [&](RowIndex row) {
            const Record& record = batch.record_of(row);
            return programs_.is_ready(is_key ? record.key : record.raw, ready);
        });
    }

    void decode(Batch& batch) override {
        kept_.clear();
        for (const RowIndex row : batch.live()) {
            const Record& record = batch.record_of(row);
            const bool is_key = programs_.input().part == RecordPart::Key;
            if (is_key ? !record.has_key : record.is_tombstone) {
                if (root_slot_ != kNoSlot) batch.slots(row)[root_slot_] = Value::null();
                continue;
            }
            const std::string_view bytes = is_key ? record.key : record.raw;
            Framed framed;
            Program* program = programs_.find(bytes, framed, error_);
            if (program == nullptr) [[unlikely]] {
                batch.fail_row(row, "decode", std::move(error_));
                continue;
            }
            keep_alive(batch, *program);
            if (!program->run(reader_, batch.arena, framed.datum, bytes.data(), batch.slots(row),
                              batch.sites(row))) [[unlikely]]
                batch.fail_row(row, "decode", reader_.take_error(program->place()));
        }
        batch.remove_failed();
    }

  private:
    /// Names, symbols and defaults in the slots live in the program's shapes.
    void keep_alive(Batch& batch, const Program& program) {
        if (!kept_.empty() && kept_.back() == &program) [[likely]]
            return;
        const auto known = std::ranges::find(kept_, &program);
        if (known == kept_.end()) {
            batch.chunks.push_back(program.shapes());
            kept_.push_back(&program);
        } else {
            std::iter_swap(known, kept_.end() - 1);
        }
    }

    DatumReader reader_;
    Programs programs_;
    std::vector<const Program*> kept_;  // by the batch
    SlotIndex root_slot_ = kNoSlot;
    Error error_;
};

}  // namespace

Result<void> check_input(const AvroInput& input) {
    if (input.framing == Framing::Confluent && input.source == nullptr)
        return fail(ErrorClass::Misconfigured, "avro.no_source",
                    "records name their schema by id, but there is no source of schemas",
                    "name a schema registry or a directory of <id>.avsc files");
    if (input.framing != Framing::Confluent && input.schema == nullptr)
        return fail(ErrorClass::Misconfigured, "avro.no_schema",
                    "the records do not name their schema and none is configured",
                    "configure the schema they were written with");
    return {};
}

Result<ShapesRef> make_shapes(const SchemaRef& writer, const SchemaRef& reader) {
    if (reader == nullptr || reader->reads_like(*writer)) return Shapes::plain(writer);
    return Shapes::resolved(writer, reader);
}

Program* Programs::find(std::string_view bytes, Framed& framed, Error& error) {
    if (!take_framing(input_.framing, bytes, framed)) [[unlikely]] {
        error = no_header(input_.framing, bytes);
        return nullptr;
    }
    if (last_ != nullptr && framed.schema == last_id_) [[likely]]
        return last_;
    auto found = compile(framed.schema);
    if (!found) {
        error = std::move(found).error();
        return nullptr;
    }
    last_id_ = framed.schema;
    last_ = *found;
    return last_;
}

bool Programs::is_ready(std::string_view bytes, const std::function<void()>& ready) {
    Framed framed;
    if (!take_framing(input_.framing, bytes, framed)) return true;  // find() says what is wrong
    if ((last_ != nullptr && framed.schema == last_id_) || programs_.contains(framed.schema))
        return true;
    return input_.source->request(static_cast<uint32_t>(framed.schema), ready);
}

Result<SchemaRef> writer_of_input(const AvroInput& input, uint64_t id) {
    if (input.framing == Framing::Confluent) return input.source->schema(static_cast<uint32_t>(id));
    if (input.framing == Framing::SingleObject && id != input.schema->fingerprint())
        return fail(ErrorClass::Poison, "avro.unknown_fingerprint",
                    fmt::format("the record names schema {:016x}; the configured one is {:016x}",
                                id, input.schema->fingerprint()),
                    "configure the schema that the record was written with");
    return input.schema;
}

Result<Program*> Programs::compile(uint64_t id) {
    if (const auto known = programs_.find(id); known != programs_.end()) return known->second.get();
    MESSINA_TRY(const SchemaRef writer, writer_of_input(input_, id));
    MESSINA_TRY(ShapesRef shapes, make_shapes(writer, input_.reader));
    auto program =
        std::make_unique<Program>(Program::compile(std::move(shapes), projection_, input_.extent));
    return programs_.emplace(id, std::move(program)).first->second.get();
}

Result<void> Programs::prepare() {
    if (input_.framing == Framing::Confluent) return {};
    const uint64_t id = input_.framing == Framing::None ? 0 : input_.schema->fingerprint();
    MESSINA_TRY_VOID(compile(id));
    return {};
}

Result<std::unique_ptr<Decoder>> make_avro_decoder(AvroInput input, const Projection& projection) {
    MESSINA_TRY_VOID(check_input(input));
    auto decoder = std::make_unique<AvroDecoder>(std::move(input), projection);
    MESSINA_TRY_VOID(decoder->prepare());
    return decoder;
}

}  // namespace messina::codec::avro
