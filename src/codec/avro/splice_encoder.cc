#include "codec/avro/splice_encoder.h"

namespace messina::codec::avro {

SpliceEncoder::SpliceEncoder(AvroOutput output, OutputPlan plan)
    : output_(std::move(output)),
      plan_(std::move(plan)),
      writer_(output_.write),
      reader_(output_.input.limits) {}

Result<void> SpliceEncoder::derive_known() {
    if (output_.edit_types.size() != plan_.edits.size())
        return fail(ErrorClass::Misconfigured, "avro.edit",
                    "the types of the edited fields are not known",
                    "give an output schema of your own");
    if (output_.framing == Framing::Confluent && output_.ids == nullptr)
        return fail(ErrorClass::Misconfigured, "avro.no_ids",
                    "derived schemas need ids, but nothing gives them",
                    "name a schema registry or a directory for the output");
    if (output_.input.framing == Framing::Confluent) return {};
    const SchemaRef& schema = output_.input.schema;
    MESSINA_TRY_VOID(route_of(output_.input.framing == Framing::None ? 0 : schema->fingerprint()));
    return {};
}

Result<const SpliceEncoder::Route*> SpliceEncoder::route_of(uint64_t input_id) {
    if (last_ != nullptr && input_id == last_id_) [[likely]]
        return last_;
    auto& route = routes_[input_id];
    if (route == nullptr) {
        auto made = std::make_unique<Route>();
        MESSINA_TRY(const SchemaRef writer, writer_of_input(output_.input, input_id));
        const SchemaRef& reader = output_.input.reader;
        MESSINA_TRY(made->shapes, make_shapes(writer, reader));
        std::vector<SchemaEdit> edits;
        for (size_t i = 0; i < plan_.edits.size(); ++i)
            edits.push_back({plan_.edits[i].path, output_.edit_types[i]});
        MESSINA_TRY(made->derived, derive(reader == nullptr ? *writer : *reader, edits));
        made->derived.can_splice &= made->shapes->is_plain();
        made->id = made->derived.schema->fingerprint();
        if (output_.framing == Framing::Confluent) {
            MESSINA_TRY(made->id, output_.ids->id_of(*made->derived.schema));
        }
        route = std::move(made);
    }
    last_id_ = input_id;
    last_ = route.get();
    return last_;
}

Result<void> SpliceEncoder::prepare(const Batch& batch, std::span<const RowIndex> rows) {
    if (output_.framing != Framing::Confluent) return {};
    for (const RowIndex row : rows) {
        const Record& record = batch.record_of(row);
        const bool is_key = output_.input.part == RecordPart::Key;
        Framed framed;
        if (!take_framing(output_.input.framing, is_key ? record.key : record.raw, framed) ||
            (last_ != nullptr && framed.schema == last_id_))
            continue;
        const Result<const Route*> route = route_of(framed.schema);
        // What is wrong for good is said of each row by encode().
        if (!route && route.error().error_class == ErrorClass::Transient)
            return fail(route.error());
    }
    return {};
}

void SpliceEncoder::encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                           std::vector<size_t>& ends) {
    for (const RowIndex row : rows) {
        const size_t begin = out.size();
        if (!encode_row(batch, row, out)) [[unlikely]] {
            out.truncate(begin);
            batch.fail_row(row, "encode", std::move(error_));
        }
        ends.push_back(out.size());
    }
}

bool SpliceEncoder::encode_row(Batch& batch, RowIndex row, Buffer& out) {
    const Record& record = batch.record_of(row);
    const AvroInput& input = output_.input;
    const std::string_view raw = input.part == RecordPart::Key ? record.key : record.raw;
    Framed framed;
    if (!take_framing(input.framing, raw, framed)) {
        error_ = no_header(input.framing, raw);
        return false;
    }
    const Route* route = framed.schema == last_id_ ? last_ : nullptr;
    if (route == nullptr) {
        auto found = route_of(framed.schema);
        if (!found) {
            error_ = std::move(found).error();
            return false;
        }
        route = *found;
    }
    append_framing(out, output_.framing, route->id);
    const size_t begin = out.size();
    if (route->derived.can_splice) {
        const Outcome outcome = splice(*route, batch, row, raw, framed.datum, batch.arena, out);
        if (outcome != Outcome::NoPlace) return outcome == Outcome::Done;
        out.truncate(begin);
    }
    return encode_anew(*route, batch, row, framed.datum, out);
}

SpliceEncoder::Outcome SpliceEncoder::splice(const Route& route, const Batch& batch, RowIndex row,
                                             std::string_view raw, std::string_view datum,
                                             Arena& arena, Buffer& out) {
    const Site* sites = batch.sites(row);
    const Value* slots = batch.slots(row);
    size_t copied = raw.size() - datum.size();
    for (const Placement& placement : route.derived.placements) {
        const Site& site = sites[plan_.edits[placement.edits[0]].site];
        if (static_cast<SiteState>(site.flags) == SiteState::Missing) {
            if (placement.is_removal) continue;
            return Outcome::NoPlace;
        }
        out.append(raw.substr(copied, site.begin - copied));
        copied = site.end;
        if (!placement.is_removal && !write_place(route, placement, slots, arena, out)) {
            error_ = writer_.take_error(to_text(plan_.edits[placement.edits[0]].path));
            return Outcome::Failed;
        }
    }
    out.append(raw.substr(copied));
    return Outcome::Done;
}

bool SpliceEncoder::write_place(const Route& route, const Placement& placement, const Value* slots,
                                Arena& arena, Buffer& out) {
    const Edit& first = plan_.edits[placement.edits[0]];
    Value value;
    if (first.path.size() == placement.depth) {
        value = slots[first.slot];
    } else {
        for (const size_t number : placement.edits) {
            const Edit& edit = plan_.edits[number];
            value = with_replaced(value, edit.path, placement.depth, slots[edit.slot], arena);
        }
    }
    return writer_.write_field(*route.derived.schema, placement.record, placement.field, value,
                               out);
}

bool SpliceEncoder::encode_anew(const Route& route, Batch& batch, RowIndex row,
                                std::string_view datum, Buffer& out) {
    reader_.start(*route.shapes, batch.arena, datum);
    Value root;
    if (!reader_.read(route.shapes->root(), root)) {
        error_ = reader_.take_error("");
        return false;
    }
    const Value* slots = batch.slots(row);
    for (size_t i = 0; i < plan_.edits.size(); ++i) {
        const Edit& edit = plan_.edits[i];
        const Value value = output_.edit_types[i] == nullptr ? Value() : slots[edit.slot];
        root = with_replaced(root, edit.path, 0, value, batch.arena);
    }
    const Schema& schema = *route.derived.schema;
    if (writer_.write(schema, schema.root(), root, out)) return true;
    error_ = writer_.take_error();
    return false;
}

}  // namespace messina::codec::avro
