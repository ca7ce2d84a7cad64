// Compiles a projection. Internal to the room: use Program::compile.
#pragma once

#include <string>
#include <vector>

#include "codec/avro/program.h"

namespace messina::codec::avro {

class ProgramCompiler {
  public:
    ProgramCompiler(ShapesRef shapes, Projection projection);
    Program compile(Extent extent);

  private:
    using What = Program::What;
    /// Fields whose paths agree up to the place that is being compiled.
    using Wants = std::vector<const ProjectionField*>;

    void value(ShapeIndex index, const Wants& wants, size_t depth);
    void inside(ShapeIndex index, const Wants& deeper, size_t depth);
    void inside_record(const Shape& record, const Wants& deeper, size_t depth);
    void absent_field(const Shape& record, const std::string& name, const Wants& wants,
                      size_t depth);
    void inside_union(const Shape& choice, const Wants& deeper, size_t depth);
    void inside_map(ShapeIndex index, const Wants& deeper, size_t depth);
    void skip(ShapeIndex index);
    void read(ShapeIndex index, SlotIndex slot);
    void constant(Value value, SlotIndex slot);
    size_t emit(What what, uint32_t operand = 0, uint32_t target = 0);
    void finish(Extent extent);

    Projection projection_;
    const Shapes& shapes_;
    Program program_;
    std::string place_;
    size_t barrier_ = 0;  // steps before it are jumped to or over: nothing merges into them
    bool has_root_ = false;
};

}  // namespace messina::codec::avro
