#include "pipeline/scenario_capture.h"

#include <algorithm>

#include "codec/json.h"

namespace messina::pipeline {
namespace {

class CapturingSinkPlan final : public endpoint::SinkPlan {
  public:
    CapturingSinkPlan(std::string name, std::string pipeline,
                      std::unique_ptr<endpoint::SinkPlan> original,
                      std::shared_ptr<Capture> capture)
        : name_(std::move(name)),
          pipeline_(std::move(pipeline)),
          original_(std::move(original)),
          capture_(std::move(capture)) {}
    [[nodiscard]] const endpoint::Format* format() const override { return original_->format(); }
    Result<void> open(bool) override { return {}; }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output,
                                               plan::StepSupport support) override {
        MESSINA_TRY(auto encoder, format()->make_encoder(output));
        observe::Counter& bytes = support.worker.metrics().counter(
            observe::kBytesOut, {{"pipeline", pipeline_}, {"sink", name_}});
        return std::make_unique<endpoint::StreamSink>(name_, std::move(encoder), capture_, bytes);
    }
    [[nodiscard]] std::string describe() const override { return "records kept for comparison"; }

  private:
    std::string name_;
    std::string pipeline_;
    std::unique_ptr<endpoint::SinkPlan> original_;
    std::shared_ptr<Capture> capture_;
};

}  // namespace

Result<std::vector<Value>> Capture::records(Arena& arena) const {
    const std::lock_guard lock(mutex_);
    std::vector<Value> records;
    endpoint::RecordSplitter splitter = splitter_;
    std::string_view rest = text_;
    while (!rest.empty()) {
        const size_t end = std::min(splitter(rest), rest.size());
        std::string_view record = rest.substr(0, end);
        rest.remove_prefix(end);
        if (record.ends_with('\n')) record.remove_suffix(1);
        if (is_json_) {
            MESSINA_TRY(const Value value, codec::parse_json(arena.copy(record), arena));
            records.push_back(value);
        } else {
            records.push_back(Value::string(arena.copy(record)));
        }
    }
    return records;
}

std::unique_ptr<endpoint::SinkPlan> make_capturing_sink(
    std::string name, std::string pipeline, std::unique_ptr<endpoint::SinkPlan> original,
    std::shared_ptr<Capture> capture) {
    return std::make_unique<CapturingSinkPlan>(std::move(name), std::move(pipeline),
                                               std::move(original), std::move(capture));
}

}  // namespace messina::pipeline
