#include "pipeline/pipeline.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "endpoint/kafka_options.h"
#include "pipeline/catalog.h"
#include "pipeline/decode_step.h"

namespace messina::pipeline {
namespace {

engine::PipelineOptions read_engine_options(const config::Options& options) {
    engine::PipelineOptions result;
    result.name = options.get_text("pipeline");
    result.workers = options.has("workers") ? static_cast<size_t>(options.get_integer("workers"))
                                            : std::max(1u, std::thread::hardware_concurrency());
    result.checkpoint_interval = options.get_duration("checkpoint_interval");
    result.drain_timeout = options.get_duration("drain_timeout");
    if (options.has("limits")) {
        const config::Options& limits = options.get_nested("limits");
        result.limits.take = {static_cast<size_t>(limits.get_integer("batch_records")),
                              limits.get_size("batch_bytes")};
        result.limits.lane_batches_max = static_cast<size_t>(limits.get_integer("lane_batches"));
        result.limits.lane_bytes_max = limits.get_size("lane_bytes");
        result.limits.worker_lanes_max = static_cast<size_t>(limits.get_integer("worker_lanes"));
    }
    if (options.has("retry")) {
        const config::Options& retry = options.get_nested("retry");
        result.retry.backoff = {retry.get_duration("first"), retry.get_duration("max")};
        result.retry.tries_max = static_cast<int>(retry.get_integer("tries"));
    }
    return result;
}

template <class Kinds>
const auto& kind_named(const Kinds& kinds, std::string_view name) {
    return **std::ranges::find_if(kinds,
                                  [&](const auto* kind) { return kind->section->name == name; });
}

/// Rows for which `when` holds.
class WhenSelector final : public engine::RowSelector {
  public:
    WhenSelector(const cel::Program& when, const std::string& text, const std::string& sink)
        : when_(when), text_(text), sink_(sink) {}
    void select(Batch& batch, std::vector<RowIndex>& rows) override {
        for (const RowIndex row : batch.live()) {
            const Value verdict = plan::evaluate(when_, batch, row);
            if (verdict.is(Kind::Bool)) {
                if (verdict.as_bool()) rows.push_back(row);
            } else if (!verdict.is_absent()) {
                batch.fail_row(row, sink_, plan::expression_error(verdict, text_));
            }
        }
    }

  private:
    const cel::Program& when_;
    const std::string& text_;
    const std::string& sink_;
};

}  // namespace

Result<std::unique_ptr<Pipeline>> Pipeline::build(const config::Options& options,
                                                  plan::Stores& stores,
                                                  endpoint::PipelineFacts facts) {
    auto pipeline = std::make_unique<Pipeline>();
    pipeline->options_ = read_engine_options(options);
    facts.name = pipeline->options_.name;
    facts.kafka = std::make_shared<endpoint::KafkaFacts>(facts.name);
    pipeline->facts_ = std::move(facts);
    const config::Options& source = options.get_nested("source");
    MESSINA_TRY(pipeline->source_plan_,
                kind_named(source_kinds(), source.section().name).build(source, pipeline->facts_));
    Result<TypeRef> event_type = pipeline->source_plan_->event_type();
    if (!event_type)
        return fail(config::error_at(source.mark(), event_type.error().code,
                                     event_type.error().message, event_type.error().hint));
    pipeline->context_ = std::make_unique<plan::BuildContext>(stores, *event_type);
    MESSINA_TRY_VOID(pipeline->build_steps(options));
    pipeline->is_exactly_once_ = options.get_text("delivery") == "exactly_once";
    pipeline->facts_.kafka->is_exactly_once = pipeline->is_exactly_once_;
    MESSINA_TRY_VOID(pipeline->build_sinks(options));
    MESSINA_TRY_VOID(pipeline->check_exactly_once(options));
    pipeline->plan_projection();
    return pipeline;
}

Result<void> Pipeline::build_steps(const config::Options& options) {
    if (!options.has("steps")) return {};
    size_t number = 0;
    for (const config::Options& entry : options.get_nested_list("steps")) {
        const std::string& kind = entry.section().name;
        std::string name = fmt::format("{}#{}", kind, ++number);
        MESSINA_TRY(auto plan, kind_named(step_kinds(), kind).build(name, entry, *context_));
        steps_.push_back({std::move(name), std::move(plan)});
    }
    return {};
}

Result<void> Pipeline::build_sinks(const config::Options& options) {
    for (const config::Options& entry : options.get_nested_list("sinks")) {
        const endpoint::SinkKind* chosen = nullptr;
        for (const endpoint::SinkKind* kind : sink_kinds()) {
            if (!entry.is_given(kind->section->name)) continue;
            if (chosen != nullptr)
                return fail(
                    config::error_at(entry.mark_of(kind->section->name), "pipeline.two_sinks",
                                     fmt::format("one entry names two sinks, '{}' and '{}'",
                                                 chosen->section->name, kind->section->name),
                                     "begin each sink with a dash of its own"));
            chosen = kind;
        }
        if (chosen == nullptr)
            return fail(config::error_at(entry.mark(), "pipeline.no_sink",
                                         "this entry names no sink",
                                         "`messina list sinks` names them"));
        Sink sink;
        sink.name = entry.has("name")
                        ? entry.get_text("name")
                        : fmt::format("{}#{}", chosen->section->name, sinks_.size() + 1);
        if (entry.has("when")) {
            const config::ExpressionText when = entry.get_expression("when");
            MESSINA_TRY(sink.when, context_->compile(when));
            sink.when_text = when.text;
        }
        MESSINA_TRY(sink.plan, chosen->build(sink.name, entry.get_nested(chosen->section->name),
                                             *context_, facts_));
        sinks_.push_back(std::move(sink));
    }
    if (options.has("dead_letter")) {
        const config::Options& dead_letter = options.get_nested("dead_letter");
        MESSINA_TRY(dead_letters_, kind_named(sink_kinds(), dead_letter.section().name)
                                       .build("dead_letter", dead_letter, *context_, facts_));
    }
    return {};
}

/// Only what Kafka's transactions cover, or what can be written again without a trace.
Result<void> Pipeline::check_exactly_once(const config::Options& options) const {
    if (!is_exactly_once_) return {};
    const auto refuse = [&](const std::string& what) {
        return fail(config::error_at(options.mark_of("delivery"), "pipeline.exactly_once",
                                     what + " cannot take part in exactly_once",
                                     "it holds from a kafka source to kafka sinks and tables; say "
                                     "`delivery: at_least_once` otherwise"));
    };
    if (facts_.kafka->source_client.brokers.empty())
        return refuse("the source " + source_plan_->describe());
    for (const Step& step : steps_)
        if (!step.plan->keeps_exactly_once()) return refuse("the step " + step.name);
    for (const Sink& sink : sinks_)
        if (!sink.plan->keeps_exactly_once()) return refuse("the sink " + sink.name);
    if (dead_letters_ != nullptr && !dead_letters_->keeps_exactly_once())
        return refuse("`dead_letter`");
    return {};
}

/// Every expression is compiled: says what the decoder must fill, and where the encoders find it.
void Pipeline::plan_projection() {
    SlotLayout& layout = context_->layout();
    std::vector<Edit> edits = context_->edits();
    const bool has_splice = std::ranges::any_of(sinks_, [this](const Sink& sink) {
        return sink.plan->format() != nullptr &&
               sink.plan->format()->can_splice(source_plan_->format());
    });
    if (has_splice)
        for (SiteIndex site = 0; site < edits.size(); ++site) edits[site].site = site;
    projection_.site_count = has_splice ? static_cast<uint32_t>(edits.size()) : 0;

    SlotIndex root = kNoSlot;
    for (Sink& sink : sinks_) {
        const endpoint::Format* format = sink.plan->format();
        if (format == nullptr) continue;
        sink.output.can_splice = format->can_splice(source_plan_->format());
        sink.output.edits = edits;
        for (const Edit& edit : edits)
            sink.output.edit_types.push_back(context_->type_of_edit(edit.path));
        sink.output.terminator = format->terminator();
        // A slot of its own: expressions see `event` with the changes made so far, encoders begin
        // with the input.
        if (!sink.output.can_splice && root == kNoSlot) root = layout.anonymous();
        if (!sink.output.can_splice) sink.output.root_slot = root;
    }
    if (root != kNoSlot) projection_.fields.push_back({{}, root, kNoSite});

    for (const SlotIndex slot : layout.slots_of("event"))
        if (context_->is_read(slot))
            projection_.fields.push_back({layout.slot(slot).path, slot, kNoSite});
    if (!has_splice) return;
    for (const Edit& edit : edits) {
        const auto same = std::ranges::find_if(
            projection_.fields,
            [&](const ProjectionField& field) { return field.path == edit.path; });
        if (same != projection_.fields.end()) {
            same->site = edit.site;
        } else {
            projection_.fields.push_back({edit.path, kNoSlot, edit.site});
        }
    }
}

Result<void> Pipeline::prepare() {
    if (source_ != nullptr) return {};
    MESSINA_TRY(source_, source_plan_->make());
    return {};
}

void Pipeline::log_to(observe::Log* log) {
    options_.log = log;
    registry_log_.reset();
    if (log != nullptr)
        registry_log_ =
            std::make_unique<endpoint::RegistryLog>(facts_.kafka->registries, *log, options_.name);
}

Result<engine::Graph> Pipeline::make_graph(engine::WorkerContext& worker) {
    const plan::StepSupport support{worker, options_.name};
    if (!is_opened_) {
        for (Sink& sink : sinks_) MESSINA_TRY_VOID(sink.plan->open(source_->is_resumed()));
        if (dead_letters_ != nullptr) MESSINA_TRY_VOID(dead_letters_->open(source_->is_resumed()));
        is_opened_ = true;
    }
    engine::Graph graph;
    graph.slot_count = context_->layout().size();
    graph.site_count = projection_.site_count;
    MESSINA_TRY(auto decoder, source_plan_->format().make_decoder(projection_));
    std::unique_ptr<codec::Decoder> key_decoder;
    if (const Projection keys = key_projection(context_->layout()); !keys.fields.empty()) {
        MESSINA_TRY(key_decoder, source_plan_->make_key_decoder(keys));
    }
    graph.steps.push_back(
        make_decode_step(std::move(decoder), std::move(key_decoder), context_->layout(), worker));
    for (const Step& step : steps_) {
        MESSINA_TRY(auto made, step.plan->make(support));
        graph.steps.push_back(std::move(made));
    }
    for (Sink& sink : sinks_) {
        engine::Output output;
        if (sink.when != nullptr)
            output.selector = std::make_unique<WhenSelector>(*sink.when, sink.when_text, sink.name);
        MESSINA_TRY(output.sink, sink.plan->make(sink.output, support));
        graph.outputs.push_back(std::move(output));
    }
    if (dead_letters_ != nullptr) {
        codec::OutputPlan envelope;
        envelope.root_slot = 0;
        envelope.is_envelope = true;
        envelope.terminator = "\n";
        MESSINA_TRY(graph.dead_letters, dead_letters_->make(envelope, support));
    }
    if (is_exactly_once_) {
        MESSINA_TRY(graph.transaction, endpoint::transaction_of(*facts_.kafka, worker));
    }
    return graph;
}

size_t Pipeline::memory_bound_bytes() const {
    size_t bound = lanes_bytes_max();
    for (const Step& step : steps_) bound += options_.workers * step.plan->worker_bytes_max();
    return bound;
}

size_t Pipeline::lanes_bytes_max() const {
    return options_.workers * options_.limits.worker_lanes_max * options_.limits.lane_bytes_max;
}

}  // namespace messina::pipeline
