#include "pipeline/scenario_source.h"

#include <utility>

namespace messina::pipeline {
namespace {

/// Marks batches whose records are JSON whatever the source's format is.
class JsonRecords final : public LaneSchema {};

/// The source's own decoder, beside one for the records that the scenario writes as YAML.
class EitherDecoder final : public codec::Decoder {
  public:
    EitherDecoder(std::unique_ptr<codec::Decoder> own, std::unique_ptr<codec::Decoder> json)
        : own_(std::move(own)), json_(std::move(json)) {}
    void decode(Batch& batch) override {
        const bool is_json = dynamic_cast<const JsonRecords*>(batch.schema.get()) != nullptr;
        (is_json ? *json_ : *own_).decode(batch);
    }

  private:
    std::unique_ptr<codec::Decoder> own_;
    std::unique_ptr<codec::Decoder> json_;
};

class EitherFormat final : public endpoint::Format {
  public:
    explicit EitherFormat(const endpoint::Format& own)
        : own_(own), json_(endpoint::default_format()) {}
    [[nodiscard]] const std::string& name() const override { return own_.name(); }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        MESSINA_TRY(auto own, own_.make_decoder(projection));
        if (own_.name() == json_->name()) return own;
        MESSINA_TRY(auto json, json_->make_decoder(projection));
        return std::make_unique<EitherDecoder>(std::move(own), std::move(json));
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        return own_.make_encoder(plan);
    }

  private:
    const endpoint::Format& own_;
    endpoint::FormatRef json_;
};

/// What source and lane share; both run on one thread.
struct Script {
    const endpoint::Format& format;
    std::vector<ScenarioItem> items;
    VirtualClock& clock;
    size_t next = 0;
    int64_t records_committed = 0;
};

class ScenarioLane final : public engine::LaneReader {
  public:
    explicit ScenarioLane(Script& script) : script_(script) {}
    [[nodiscard]] const std::string& name() const override { return name_; }

    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        if (!pass_time()) return engine::TakeState::Idle;
        MESSINA_TRY_VOID(read_header());
        if (is_at_end()) return engine::TakeState::End;
        if (item().kind == ScenarioItem::Kind::Advance) return engine::TakeState::Idle;
        const bool is_raw = item().kind == ScenarioItem::Kind::Raw;
        batch.schema = is_raw ? raw_schema_ : json_schema_;
        batch.begin = {records_given_, 0};
        while (!is_at_end() && batch.records.size() < limits.records_max) {
            if (item().kind == ScenarioItem::Kind::Advance ||
                (item().kind == ScenarioItem::Kind::Raw) != is_raw)
                break;
            give(batch);
        }
        batch.end = {records_given_, 0};
        return engine::TakeState::Taken;
    }

  private:
    [[nodiscard]] bool is_at_end() const { return script_.next == script_.items.size(); }
    [[nodiscard]] const ScenarioItem& item() const { return script_.items[script_.next]; }

    /// False while a leap of time still waits for the records before it.
    bool pass_time() {
        while (!is_at_end() && item().kind == ScenarioItem::Kind::Advance) {
            if (script_.records_committed < records_given_) return false;
            script_.clock.advance(item().advance);
            ++script_.next;
        }
        return true;
    }

    /// Of a format with a header the first raw record is that header, as in a file.
    Result<void> read_header() {
        if (raw_schema_ != nullptr || is_header_read_ || is_at_end() ||
            item().kind != ScenarioItem::Kind::Raw)
            return {};
        std::string header;
        if (script_.format.has_header()) header = script_.items[script_.next++].bytes;
        MESSINA_TRY(raw_schema_, script_.format.lane_schema(header));
        is_header_read_ = true;
        return {};
    }

    void give(Batch& batch) {
        Record& record = batch.records.emplace_back();
        record.raw = item().bytes;
        record.is_tombstone = item().kind == ScenarioItem::Kind::Tombstone;
        record.position = {records_given_, 0};
        record.timestamp_us =
            script_.clock.now().time_since_epoch().count() / 1000 + records_given_;
        ++records_given_;
        ++script_.next;
    }

    const std::string name_ = "scenario";
    Script& script_;
    int64_t records_given_ = 0;
    bool is_header_read_ = false;
    LaneSchemaRef raw_schema_;
    LaneSchemaRef json_schema_ = std::make_shared<JsonRecords>();
};

class ScenarioSource final : public engine::Source {
  public:
    explicit ScenarioSource(Script script) : script_(std::move(script)) {}
    Result<void> open() override { return {}; }
    Result<std::unique_ptr<engine::LaneReader>> next_lane() override {
        if (std::exchange(is_given_, true)) return nullptr;
        return std::make_unique<ScenarioLane>(script_);
    }
    [[nodiscard]] bool is_finished() const override { return is_given_; }
    Result<void> commit(std::span<const engine::LanePosition> positions) override {
        for (const engine::LanePosition& position : positions)
            script_.records_committed = position.position.major;
        return {};
    }

  private:
    Script script_;
    bool is_given_ = false;
};

class ScenarioSourcePlan final : public endpoint::SourcePlan {
  public:
    ScenarioSourcePlan(std::unique_ptr<endpoint::SourcePlan> original,
                       std::vector<ScenarioItem> items, VirtualClock& clock)
        : original_(std::move(original)),
          format_(original_->format()),
          items_(std::move(items)),
          clock_(clock) {}
    [[nodiscard]] const endpoint::Format& format() const override { return format_; }
    [[nodiscard]] Result<TypeRef> event_type() const override { return original_->event_type(); }
    Result<std::unique_ptr<engine::Source>> make() const override {
        return std::make_unique<ScenarioSource>(Script{original_->format(), items_, clock_});
    }
    [[nodiscard]] std::string describe() const override { return "records of a scenario"; }

  private:
    std::unique_ptr<endpoint::SourcePlan> original_;
    EitherFormat format_;
    std::vector<ScenarioItem> items_;
    VirtualClock& clock_;
};

}  // namespace

std::unique_ptr<endpoint::SourcePlan> make_scenario_source(
    std::unique_ptr<endpoint::SourcePlan> original, std::vector<ScenarioItem> items,
    VirtualClock& clock) {
    return std::make_unique<ScenarioSourcePlan>(std::move(original), std::move(items), clock);
}

}  // namespace messina::pipeline
