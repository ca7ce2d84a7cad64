// The encoder that copies what a pipeline did not touch. Internal to the room: use
// make_avro_encoder.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "codec/avro/derive.h"
#include "codec/avro/encoder.h"

namespace messina::codec::avro {

class SpliceEncoder final : public Encoder {
  public:
    SpliceEncoder(AvroOutput output, OutputPlan plan);
    /// Derives the schema that is known beforehand, to report what is wrong with it early.
    Result<void> derive_known();

    Result<void> prepare(const Batch& batch, std::span<const RowIndex> rows) override;
    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override;

  private:
    /// What records of one writer's schema become.
    struct Route {
        Derived derived;
        ShapesRef shapes;  // reads the whole record, for when bytes cannot be exchanged
        uint64_t id = 0;   // in the output's framing
    };
    enum class Outcome : uint8_t { Done, Failed, NoPlace };

    Result<const Route*> route_of(uint64_t input_id);
    bool encode_row(Batch& batch, RowIndex row, Buffer& out);
    Outcome splice(const Route& route, const Batch& batch, RowIndex row, std::string_view raw,
                   std::string_view datum, Arena& arena, Buffer& out);
    bool write_place(const Route& route, const Placement& placement, const Value* slots,
                     Arena& arena, Buffer& out);
    bool encode_anew(const Route& route, Batch& batch, RowIndex row, std::string_view datum,
                     Buffer& out);

    AvroOutput output_;
    OutputPlan plan_;
    DatumWriter writer_;
    DatumReader reader_;
    std::unordered_map<uint64_t, std::unique_ptr<Route>> routes_;
    uint64_t last_id_ = 0;
    const Route* last_ = nullptr;
    Error error_;
};

}  // namespace messina::codec::avro
