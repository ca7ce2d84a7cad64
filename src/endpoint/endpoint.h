// How sources and sinks come to be: an EndpointKind declares its YAML key and options and builds a
// plan, once for a pipeline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/key.h"
#include "config/option.h"
#include "endpoint/format.h"
#include "engine/sink.h"
#include "engine/source.h"
#include "engine/worker_context.h"
#include "plan/step_plan.h"

namespace messina::endpoint {

struct KafkaFacts;

/// What every endpoint may know of the pipeline it belongs to.
struct PipelineFacts {
    std::string name;
    std::string state_directory;  // empty: none, nothing is remembered
    Clock* clock = nullptr;
    /// What the pipeline's source and sinks have in common in Kafka; filled by the source.
    std::shared_ptr<KafkaFacts> kafka = {};
};

class SourcePlan {
  public:
    virtual ~SourcePlan() = default;
    [[nodiscard]] virtual const Format& format() const = 0;
    /// Fills `meta.key`; bytes as they are unless the source has keys of another form.
    virtual Result<std::unique_ptr<codec::Decoder>> make_key_decoder(
        const Projection& projection) const {
        return codec::make_key_decoder(projection, codec::KeyForm::Bytes);
    }
    /// What is known of the records; may look at the first file.
    [[nodiscard]] virtual Result<TypeRef> event_type() const = 0;
    virtual Result<std::unique_ptr<engine::Source>> make() const = 0;
    [[nodiscard]] virtual std::string describe() const = 0;
};

struct SourceKind {
    const config::Section* section;
    Result<std::unique_ptr<SourcePlan>> (*build)(const config::Options& options,
                                                 const PipelineFacts& facts);
};

class SinkPlan {
  public:
    virtual ~SinkPlan() = default;
    /// The output format; null for sinks that write slots (tables).
    [[nodiscard]] virtual const Format* format() const = 0;
    /// Opens what all workers share; called once before make(). `is_resumed`: the source goes on
    /// from a committed position.
    virtual Result<void> open(bool is_resumed) = 0;
    virtual Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output,
                                                       plan::StepSupport support) = 0;
    /// Whether a replay leaves nothing twice: it takes part in transactions, or writes the same
    /// again.
    [[nodiscard]] virtual bool keeps_exactly_once() const { return false; }
    [[nodiscard]] virtual std::string describe() const = 0;
};

struct SinkKind {
    const config::Section* section;
    Result<std::unique_ptr<SinkPlan>> (*build)(std::string name, const config::Options& options,
                                               plan::BuildContext& context,
                                               const PipelineFacts& facts);
};

extern const SourceKind kFileSource;
extern const SourceKind kStdinSource;
extern const SourceKind kGenerateSource;
extern const SourceKind kKafkaSource;
extern const SinkKind kFileSink;
extern const SinkKind kStdoutSink;
extern const SinkKind kDiscardSink;
extern const SinkKind kKafkaSink;
extern const SinkKind kTableSink;

}  // namespace messina::endpoint
