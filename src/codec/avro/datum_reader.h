// Walks one datum along its shapes: reads values into an arena, or passes over them. Every length,
// count and index is checked, recursion and memory are bounded.
//
// Belongs to one thread; reused from record to record.
#pragma once

#include <string>

#include "base/arena.h"
#include "codec/avro/shape.h"
#include "codec/avro/wire.h"

namespace messina::codec::avro {

struct ReadLimits {
    uint32_t depth_max = 128;
    /// Values in lists, maps and records of one datum. A few bytes can announce any number of items
    /// that take no bytes at all; this bounds what they may take in memory.
    uint64_t items_max = 4 * 1024 * 1024;
};

class DatumReader {
  public:
    explicit DatumReader(const ReadLimits& limits) : limits_(limits) {}

    /// Starts a datum. Strings and bytes of the values will point into `bytes`.
    void start(const Shapes& shapes, Arena& arena, std::string_view bytes) {
        shapes_ = &shapes;
        arena_ = &arena;
        begin_ = bytes.data();
        cursor_ = {bytes.data(), bytes.data() + bytes.size()};
        items_left_ = limits_.items_max;
    }

    // These go on from where the last stopped; false: see fault().
    bool read(ShapeIndex index, Value& value);
    bool skip(ShapeIndex index);
    bool run_skip(const SkipStep& step);
    bool read_varint(uint64_t& value) {
        const VarintState state = avro::read_varint(cursor_, value);
        if (state != VarintState::Ok) [[unlikely]]
            return set_varint_fault(state);
        return true;
    }
    bool read_length(size_t& length) {
        uint64_t raw;
        if (!read_varint(raw)) return false;
        if ((raw & 1) != 0) [[unlikely]]
            return set_fault(Fault::NegativeLength);
        length = raw >> 1;
        return true;
    }
    bool read_text(Value& value) {
        size_t size;
        const char* from;
        if (!read_length(size) || !take_bytes(size, from)) return false;
        if (!is_utf8({from, size})) [[unlikely]]
            return set_fault(Fault::Utf8);
        value = Value::string({from, size});
        return true;
    }
    bool read_branch(const Shape& choice, ShapeIndex& branch, uint64_t& number);
    /// The head of a block: its items, 0 at the end. `end` is where the block ends, when it says
    /// so.
    bool read_block(uint64_t& count, const char*& end);

    [[nodiscard]] size_t offset() const { return static_cast<size_t>(cursor_.at - begin_); }
    [[nodiscard]] bool is_at_end() const { return cursor_.at == cursor_.end; }
    [[nodiscard]] Cursor& cursor() { return cursor_; }
    [[nodiscard]] Arena& arena() { return *arena_; }
    bool set_fault(Fault fault) {
        fault_ = fault;
        return false;
    }
    /// Names a step that a failed walk was in, innermost first.
    void add_step(std::string_view name);
    /// The error of the failed walk, its path put below `prefix`; clears it.
    Error take_error(const std::string& prefix);

  private:
    bool read_integer(const Shape& shape, Value& value);
    bool finish_integer(const Shape& shape, int64_t number, Value& value);
    bool finish_bytes(const Shape& shape, std::string_view bytes, Value& value);
    bool read_enum(const Shape& shape, Value& value);
    bool read_array(const Shape& shape, Value& value);
    bool read_map(const Shape& shape, Value& value);
    bool read_record(const Shape& shape, Value& value);
    bool read_union(const Shape& shape, Value& value);
    template <class Item, class ReadItem>
    bool read_blocks(uint32_t min_bytes, std::span<const Item>& items, ReadItem&& read_item);
    bool skip_blocks(const Shape& shape);
    bool skip_record(const Shape& shape);
    bool take_bytes(size_t count, const char*& from) {
        if (count > cursor_.left()) [[unlikely]]
            return set_fault(Fault::Truncated);
        from = cursor_.at;
        cursor_.at += count;
        return true;
    }
    bool enter(uint64_t items) {
        if (depth_ >= limits_.depth_max) [[unlikely]]
            return set_fault(Fault::Depth);
        if (items > items_left_) [[unlikely]]
            return set_fault(Fault::TooManyItems);
        items_left_ -= items;
        ++depth_;
        return true;
    }
    void leave() { --depth_; }
    bool set_varint_fault(VarintState state);

    ReadLimits limits_;
    const Shapes* shapes_ = nullptr;
    Arena* arena_ = nullptr;
    const char* begin_ = nullptr;
    Cursor cursor_{};
    uint64_t items_left_ = 0;
    uint32_t depth_ = 0;
    Fault fault_ = Fault::None;
    std::string path_;  // of the fault, grown outwards
};

/// The whole of `bytes` as one value.
Result<Value> read_datum(const Shapes& shapes, std::string_view bytes, Arena& arena,
                         const ReadLimits& limits = {});

}  // namespace messina::codec::avro
