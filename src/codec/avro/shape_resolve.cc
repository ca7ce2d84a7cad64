// Schema resolution: the writer's bytes as values of the reader's schema, by the rules of the
// specification. Where it leaves room: the writer's unit of a time counts, so that an instant stays
// the same instant; decimals of different scales do not match, for they would be other numbers; of
// a reader's union the same type comes before one that the writer's could be promoted to.
#include <algorithm>

#include <fmt/format.h>

#include "codec/avro/datum_reader.h"
#include "codec/avro/shape_builder.h"

namespace messina::codec::avro {
namespace {

constexpr size_t kShapesMax = 1'000'000;

std::string_view short_name(std::string_view name) {
    const size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool names_match(const Node& writer, const Node& reader) {
    return short_name(writer.name) == short_name(reader.name) ||
           std::ranges::find(reader.aliases, writer.name) != reader.aliases.end();
}

bool is_integer(SchemaKind kind) {
    return kind == SchemaKind::Int || kind == SchemaKind::Long;
}
bool is_floating(SchemaKind kind) {
    return kind == SchemaKind::Float || kind == SchemaKind::Double;
}
bool is_text_or_bytes(SchemaKind kind) {
    return kind == SchemaKind::String || kind == SchemaKind::Bytes;
}

/// Whether a value of one primitive type may be read as another.
bool is_promotable(SchemaKind writer, SchemaKind reader) {
    if (is_text_or_bytes(writer)) return is_text_or_bytes(reader);
    if (writer == SchemaKind::Double) return reader == SchemaKind::Double;
    if (writer == SchemaKind::Float) return is_floating(reader);
    if (is_integer(writer)) return is_floating(reader) || (is_integer(reader) && writer <= reader);
    return writer == reader;
}

}  // namespace

Result<std::shared_ptr<const Shapes>> Shapes::resolved(SchemaRef writer, SchemaRef reader) {
    return ShapeBuilder(std::move(writer), std::move(reader)).resolved();
}

Result<std::shared_ptr<const Shapes>> ShapeBuilder::resolved() {
    shapes_->is_plain_ = false;
    MESSINA_TRY(shapes_->root_, resolve(writer_.root(), reader_.root()));
    measure(shapes_->root_);
    return shapes_;
}

std::unexpected<Error> ShapeBuilder::incompatible(NodeIndex writer, NodeIndex reader,
                                                  std::string_view why) const {
    const std::string place = place_.empty() ? "the record" : fmt::format("'{}'", place_);
    return fail(ErrorClass::Misconfigured, "avro.incompatible",
                fmt::format("{}: the writer's {} cannot be read as the reader's {}{}{}", place,
                            writer_.describe(writer), reader_.describe(reader),
                            why.empty() ? "" : ": ", why),
                "change the reader schema so that it can read what was written");
}

ShapeBuilder::Resolved ShapeBuilder::resolve(NodeIndex writer, NodeIndex reader) {
    const std::pair pair(writer, reader);
    if (const auto known = resolved_of_.find(pair); known != resolved_of_.end())
        return known->second;
    if (shapes_->shapes_.size() > kShapesMax) return incompatible(writer, reader, "too large");
    const Node& from = writer_.node(writer);
    const Node& to = reader_.node(reader);
    if (from.kind == SchemaKind::Union) return resolve_written_union(writer, reader);
    if (to.kind == SchemaKind::Union) return resolve_into_union(writer, reader);
    if (from.kind < SchemaKind::Record) return resolve_scalar(writer, reader);
    if (from.kind != to.kind) return incompatible(writer, reader, "");
    if (from.is_named() && !names_match(from, to))
        return incompatible(writer, reader, "they have different names, and no alias joins them");
    switch (from.kind) {
        case SchemaKind::Record: return resolve_record(writer, reader);
        case SchemaKind::Enum: return resolve_enum(writer, reader);
        case SchemaKind::Fixed: return resolve_scalar(writer, reader);
        default: return resolve_container(writer, reader);
    }
}

ShapeBuilder::Resolved ShapeBuilder::resolve_scalar(NodeIndex writer, NodeIndex reader) {
    const Node& from = writer_.node(writer);
    const Node& to = reader_.node(reader);
    if (!is_promotable(from.kind, to.kind)) return incompatible(writer, reader, "");
    if (from.kind == SchemaKind::Fixed && from.fixed_size != to.fixed_size)
        return incompatible(writer, reader,
                            fmt::format("{} bytes, not {}", from.fixed_size, to.fixed_size));
    const bool are_decimals = from.logical == Logical::Decimal && to.logical == Logical::Decimal;
    if (are_decimals && from.scale != to.scale)
        return incompatible(writer, reader, fmt::format("scale {}, not {}", from.scale, to.scale));
    Shape shape = leaf(from);
    const Shape wanted = leaf(to);
    shape.form = wanted.form;
    shape.scale = wanted.scale;
    if (shape.precision == 0) shape.precision = wanted.precision;
    if (is_integer(from.kind) && is_floating(to.kind))
        shape.form = to.kind == SchemaKind::Float ? Form::ToFloat : Form::ToDouble;
    return add(shape);
}

ShapeBuilder::Resolved ShapeBuilder::resolve_enum(NodeIndex writer, NodeIndex reader) {
    const Node& from = writer_.node(writer);
    const Node& to = reader_.node(reader);
    Shape shape = leaf(from);
    shape.first = static_cast<uint32_t>(shapes_->symbols_.size());
    shape.count = static_cast<uint32_t>(from.symbols.size());
    for (const std::string& symbol : from.symbols) {
        Value value;
        if (const auto at = std::ranges::find(to.symbols, symbol); at != to.symbols.end()) {
            value = Value::string(*at);
        } else if (to.enum_default >= 0) {
            value = Value::string(to.symbols[static_cast<size_t>(to.enum_default)]);
        }
        shapes_->symbols_.push_back(value);
    }
    return add(shape);
}

ShapeBuilder::Resolved ShapeBuilder::resolve_container(NodeIndex writer, NodeIndex reader) {
    Shape shape = leaf(writer_.node(writer));
    const ShapeIndex made = add(shape);
    resolved_of_[{writer, reader}] = made;
    const size_t place_size = place_.size();
    place_ += "[]";
    Resolved item = resolve(writer_.node(writer).item, reader_.node(reader).item);
    place_.resize(place_size);
    if (!item) {
        // Whoever met this pair while it was being resolved must not read with it.
        shapes_->shapes_[made].wire = Wire::Refused;
        shapes_->shapes_[made].fault = Fault::NoReaderBranch;
        resolved_of_.erase({writer, reader});
        return item;
    }
    shape.first = *item;
    shapes_->shapes_[made] = shape;
    return made;
}

ShapeBuilder::Resolved ShapeBuilder::resolve_record(NodeIndex writer, NodeIndex reader) {
    Shape shape = leaf(writer_.node(writer));
    const ShapeIndex made = add(shape);
    resolved_of_[{writer, reader}] = made;
    const Result<void> filled = resolve_fields(writer, reader, shape);
    if (!filled) {
        shapes_->shapes_[made].wire = Wire::Refused;
        shapes_->shapes_[made].fault = Fault::NoReaderBranch;
        resolved_of_.erase({writer, reader});
        return fail(filled.error());
    }
    shapes_->shapes_[made] = shape;
    return made;
}

Result<void> ShapeBuilder::resolve_fields(NodeIndex writer, NodeIndex reader, Shape& shape) {
    const std::vector<Field>& from = writer_.node(writer).fields;
    const std::vector<Field>& to = reader_.node(reader).fields;
    std::vector<uint32_t> entry_of(from.size(), RecordStep::kSkipped);
    MapEntry* entries = shapes_->arena_.make_array<MapEntry>(to.size());
    for (uint32_t i = 0; i < to.size(); ++i) {
        entries[i].key = Value::string(to[i].name);
        auto written = std::ranges::find(from, to[i].name, &Field::name);
        if (written == from.end())
            written = std::ranges::find_first_of(from, to[i].aliases, {}, &Field::name);
        if (written != from.end() &&
            entry_of[static_cast<size_t>(written - from.begin())] == RecordStep::kSkipped) {
            entry_of[static_cast<size_t>(written - from.begin())] = i;
        } else if (to[i].default_bytes) {
            MESSINA_TRY(entries[i].value, default_value(to[i]));
        } else {
            return incompatible(writer, reader,
                                fmt::format("the writer lacks field '{}' and the reader gives it "
                                            "no default",
                                            to[i].name));
        }
    }
    std::vector<RecordStep> steps;
    for (size_t i = 0; i < from.size(); ++i) {
        RecordStep step{0, entry_of[i]};
        const size_t place_size = place_.size();
        place_ += (place_.empty() ? "" : ".") + from[i].name;
        if (step.entry == RecordStep::kSkipped) {
            step.shape = plain(from[i].node);
        } else {
            MESSINA_TRY(step.shape, resolve(from[i].node, to[step.entry].node));
        }
        place_.resize(place_size);
        steps.push_back(step);
    }
    shape.first = static_cast<uint32_t>(shapes_->steps_.size());
    shape.count = static_cast<uint32_t>(steps.size());
    shape.entry_count = static_cast<uint32_t>(to.size());
    shape.entries = entries;
    shapes_->steps_.insert(shapes_->steps_.end(), steps.begin(), steps.end());
    for (const Field& field : from) shapes_->step_names_.emplace_back(field.name);
    return {};
}

Result<Value> ShapeBuilder::default_value(const Field& field) {
    if (reader_plain_ == nullptr) {
        MESSINA_TRY(reader_plain_, Shapes::plain(shapes_->reader_));
    }
    DatumReader datum({});
    datum.start(*reader_plain_, shapes_->arena_, *field.default_bytes);
    Value value;
    if (!datum.read(reader_plain_->of_node(field.node), value))
        return fail(datum.take_error(field.name));
    return value;
}

ShapeBuilder::Resolved ShapeBuilder::resolve_written_union(NodeIndex writer, NodeIndex reader) {
    const std::vector<NodeIndex>& written = writer_.node(writer).branches;
    std::vector<ShapeIndex> branches;
    std::optional<Error> first_error;
    bool any = false;
    const size_t place_size = place_.size();
    for (const NodeIndex branch : written) {
        Resolved made = resolve(branch, reader);
        place_.resize(place_size);
        if (made) {
            any = true;
            branches.push_back(*made);
            continue;
        }
        if (!first_error) first_error = std::move(made).error();
        Shape refused;
        refused.wire = Wire::Refused;
        refused.fault = Fault::NoReaderBranch;
        branches.push_back(add(refused));
    }
    if (!any) return fail(std::move(*first_error));
    Shape shape = leaf(writer_.node(writer));
    shape.first = static_cast<uint32_t>(shapes_->branches_.size());
    shape.count = static_cast<uint32_t>(branches.size());
    shapes_->branches_.insert(shapes_->branches_.end(), branches.begin(), branches.end());
    const ShapeIndex made = add(shape);
    resolved_of_[{writer, reader}] = made;
    return made;
}

ShapeBuilder::Resolved ShapeBuilder::resolve_into_union(NodeIndex writer, NodeIndex reader) {
    const size_t place_size = place_.size();
    const Node& from = writer_.node(writer);
    const auto is_same_type = [&](NodeIndex branch) {
        const Node& to = reader_.node(branch);
        return to.kind == from.kind && to.name == from.name;
    };
    // The specification asks for the first branch that matches. Like other implementations, take
    // the same type before one it could be promoted to: a union read as itself stays as it is.
    for (const bool wants_same : {true, false}) {
        for (const NodeIndex branch : reader_.node(reader).branches) {
            if (is_same_type(branch) != wants_same) continue;
            Resolved made = resolve(writer, branch);
            place_.resize(place_size);
            if (made) return made;
        }
    }
    return incompatible(writer, reader, "no branch takes it");
}

}  // namespace messina::codec::avro
