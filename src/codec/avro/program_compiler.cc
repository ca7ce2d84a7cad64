#include "codec/avro/program_compiler.h"

#include <algorithm>

namespace messina::codec::avro {

Program Program::compile(ShapesRef shapes, const Projection& projection, Extent extent) {
    return ProgramCompiler(std::move(shapes), projection).compile(extent);
}

ProgramCompiler::ProgramCompiler(ShapesRef shapes, Projection projection)
    : projection_(std::move(projection)), shapes_(*shapes) {
    program_.shapes_ = std::move(shapes);
    if (shapes_.is_plain()) return;
    // The bytes are not laid out as the reader's schema says: no place in them can be edited.
    for (ProjectionField& field : projection_.fields) field.site = kNoSite;
}

Program ProgramCompiler::compile(Extent extent) {
    Wants wants;
    for (const ProjectionField& field : projection_.fields) {
        wants.push_back(&field);
        // A place in the bytes is for splicing, and nothing broken may leave through a splice.
        if (field.site != kNoSite) extent = Extent::Whole;
        if (field.path.empty() && field.slot != kNoSlot) has_root_ = true;
    }
    value(shapes_.root(), wants, 0);
    finish(has_root_ ? Extent::Whole : extent);
    return std::move(program_);
}

size_t ProgramCompiler::emit(What what, uint32_t operand, uint32_t target) {
    program_.steps_.push_back({what, operand, target});
    program_.places_.push_back(place_);
    return program_.steps_.size() - 1;
}

void ProgramCompiler::finish(Extent extent) {
    auto& steps = program_.steps_;
    if (extent == Extent::Whole) {
        emit(What::FinishWhole);
        return;
    }
    while (!steps.empty() && steps.back().what <= What::SkipShape) {
        steps.pop_back();
        program_.places_.pop_back();
    }
    // What jumped into the part cut off is finished.
    const auto end = static_cast<uint32_t>(steps.size());
    for (uint32_t& jump : program_.jumps_) jump = std::min(jump, end);
    for (auto& step : steps)
        if (step.what == What::Jump) step.operand = std::min(step.operand, end);
    emit(What::Finish);
}

void ProgramCompiler::skip(ShapeIndex index) {
    std::vector<SkipStep> skips;
    shapes_.append_skip(skips, index);
    for (const SkipStep& step : skips) {
        const auto what = static_cast<What>(step.what);
        auto& steps = program_.steps_;
        const bool can_merge = steps.size() > barrier_ && steps.back().what == what &&
                               what != What::SkipShape &&
                               step.count <= INT32_MAX - steps.back().operand;
        if (can_merge) {
            steps.back().operand += step.count;
        } else {
            emit(what, step.count);
        }
    }
}

void ProgramCompiler::read(ShapeIndex index, SlotIndex slot) {
    const Shape& shape = shapes_[index];
    if (shape.wire == Wire::Long && shape.form == Form::Same) {
        emit(What::ReadLong, index, slot);
    } else if (shape.wire == Wire::Prefixed && shape.form == Form::Text) {
        emit(What::ReadText, index, slot);
    } else {
        emit(What::ReadShape, index, slot);
    }
}

void ProgramCompiler::value(ShapeIndex index, const Wants& wants, size_t depth) {
    Wants deeper;
    std::vector<SlotIndex> slots;
    std::vector<SiteIndex> sites;
    for (const ProjectionField* want : wants) {
        if (want->path.size() > depth) {
            deeper.push_back(want);
            continue;
        }
        if (want->slot != kNoSlot) slots.push_back(want->slot);
        if (want->site != kNoSite) sites.push_back(want->site);
    }
    for (const SiteIndex site : sites) emit(What::BeginSite, 0, site);
    // All but the last look ahead; a container whose parts are wanted too is walked once more.
    for (size_t i = 0; i < slots.size(); ++i) {
        if (i + 1 < slots.size() || !deeper.empty()) {
            emit(What::PeekShape, index, slots[i]);
        } else {
            read(index, slots[i]);
        }
    }
    if (!deeper.empty()) {
        inside(index, deeper, depth);
    } else if (slots.empty()) {
        skip(index);
    }
    for (const SiteIndex site : sites) emit(What::EndSite, 0, site);
}

void ProgramCompiler::inside(ShapeIndex index, const Wants& deeper, size_t depth) {
    const Shape& shape = shapes_[index];
    switch (shape.wire) {
        case Wire::Record: return inside_record(shape, deeper, depth);
        case Wire::Union: return inside_union(shape, deeper, depth);
        case Wire::Map: return inside_map(index, deeper, depth);
        default:
            // A duration is a map to whoever reads it, but its parts have no bytes of their own.
            if (shape.form == Form::Duration) return inside_map(index, deeper, depth);
            return skip(index);
    }
}

void ProgramCompiler::inside_record(const Shape& record, const Wants& deeper, size_t depth) {
    const auto wants_of = [&](std::string_view name) {
        Wants named;
        std::ranges::copy_if(deeper, std::back_inserter(named), [&](const ProjectionField* want) {
            return want->path[depth] == name;
        });
        return named;
    };
    std::vector<bool> is_written(record.entry_count);
    for (uint32_t i = 0; i < record.count; ++i) {
        const RecordStep& step = shapes_.steps(record)[i];
        Wants named;
        const size_t place_size = place_.size();
        if (step.entry != RecordStep::kSkipped) {
            const std::string_view name = record.entries[step.entry].key.as_text();
            is_written[step.entry] = true;
            named = wants_of(name);
            place_ += (place_.empty() ? "" : ".") + std::string(name);
        } else {
            place_ += (place_.empty() ? "" : ".") + std::string(shapes_.step_name(record, i));
        }
        if (named.empty()) {
            skip(step.shape);
        } else {
            value(step.shape, named, depth + 1);
        }
        place_.resize(place_size);
    }
    std::vector<std::string> seen;
    for (const ProjectionField* want : deeper) {
        const std::string& name = want->path[depth];
        if (std::ranges::find(seen, name) != seen.end()) continue;
        seen.push_back(name);
        const auto* end = record.entries + record.entry_count;
        const auto* entry = std::find_if(record.entries, end, [&](const MapEntry& candidate) {
            return candidate.key.as_text() == name;
        });
        if (entry == end || !is_written[static_cast<size_t>(entry - record.entries)])
            absent_field(record, name, wants_of(name), depth);
    }
}

/// Fields that the writer does not have: the reader's default, and the place to add them, or to
/// add the record that they would be in.
void ProgramCompiler::absent_field(const Shape& record, const std::string& name, const Wants& wants,
                                   size_t depth) {
    Value held;
    for (uint32_t i = 0; i < record.entry_count; ++i)
        if (record.entries[i].key.as_text() == name) held = record.entries[i].value;
    for (const ProjectionField* want : wants) {
        const Value found = navigate(held, want->path, depth + 1);
        if (want->slot != kNoSlot && !found.is_absent()) constant(found, want->slot);
        if (want->site != kNoSite) emit(What::AppendSite, 0, want->site);
    }
}

void ProgramCompiler::constant(Value value, SlotIndex slot) {
    program_.constants_.push_back(value);
    emit(What::Constant, static_cast<uint32_t>(program_.constants_.size() - 1), slot);
}

void ProgramCompiler::inside_union(const Shape& choice, const Wants& deeper, size_t depth) {
    auto& jumps = program_.jumps_;
    const auto first_jump = static_cast<uint32_t>(jumps.size());
    jumps.resize(jumps.size() + choice.count);
    emit(What::Branch, first_jump, static_cast<uint32_t>(&choice - &shapes_[0]));
    std::vector<size_t> exits;
    for (uint32_t i = 0; i < choice.count; ++i) {
        barrier_ = program_.steps_.size();
        jumps[first_jump + i] = static_cast<uint32_t>(barrier_);
        inside(shapes_.branch(choice, i), deeper, depth);
        if (i + 1 < choice.count) exits.push_back(emit(What::Jump));
    }
    barrier_ = program_.steps_.size();
    for (const size_t exit : exits) program_.steps_[exit].operand = static_cast<uint32_t>(barrier_);
}

void ProgramCompiler::inside_map(ShapeIndex index, const Wants& deeper, size_t depth) {
    Program::MapKeys keys{index, {}};
    for (const ProjectionField* want : deeper) {
        if (want->slot == kNoSlot) continue;
        keys.wanted.push_back(
            {want->path[depth],
             Path(want->path.begin() + static_cast<std::ptrdiff_t>(depth) + 1, want->path.end()),
             want->slot});
    }
    if (keys.wanted.empty()) return skip(index);
    program_.maps_.push_back(std::move(keys));
    emit(What::MapKeys, static_cast<uint32_t>(program_.maps_.size() - 1));
}

}  // namespace messina::codec::avro
