#include "pipeline/decode_step.h"

#include <utility>
#include <vector>

namespace messina::pipeline {
namespace {

Value headers_of(const Record& record, Arena& arena) {
    MapEntry* entries = arena.make_array<MapEntry>(record.header_count);
    for (uint32_t i = 0; i < record.header_count; ++i)
        entries[i] = {Value::string(record.headers[i].name), record.headers[i].value};
    return Value::map({entries, record.header_count});
}

Value meta_of(const Batch& batch, const Record& record, const std::string& part, Arena& arena) {
    if (part == "lane") return Value::string(batch.lane);
    if (part == "topic") return batch.topic.empty() ? Value::null() : Value::string(batch.topic);
    if (part == "partition")
        return batch.topic.empty() ? Value::null() : Value::integer(batch.partition);
    if (part == "offset") return Value::integer(record.position.major);
    if (part == "key") return record.has_key ? Value::bytes(record.key) : Value::null();
    if (part == "headers") return headers_of(record, arena);
    if (part == "timestamp" && record.timestamp_us != 0)
        return Value::timestamp(record.timestamp_us / 1'000'000,
                                static_cast<int32_t>(record.timestamp_us % 1'000'000 * 1000));
    return {};
}

class DecodeStep final : public engine::Step {
  public:
    DecodeStep(std::unique_ptr<codec::Decoder> decoder, const SlotLayout& layout)
        : decoder_(std::move(decoder)) {
        for (const SlotIndex slot : layout.slots_of("meta"))
            if (!layout.slot(slot).path.empty()) meta_.emplace_back(slot, layout.slot(slot).path);
    }
    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption&) override {
        decoder_->decode(batch);
        for (const auto& [slot, path] : meta_)
            for (const RowIndex row : batch.live())
                batch.slots(row)[slot] = navigate(
                    meta_of(batch, batch.record_of(row), path.front(), batch.arena), path, 1);
        return engine::StepState::Ready;
    }

  private:
    const std::string name_ = "decode";
    std::unique_ptr<codec::Decoder> decoder_;
    std::vector<std::pair<SlotIndex, Path>> meta_;
};

}  // namespace

std::unique_ptr<engine::Step> make_decode_step(std::unique_ptr<codec::Decoder> decoder,
                                               const SlotLayout& layout) {
    return std::make_unique<DecodeStep>(std::move(decoder), layout);
}

}  // namespace messina::pipeline
