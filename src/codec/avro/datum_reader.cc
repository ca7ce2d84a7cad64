#include "codec/avro/datum_reader.h"

#include <algorithm>

#include "codec/avro/calendar.h"
#include "codec/avro/decimal.h"
#include "codec/avro/logical.h"

namespace messina::codec::avro {

bool DatumReader::set_varint_fault(VarintState state) {
    return set_fault(state == VarintState::Truncated ? Fault::Truncated : Fault::VarintTooLong);
}

void DatumReader::add_step(std::string_view name) {
    if (name.empty()) return;
    if (!path_.empty() && path_.front() != '[') path_.insert(0, 1, '.');
    path_.insert(0, name);
}

Error DatumReader::take_error(const std::string& prefix) {
    add_step(prefix);
    // A failed walk left its containers without closing them.
    depth_ = 0;
    return fault_error(fault_, std::exchange(path_, {}), offset());
}

bool DatumReader::read_branch(const Shape& choice, ShapeIndex& branch, uint64_t& number) {
    uint64_t raw;
    if (!read_varint(raw)) return false;
    if ((raw & 1) != 0 || (raw >> 1) >= choice.count) [[unlikely]]
        return set_fault(Fault::BranchIndex);
    number = raw >> 1;
    branch = shapes_->branch(choice, number);
    return true;
}

bool DatumReader::read_block(uint64_t& count, const char*& end) {
    uint64_t raw;
    if (!read_varint(raw)) return false;
    int64_t announced = unzigzag(raw);
    end = nullptr;
    if (announced >= 0) {
        count = static_cast<uint64_t>(announced);
        return true;
    }
    count = uint64_t{0} - static_cast<uint64_t>(announced);
    size_t bytes;
    if (!read_length(bytes)) return false;
    if (bytes > cursor_.left()) return set_fault(Fault::Truncated);
    end = cursor_.at + bytes;
    return true;
}

bool DatumReader::read(ShapeIndex index, Value& value) {
    const Shape& shape = (*shapes_)[index];
    const char* from;
    switch (shape.wire) {
        case Wire::Nothing: value = Value::null(); return true;
        case Wire::Boolean:
            if (!take_bytes(1, from)) return false;
            if (static_cast<unsigned char>(*from) > 1) return set_fault(Fault::Boolean);
            value = Value::boolean(*from != 0);
            return true;
        case Wire::Int:
        case Wire::Long: return read_integer(shape, value);
        case Wire::Float:
            if (!take_bytes(4, from)) return false;
            value = Value::floating(static_cast<double>(load_little_endian<float>(from)));
            return true;
        case Wire::Double:
            if (!take_bytes(8, from)) return false;
            value = Value::floating(load_little_endian<double>(from));
            return true;
        case Wire::Prefixed: {
            if (shape.form == Form::Text) return read_text(value);
            size_t size;
            return read_length(size) && take_bytes(size, from) &&
                   finish_bytes(shape, {from, size}, value);
        }
        case Wire::Fixed:
            if (!take_bytes(shape.fixed_bytes, from)) return false;
            return finish_bytes(shape, {from, shape.fixed_bytes}, value);
        case Wire::Enum: return read_enum(shape, value);
        case Wire::Array: return read_array(shape, value);
        case Wire::Map: return read_map(shape, value);
        case Wire::Record: return read_record(shape, value);
        case Wire::Union: return read_union(shape, value);
        case Wire::Refused: return set_fault(shape.fault);
    }
    std::unreachable();
}

bool DatumReader::read_integer(const Shape& shape, Value& value) {
    uint64_t raw;
    if (!read_varint(raw)) return false;
    if (shape.wire == Wire::Int && raw > UINT32_MAX) [[unlikely]]
        return set_fault(Fault::IntRange);
    const int64_t number = unzigzag(raw);
    if (shape.form == Form::Same) [[likely]] {
        value = Value::integer(number);
        return true;
    }
    return finish_integer(shape, number, value);
}

bool DatumReader::finish_integer(const Shape& shape, int64_t number, Value& value) {
    switch (shape.form) {
        case Form::ToDouble: value = Value::floating(static_cast<double>(number)); break;
        case Form::ToFloat:
            value = Value::floating(static_cast<double>(static_cast<float>(number)));
            break;
        case Form::Timestamp: value = timestamp_value(number, shape.precision); break;
        case Form::LocalText: value = local_value(number, shape.precision, *arena_); break;
        case Form::Date: value = date_value(number, *arena_); break;
        case Form::TimeText:
            if (number < 0 || number / shape.precision >= kSecondsPerDay)
                return set_fault(Fault::TimeRange);
            value = time_value(number, shape.precision, *arena_);
            break;
        default: value = Value::integer(number);
    }
    return true;
}

bool DatumReader::finish_bytes(const Shape& shape, std::string_view bytes, Value& value) {
    switch (shape.form) {
        case Form::Decimal:
            if (bytes.size() > kDecimalBytesMax) return set_fault(Fault::DecimalTooLong);
            value = decimal_value(bytes, shape.scale, *arena_);
            break;
        case Form::UuidText: value = uuid_value(bytes, *arena_); break;
        case Form::Duration: value = duration_value(bytes, *arena_); break;
        default: value = Value::bytes(bytes);
    }
    return true;
}

bool DatumReader::read_enum(const Shape& shape, Value& value) {
    uint64_t raw;
    if (!read_varint(raw)) return false;
    if ((raw & 1) != 0 || (raw >> 1) >= shape.count) [[unlikely]]
        return set_fault(Fault::SymbolIndex);
    value = shapes_->symbol(shape, raw >> 1);
    if (value.is_absent()) return set_fault(Fault::NoReaderSymbol);
    return true;
}

bool DatumReader::read_union(const Shape& shape, Value& value) {
    ShapeIndex branch;
    uint64_t number;
    return read_branch(shape, branch, number) && read(branch, value);
}

bool DatumReader::read_record(const Shape& shape, Value& value) {
    if (!enter(shape.entry_count)) return false;
    auto* entries = static_cast<MapEntry*>(
        arena_->allocate(shape.entry_count * sizeof(MapEntry), alignof(MapEntry)));
    std::uninitialized_copy_n(shape.entries, shape.entry_count, entries);
    const RecordStep* steps = shapes_->steps(shape);
    for (uint32_t i = 0; i < shape.count; ++i) {
        const RecordStep step = steps[i];
        const bool ok = step.entry == RecordStep::kSkipped
                            ? skip(step.shape)
                            : read(step.shape, entries[step.entry].value);
        if (!ok) [[unlikely]] {
            add_step(shapes_->step_name(shape, i));
            return false;
        }
    }
    value = Value::map({entries, shape.entry_count});
    leave();
    return true;
}

template <class Item, class ReadItem>
bool DatumReader::read_blocks(uint32_t min_bytes, std::span<const Item>& items,
                              ReadItem&& read_item) {
    Item* kept = nullptr;
    size_t size = 0;
    size_t capacity = 0;
    if (!enter(0)) return false;
    while (true) {
        uint64_t count;
        const char* end;
        if (!read_block(count, end)) return false;
        if (count == 0) break;
        if (min_bytes > 0 && count > cursor_.left() / min_bytes) return set_fault(Fault::Truncated);
        if (count > items_left_) return set_fault(Fault::TooManyItems);
        items_left_ -= count;
        if (size + count > capacity) {
            // Nearly every writer writes one block; for several, room doubles.
            capacity = std::max(size + count, 2 * capacity);
            auto* grown =
                static_cast<Item*>(arena_->allocate(capacity * sizeof(Item), alignof(Item)));
            std::uninitialized_copy_n(kept, size, grown);
            kept = grown;
        }
        for (uint64_t i = 0; i < count; ++i, ++size)
            if (!read_item(*new (kept + size) Item())) [[unlikely]] {
                add_step("[" + std::to_string(size) + "]");
                return false;
            }
        if (end != nullptr && cursor_.at != end) return set_fault(Fault::BlockBytes);
    }
    items = {kept, size};
    leave();
    return true;
}

bool DatumReader::read_array(const Shape& shape, Value& value) {
    std::span<const Value> items;
    const uint32_t min_bytes = (*shapes_)[shape.first].min_bytes;
    if (!read_blocks(min_bytes, items, [&](Value& item) { return read(shape.first, item); }))
        return false;
    value = Value::list(items);
    return true;
}

bool DatumReader::read_map(const Shape& shape, Value& value) {
    std::span<const MapEntry> entries;
    const uint32_t min_bytes = (*shapes_)[shape.first].min_bytes + 1;
    const bool ok = read_blocks(min_bytes, entries, [&](MapEntry& entry) {
        return read_text(entry.key) && read(shape.first, entry.value);
    });
    if (ok) value = Value::map(entries);
    return ok;
}

bool DatumReader::skip(ShapeIndex index) {
    const Shape& shape = (*shapes_)[index];
    const char* from;
    if (shape.is_fixed_size) return take_bytes(shape.fixed_bytes, from);
    switch (shape.wire) {
        case Wire::Int:
        case Wire::Long: return run_skip({SkipStep::What::Varints, 1});
        case Wire::Prefixed: return run_skip({SkipStep::What::Prefixed, 1});
        case Wire::Enum: {
            uint64_t raw;
            if (!read_varint(raw)) return false;
            return ((raw & 1) == 0 && (raw >> 1) < shape.count) || set_fault(Fault::SymbolIndex);
        }
        case Wire::Array:
        case Wire::Map: return skip_blocks(shape);
        case Wire::Record: return skip_record(shape);
        case Wire::Union: {
            ShapeIndex branch;
            uint64_t number;
            return read_branch(shape, branch, number) && skip(branch);
        }
        default: return set_fault(shape.fault);
    }
}

bool DatumReader::run_skip(const SkipStep& step) {
    const char* from;
    switch (step.what) {
        case SkipStep::What::Bytes: return take_bytes(step.count, from);
        case SkipStep::What::Varints:
            for (uint32_t i = 0; i < step.count; ++i)
                if (const VarintState state = skip_varint(cursor_); state != VarintState::Ok)
                    return set_varint_fault(state);
            return true;
        case SkipStep::What::Prefixed:
            for (uint32_t i = 0; i < step.count; ++i) {
                size_t size;
                if (!read_length(size) || !take_bytes(size, from)) return false;
            }
            return true;
        case SkipStep::What::Shape: return skip(step.count);
    }
    std::unreachable();
}

bool DatumReader::skip_record(const Shape& shape) {
    if (!enter(0)) return false;
    const SkipStep* steps = shapes_->skips(shape);
    for (uint32_t i = 0; i < shape.skip_count; ++i)
        if (!run_skip(steps[i])) return false;
    leave();
    return true;
}

bool DatumReader::skip_blocks(const Shape& shape) {
    if (!enter(0)) return false;
    const Shape& item = (*shapes_)[shape.first];
    const bool is_map = shape.wire == Wire::Map;
    while (true) {
        uint64_t count;
        const char* end;
        if (!read_block(count, end)) return false;
        if (count == 0) break;
        if (end != nullptr) {
            cursor_.at = end;
        } else if (item.is_fixed_size && !is_map) {
            if (item.fixed_bytes > 0 && count > cursor_.left() / item.fixed_bytes)
                return set_fault(Fault::Truncated);
            cursor_.at += count * item.fixed_bytes;
        } else {
            for (uint64_t i = 0; i < count; ++i) {
                if (is_map && !run_skip({SkipStep::What::Prefixed, 1})) return false;
                if (!skip(shape.first)) return false;
            }
        }
    }
    leave();
    return true;
}

Result<Value> read_datum(const Shapes& shapes, std::string_view bytes, Arena& arena,
                         const ReadLimits& limits) {
    DatumReader reader(limits);
    reader.start(shapes, arena, bytes);
    Value value;
    if (!reader.read(shapes.root(), value)) return fail(reader.take_error(""));
    if (!reader.is_at_end()) {
        reader.set_fault(Fault::Trailing);
        return fail(reader.take_error(""));
    }
    return value;
}

}  // namespace messina::codec::avro
