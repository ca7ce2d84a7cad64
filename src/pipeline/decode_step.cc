#include "pipeline/decode_step.h"

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace messina::pipeline {
namespace {

constexpr std::string_view kKey = "key";

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
    if (part == "headers") return headers_of(record, arena);
    if (part == "timestamp" && record.timestamp_us != 0)
        return Value::timestamp(record.timestamp_us / 1'000'000,
                                static_cast<int32_t>(record.timestamp_us % 1'000'000 * 1000));
    return {};
}

/// Brings a call from any thread to the worker, until the step ends.
class WakeUp {
  public:
    explicit WakeUp(engine::WorkerContext& worker) : worker_(&worker) {}
    void post(std::function<void()> task) {
        const std::lock_guard lock(mutex_);
        if (worker_ != nullptr) worker_->post(std::move(task));
    }
    void end() {
        const std::lock_guard lock(mutex_);
        worker_ = nullptr;
    }

  private:
    std::mutex mutex_;
    engine::WorkerContext* worker_;
};

class DecodeStep final : public engine::Step {
  public:
    DecodeStep(std::unique_ptr<codec::Decoder> values, std::unique_ptr<codec::Decoder> keys,
               const SlotLayout& layout, engine::WorkerContext& worker)
        : values_(std::move(values)),
          keys_(std::move(keys)),
          wake_up_(std::make_shared<WakeUp>(worker)) {
        for (const SlotIndex slot : layout.slots_of("meta")) {
            const Path& path = layout.slot(slot).path;
            if (!path.empty() && path.front() != kKey) meta_.emplace_back(slot, path);
        }
    }
    ~DecodeStep() override { wake_up_->end(); }
    DecodeStep(const DecodeStep&) = delete;
    DecodeStep& operator=(const DecodeStep&) = delete;

    [[nodiscard]] const std::string& name() const override { return name_; }

    engine::StepState process(Batch& batch, engine::Resumption& resumption) override {
        // Posted tasks die with the worker, and the step lives as long.
        const auto ready = [this, &batch, &resumption, wake_up = wake_up_] {
            wake_up->post([this, &batch, &resumption] {
                if (process(batch, resumption) == engine::StepState::Ready) resumption.resume();
            });
        };
        if (!values_->is_ready(batch, ready) ||
            (keys_ != nullptr && !keys_->is_ready(batch, ready)))
            return engine::StepState::Pending;
        values_->decode(batch);
        if (keys_ != nullptr) keys_->decode(batch);
        for (const auto& [slot, path] : meta_)
            for (const RowIndex row : batch.live())
                batch.slots(row)[slot] = navigate(
                    meta_of(batch, batch.record_of(row), path.front(), batch.arena), path, 1);
        return engine::StepState::Ready;
    }

  private:
    const std::string name_ = "decode";
    std::unique_ptr<codec::Decoder> values_;
    std::unique_ptr<codec::Decoder> keys_;
    std::vector<std::pair<SlotIndex, Path>> meta_;
    std::shared_ptr<WakeUp> wake_up_;
};

}  // namespace

std::unique_ptr<engine::Step> make_decode_step(std::unique_ptr<codec::Decoder> values,
                                               std::unique_ptr<codec::Decoder> keys,
                                               const SlotLayout& layout,
                                               engine::WorkerContext& worker) {
    return std::make_unique<DecodeStep>(std::move(values), std::move(keys), layout, worker);
}

Projection key_projection(const SlotLayout& layout) {
    Projection projection;
    for (const SlotIndex slot : layout.slots_of("meta")) {
        const Path& path = layout.slot(slot).path;
        if (!path.empty() && path.front() == kKey)
            projection.fields.push_back({Path(path.begin() + 1, path.end()), slot, kNoSite});
    }
    return projection;
}

}  // namespace messina::pipeline
