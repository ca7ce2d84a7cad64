// A reading plan: how the bytes of a writer's schema become values, node by node. Made from the
// writer's schema alone or resolved against a reader's; whatever walks a datum walks shapes, so it
// need not know which.
//
// Immutable once made. It is a Chunk: batches whose values point to names, symbols or defaults in
// it keep it alive.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "codec/avro/fault.h"
#include "codec/avro/schema.h"
#include "data/batch.h"
#include "data/value.h"

namespace messina::codec::avro {

/// How a value lies in the bytes.
enum class Wire : uint8_t {
    Nothing,   // null
    Boolean,   // one byte
    Int,       // varint of 32 bits
    Long,      // varint
    Float,     // 4 bytes
    Double,    // 8 bytes
    Prefixed,  // length, bytes
    Fixed,     // bytes
    Enum,      // varint
    Array,     // blocks
    Map,       // blocks
    Record,    // its fields
    Union,     // varint, one of the branches
    Refused,   // what the reader's schema has no type for: `fault`
};

/// What becomes of it.
enum class Form : uint8_t {
    Same,       // numbers, booleans, null, bytes, symbols, containers
    ToDouble,   // an integer promoted
    ToFloat,    // an integer promoted, rounded to 24 bits
    Text,       // bytes checked to be UTF-8
    Decimal,    // `scale`
    UuidText,   // of 16 bytes
    Duration,   // of 12 bytes
    Date,       // of days
    TimeText,   // `precision` a second, of one day
    Timestamp,  // `precision`
    LocalText,  // `precision`
};

using ShapeIndex = uint32_t;

struct Shape {
    Wire wire = Wire::Nothing;
    Form form = Form::Same;
    Fault fault = Fault::None;
    /// Every datum has exactly `fixed_bytes` bytes.
    bool is_fixed_size = false;
    uint32_t scale = 0;
    int64_t precision = 0;
    uint32_t fixed_bytes = 0;
    /// No datum is shorter; bounds what a count of items can announce.
    uint32_t min_bytes = 0;
    /// Array, Map: the item's shape. Record: first of its steps. Union: first of its branches.
    /// Enum: first of its symbols.
    uint32_t first = 0;
    uint32_t count = 0;
    /// Record: how many entries the value has, and what stands in them before reading (names, and
    /// defaults of fields that the writer does not have).
    uint32_t entry_count = 0;
    const MapEntry* entries = nullptr;
    /// Record: first and number of the steps that pass over it.
    uint32_t first_skip = 0;
    uint32_t skip_count = 0;
};

/// One field of a record as the writer wrote it.
struct RecordStep {
    static constexpr uint32_t kSkipped = UINT32_MAX;
    ShapeIndex shape;
    uint32_t entry;  // its place in the value, or kSkipped
};

/// Passing over a stretch of bytes without looking at the values.
struct SkipStep {
    enum class What : uint8_t { Bytes, Varints, Prefixed, Shape } what;
    uint32_t count;  // bytes, values, or the shape
};

class Shapes : public Chunk {
  public:
    /// The plan that gives values as they were written.
    static Result<std::shared_ptr<const Shapes>> plain(const SchemaRef& writer);
    /// The plan that gives values of the reader's schema. Fails (Misconfigured, avro.incompatible)
    /// when no datum could be read; what depends on the datum is left to reading it.
    static Result<std::shared_ptr<const Shapes>> resolved(SchemaRef writer, SchemaRef reader);

    [[nodiscard]] ShapeIndex root() const { return root_; }
    [[nodiscard]] const Shape& operator[](ShapeIndex index) const { return shapes_[index]; }
    [[nodiscard]] const RecordStep* steps(const Shape& record) const {
        return steps_.data() + record.first;
    }
    [[nodiscard]] const SkipStep* skips(const Shape& record) const {
        return skips_.data() + record.first_skip;
    }
    [[nodiscard]] ShapeIndex branch(const Shape& choice, uint64_t index) const {
        return branches_[choice.first + index];
    }
    /// Absent for a symbol that the reader does not have.
    [[nodiscard]] Value symbol(const Shape& choice, uint64_t index) const {
        return symbols_[choice.first + index];
    }
    /// Name of the field that a step reads, the writer's: for messages.
    [[nodiscard]] std::string_view step_name(const Shape& record, uint32_t step) const {
        return step_names_[record.first + step];
    }

    [[nodiscard]] const SchemaRef& writer() const { return writer_; }
    /// The schema whose values come out.
    [[nodiscard]] const SchemaRef& reader() const { return reader_; }
    [[nodiscard]] bool is_plain() const { return is_plain_; }
    /// Of a plain plan: the shape of a node that is reached from the schema's root.
    [[nodiscard]] ShapeIndex of_node(NodeIndex node) const { return of_node_[node]; }

    /// Adds what passes over `index` to a list of steps, runs of the same kind put together.
    void append_skip(std::vector<SkipStep>& steps, ShapeIndex index) const;

  private:
    friend class ShapeBuilder;

    SchemaRef writer_;
    SchemaRef reader_;
    ShapeIndex root_ = 0;
    bool is_plain_ = true;
    std::vector<Shape> shapes_;
    std::vector<ShapeIndex> of_node_;
    std::vector<RecordStep> steps_;
    std::vector<std::string_view> step_names_;
    std::vector<SkipStep> skips_;
    std::vector<ShapeIndex> branches_;
    std::vector<Value> symbols_;
    Arena arena_{4096};  // entries, defaults
};

using ShapesRef = std::shared_ptr<const Shapes>;

}  // namespace messina::codec::avro
