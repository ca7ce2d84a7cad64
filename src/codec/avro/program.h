// The projection of one writer's schema as a straight list of instructions: what to read into which
// slot, what to pass over, where edits go. Compiled once for each (schema, projection); run for
// every record.
#pragma once

#include <string>
#include <vector>

#include "codec/avro/datum_reader.h"
#include "codec/avro/shape.h"
#include "data/slots.h"

namespace messina::codec::avro {

/// What a site of this codec says (Site::flags): bytes of the record's raw, from `begin` to `end`.
enum class SiteState : uint32_t {
    Missing,  // no such place in this record: something on the way is null or of another type
    Value,    // the field's bytes, its union's branch number included
    Append,   // the end of the record that the field would be added to; begin == end
};

enum class Extent : uint8_t {
    Wanted,  // stop behind the last wanted field: what follows is not looked at
    Whole,   // pass over the rest too, so that a record that ends early or late is refused
};

class Program {
  public:
    static Program compile(ShapesRef shapes, const Projection& projection, Extent extent);

    /// Fills slots and sites from `datum`. Sites count from `raw_begin`, where the framing begins.
    /// False: see reader.take_error(place()).
    bool run(DatumReader& reader, Arena& arena, std::string_view datum, const char* raw_begin,
             Value* slots, Site* sites);
    /// Path of the field that the last failed run was in.
    [[nodiscard]] const std::string& place() const { return places_[failed_at_]; }
    [[nodiscard]] const ShapesRef& shapes() const { return shapes_; }

  private:
    friend class ProgramCompiler;

    enum class What : uint8_t {
        SkipBytes,
        SkipVarints,
        SkipPrefixed,
        SkipShape,
        ReadLong,   // → slot
        ReadText,   // → slot
        ReadShape,  // → slot
        PeekShape,  // → slot, and go back
        Constant,   // constants_[operand] → slot
        Branch,     // a union: go on at jumps_[operand + number]
        Jump,       // to operand
        MapKeys,    // maps_[operand]
        BeginSite,
        EndSite,
        AppendSite,
        Finish,       // the datum ends here
        FinishWhole,  // and nothing may follow
    };
    struct Step {
        What what;
        uint32_t operand;  // count or index
        uint32_t target;   // slot or site
    };
    /// Wanted keys of one map.
    struct MapKeys {
        struct Wanted {
            std::string key;
            Path path;  // below the key
            SlotIndex slot;
        };
        ShapeIndex map;
        std::vector<Wanted> wanted;
    };

    bool read_map_keys(DatumReader& reader, const MapKeys& keys, Value* slots) const;
    bool read_wanted_key(DatumReader& reader, const MapKeys& keys, ShapeIndex item,
                         Value* slots) const;

    ShapesRef shapes_;
    std::vector<Step> steps_;
    std::vector<std::string> places_;  // for each step
    std::vector<uint32_t> jumps_;
    std::vector<MapKeys> maps_;
    std::vector<Value> constants_;
    size_t failed_at_ = 0;
};

}  // namespace messina::codec::avro
