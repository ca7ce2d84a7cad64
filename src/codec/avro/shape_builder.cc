#include "codec/avro/shape_builder.h"

#include <algorithm>
#include <array>

#include "codec/avro/calendar.h"

namespace messina::codec::avro {
namespace {

constexpr ShapeIndex kNoShape = UINT32_MAX;

int64_t precision_of(Logical logical) {
    switch (logical) {
        case Logical::TimeMillis:
        case Logical::TimestampMillis:
        case Logical::LocalTimestampMillis: return static_cast<int64_t>(Precision::Millis);
        case Logical::TimeMicros:
        case Logical::TimestampMicros:
        case Logical::LocalTimestampMicros: return static_cast<int64_t>(Precision::Micros);
        case Logical::TimestampNanos:
        case Logical::LocalTimestampNanos: return static_cast<int64_t>(Precision::Nanos);
        default: return 0;
    }
}

}  // namespace

ShapeBuilder::ShapeBuilder(SchemaRef writer, SchemaRef reader)
    : shapes_(std::make_shared<Shapes>()), writer_(*writer), reader_(*reader) {
    shapes_->of_node_.assign(writer_.node_count(), kNoShape);
    shapes_->writer_ = std::move(writer);
    shapes_->reader_ = std::move(reader);
}

Result<std::shared_ptr<const Shapes>> Shapes::plain(const SchemaRef& writer) {
    return ShapeBuilder(writer, writer).plain();
}

Result<std::shared_ptr<const Shapes>> ShapeBuilder::plain() {
    shapes_->root_ = plain(writer_.root());
    measure(shapes_->root_);
    return shapes_;
}

ShapeIndex ShapeBuilder::add(const Shape& shape) {
    shapes_->shapes_.push_back(shape);
    return static_cast<ShapeIndex>(shapes_->shapes_.size() - 1);
}

Form ShapeBuilder::form_of(const Node& node) {
    switch (node.logical) {
        case Logical::None: return node.kind == SchemaKind::String ? Form::Text : Form::Same;
        case Logical::Decimal: return Form::Decimal;
        case Logical::Uuid: return node.kind == SchemaKind::String ? Form::Text : Form::UuidText;
        case Logical::Date: return Form::Date;
        case Logical::TimeMillis:
        case Logical::TimeMicros: return Form::TimeText;
        case Logical::TimestampMillis:
        case Logical::TimestampMicros:
        case Logical::TimestampNanos: return Form::Timestamp;
        case Logical::LocalTimestampMillis:
        case Logical::LocalTimestampMicros:
        case Logical::LocalTimestampNanos: return Form::LocalText;
        case Logical::Duration: return Form::Duration;
    }
    return Form::Same;
}

Shape ShapeBuilder::leaf(const Node& node) {
    constexpr std::array<Wire, 14> wires = {
        Wire::Nothing, Wire::Boolean,  Wire::Int,      Wire::Long,   Wire::Float,
        Wire::Double,  Wire::Prefixed, Wire::Prefixed, Wire::Record, Wire::Enum,
        Wire::Array,   Wire::Map,      Wire::Union,    Wire::Fixed};
    Shape shape;
    shape.wire = wires[static_cast<size_t>(node.kind)];
    shape.form = form_of(node);
    shape.scale = node.scale;
    shape.precision = precision_of(node.logical);
    shape.fixed_bytes = node.fixed_size;
    return shape;
}

void ShapeBuilder::add_symbols(const Node& node, Shape& shape) {
    shape.first = static_cast<uint32_t>(shapes_->symbols_.size());
    shape.count = static_cast<uint32_t>(node.symbols.size());
    for (const std::string& symbol : node.symbols)
        shapes_->symbols_.push_back(Value::string(symbol));
}

ShapeIndex ShapeBuilder::plain(NodeIndex index) {
    if (shapes_->of_node_[index] != kNoShape) return shapes_->of_node_[index];
    const Node& node = writer_.node(index);
    Shape shape = leaf(node);
    // Known before its parts are made: they may lead back to it.
    const ShapeIndex made = add(shape);
    shapes_->of_node_[index] = made;
    if (node.kind == SchemaKind::Enum) {
        add_symbols(node, shape);
    } else if (node.kind == SchemaKind::Array || node.kind == SchemaKind::Map) {
        shape.first = plain(node.item);
    } else if (node.kind == SchemaKind::Union) {
        std::vector<ShapeIndex> branches;
        for (const NodeIndex branch : node.branches) branches.push_back(plain(branch));
        shape.first = static_cast<uint32_t>(shapes_->branches_.size());
        shape.count = static_cast<uint32_t>(branches.size());
        shapes_->branches_.insert(shapes_->branches_.end(), branches.begin(), branches.end());
    } else if (node.kind == SchemaKind::Record) {
        fill_record(node, shape);
    }
    shapes_->shapes_[made] = shape;
    return made;
}

void ShapeBuilder::fill_record(const Node& node, Shape& shape) {
    std::vector<RecordStep> steps;
    for (const Field& field : node.fields)
        steps.push_back({plain(field.node), static_cast<uint32_t>(steps.size())});
    MapEntry* entries = shapes_->arena_.make_array<MapEntry>(node.fields.size());
    for (size_t i = 0; i < node.fields.size(); ++i)
        entries[i].key = Value::string(node.fields[i].name);
    shape.first = static_cast<uint32_t>(shapes_->steps_.size());
    shape.count = shape.entry_count = static_cast<uint32_t>(steps.size());
    shape.entries = entries;
    shapes_->steps_.insert(shapes_->steps_.end(), steps.begin(), steps.end());
    for (const Field& field : node.fields) shapes_->step_names_.emplace_back(field.name);
}

void ShapeBuilder::measure(ShapeIndex index) {
    progress_.resize(shapes_->shapes_.size());
    if (progress_[index] != Progress::Untouched) return;
    progress_[index] = Progress::Open;
    Shape& shape = shapes_->shapes_[index];
    const auto has_size = [&shape](uint32_t bytes) {
        shape.is_fixed_size = true;
        shape.min_bytes = shape.fixed_bytes = bytes;
    };
    switch (shape.wire) {
        case Wire::Nothing: has_size(0); break;
        case Wire::Boolean: has_size(1); break;
        case Wire::Float: has_size(4); break;
        case Wire::Double: has_size(8); break;
        case Wire::Fixed: has_size(shape.fixed_bytes); break;
        case Wire::Int:
        case Wire::Long:
        case Wire::Prefixed:
        case Wire::Enum: shape.min_bytes = 1; break;
        case Wire::Array:
        case Wire::Map:
            shape.min_bytes = 1;
            measure(shape.first);
            break;
        case Wire::Union:
            shape.min_bytes = 1;
            for (uint32_t i = 0; i < shape.count; ++i) measure(shapes_->branch(shape, i));
            break;
        case Wire::Record: measure_record(shape); break;
        case Wire::Refused: break;
    }
    progress_[index] = Progress::Done;
}

void ShapeBuilder::measure_record(Shape& shape) {
    bool is_fixed_size = true;
    uint64_t bytes = 0;
    std::vector<SkipStep> skips;
    for (uint32_t i = 0; i < shape.count; ++i) {
        const ShapeIndex step = shapes_->steps(shape)[i].shape;
        measure(step);
        const Shape& field = (*shapes_)[step];
        is_fixed_size &= field.is_fixed_size;
        bytes += field.min_bytes;
        shapes_->append_skip(skips, step);
    }
    shape.min_bytes = static_cast<uint32_t>(std::min<uint64_t>(bytes, INT32_MAX));
    shape.is_fixed_size = is_fixed_size && bytes <= INT32_MAX;
    shape.fixed_bytes = shape.min_bytes;
    shape.first_skip = static_cast<uint32_t>(shapes_->skips_.size());
    shape.skip_count = static_cast<uint32_t>(skips.size());
    shapes_->skips_.insert(shapes_->skips_.end(), skips.begin(), skips.end());
}

void Shapes::append_skip(std::vector<SkipStep>& steps, ShapeIndex index) const {
    // Small records are taken apart in place; a large one, or one still being made, is walked.
    constexpr uint32_t inlined_max = 8;
    const Shape& shape = shapes_[index];
    const auto append = [&steps](SkipStep::What what, uint32_t count) {
        if (!steps.empty() && steps.back().what == what && what != SkipStep::What::Shape &&
            count <= INT32_MAX - steps.back().count) {
            steps.back().count += count;
        } else {
            steps.push_back({what, count});
        }
    };
    if (shape.is_fixed_size) {
        if (shape.fixed_bytes > 0) append(SkipStep::What::Bytes, shape.fixed_bytes);
    } else if (shape.wire == Wire::Int || shape.wire == Wire::Long) {
        append(SkipStep::What::Varints, 1);
    } else if (shape.wire == Wire::Prefixed) {
        append(SkipStep::What::Prefixed, 1);
    } else if (shape.wire == Wire::Record && shape.skip_count > 0 &&
               shape.skip_count <= inlined_max) {
        for (uint32_t i = 0; i < shape.skip_count; ++i) {
            // By number: appending may move the list that is read.
            const SkipStep step = skips_[shape.first_skip + i];
            append(step.what, step.count);
        }
    } else {
        append(SkipStep::What::Shape, index);
    }
}

}  // namespace messina::codec::avro
