#include "codec/avro/program.h"

#include "base/check.h"

namespace messina::codec::avro {

bool Program::run(DatumReader& reader, Arena& arena, std::string_view datum, const char* raw_begin,
                  Value* slots, Site* sites) {
    reader.start(*shapes_, arena, datum);
    const auto position = [&] { return static_cast<uint32_t>(reader.cursor().at - raw_begin); };
    const Step* const steps = steps_.data();
    for (const Step* step = steps;; ++step) {
        bool ok = true;
        switch (step->what) {
            case What::SkipBytes:
                ok = reader.run_skip({SkipStep::What::Bytes, step->operand});
                break;
            case What::SkipVarints:
                ok = reader.run_skip({SkipStep::What::Varints, step->operand});
                break;
            case What::SkipPrefixed:
                ok = reader.run_skip({SkipStep::What::Prefixed, step->operand});
                break;
            case What::SkipShape: ok = reader.skip(step->operand); break;
            case What::ReadLong: {
                uint64_t raw;
                ok = reader.read_varint(raw);
                if (ok) slots[step->target] = Value::integer(unzigzag(raw));
                break;
            }
            case What::ReadText: ok = reader.read_text(slots[step->target]); break;
            case What::ReadShape: ok = reader.read(step->operand, slots[step->target]); break;
            case What::PeekShape: {
                const Cursor here = reader.cursor();
                ok = reader.read(step->operand, slots[step->target]);
                if (ok) reader.cursor() = here;
                break;
            }
            case What::Constant: slots[step->target] = constants_[step->operand]; break;
            case What::Branch: {
                ShapeIndex branch;
                uint64_t number;
                ok = reader.read_branch((*shapes_)[step->target], branch, number);
                if (ok) step = steps + jumps_[step->operand + number] - 1;
                break;
            }
            case What::Jump: step = steps + step->operand - 1; break;
            case What::MapKeys: ok = read_map_keys(reader, maps_[step->operand], slots); break;
            case What::BeginSite: sites[step->target].begin = position(); break;
            case What::EndSite:
                sites[step->target].end = position();
                sites[step->target].flags = static_cast<uint32_t>(SiteState::Value);
                break;
            case What::AppendSite:
                sites[step->target] = {position(), 0, position(),
                                       static_cast<uint32_t>(SiteState::Append)};
                break;
            case What::Finish: return true;
            case What::FinishWhole:
                if (reader.is_at_end()) return true;
                ok = reader.set_fault(Fault::Trailing);
                break;
        }
        if (!ok) [[unlikely]] {
            failed_at_ = static_cast<size_t>(step - steps);
            return false;
        }
    }
}

bool Program::read_map_keys(DatumReader& reader, const MapKeys& keys, Value* slots) const {
    const Shape& map = (*shapes_)[keys.map];
    if (map.wire != Wire::Map) {
        Value whole;
        if (!reader.read(keys.map, whole)) return false;
        for (const MapKeys::Wanted& wanted : keys.wanted)
            slots[wanted.slot] = navigate(whole.field(wanted.key), wanted.path);
        return true;
    }
    while (true) {
        uint64_t count;
        const char* end;
        if (!reader.read_block(count, end)) return false;
        if (count == 0) return true;
        for (uint64_t i = 0; i < count; ++i)
            if (!read_wanted_key(reader, keys, map.first, slots)) return false;
        if (end != nullptr && reader.cursor().at != end) return reader.set_fault(Fault::BlockBytes);
    }
}

bool Program::read_wanted_key(DatumReader& reader, const MapKeys& keys, ShapeIndex item,
                              Value* slots) const {
    Value key;
    if (!reader.read_text(key)) return false;
    bool is_read = false;
    Value value;
    for (const MapKeys::Wanted& wanted : keys.wanted) {
        if (wanted.key != key.as_text()) continue;
        if (!is_read && !reader.read(item, value)) {
            reader.add_step(wanted.key);
            return false;
        }
        is_read = true;
        // The first of two equal keys counts, as it does where the whole map was read.
        if (slots[wanted.slot].is_absent()) slots[wanted.slot] = navigate(value, wanted.path);
    }
    return is_read || reader.skip(item);
}

}  // namespace messina::codec::avro
