// stdout sink: records to standard output, for pipes and terminals. discard sink: counts and
// forgets, for measuring.
#include <unistd.h>

#include "endpoint/endpoint.h"
#include "endpoint/stream_sink.h"

namespace messina::endpoint {
namespace {

const config::Section kStdout = {
    .name = "stdout",
    .summary = "Writes records to standard output.",
    .options = {{.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records."}},
    .example = "stdout: { format: json }",
};
const config::Section kDiscard = {
    .name = "discard",
    .summary = "Encodes records and forgets them: for measuring a pipeline.",
    .options = {{.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records."}},
    .example = "discard: {}",
};

class StdoutOutput final : public StreamOutput {
  public:
    Result<void> write(std::string_view records, std::span<const size_t>) override {
        const std::lock_guard lock(mutex_);
        Result<void> written = write_all(STDOUT_FILENO, records, "standard output");
        // A closed pipe cannot be mended: nobody reads any more.
        if (!written) written.error().error_class = ErrorClass::Fatal;
        return written;
    }
    Result<void> sync() override { return {}; }

  private:
    std::mutex mutex_;
};

class DiscardOutput final : public StreamOutput {
  public:
    Result<void> write(std::string_view, std::span<const size_t>) override { return {}; }
    Result<void> sync() override { return {}; }
};

template <class Output>
class PipeSinkPlan final : public SinkPlan {
  public:
    PipeSinkPlan(std::string name, FormatRef format, std::string pipeline)
        : name_(std::move(name)), format_(std::move(format)), pipeline_(std::move(pipeline)) {}
    [[nodiscard]] const Format* format() const override { return format_.get(); }
    Result<void> open(bool) override {
        output_ = std::make_shared<Output>();
        return {};
    }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output,
                                               plan::StepSupport support) override {
        MESSINA_TRY(auto encoder, format_->make_encoder(output));
        observe::Counter& bytes = support.worker.metrics().counter(
            observe::kBytesOut, {{"pipeline", pipeline_}, {"sink", name_}});
        return std::make_unique<StreamSink>(name_, std::move(encoder), output_, bytes);
    }
    [[nodiscard]] std::string describe() const override { return format_->name() + " to " + name_; }

  private:
    std::string name_;
    FormatRef format_;
    std::string pipeline_;
    std::shared_ptr<Output> output_;
};

template <class Output>
Result<std::unique_ptr<SinkPlan>> build(std::string name, const config::Options& options,
                                        plan::BuildContext&, const PipelineFacts& facts) {
    MESSINA_TRY(FormatRef format, make_format(options.get_nested("format")));
    return std::make_unique<PipeSinkPlan<Output>>(std::move(name), std::move(format), facts.name);
}

}  // namespace

const SinkKind kStdoutSink = {&kStdout, build<StdoutOutput>};
const SinkKind kDiscardSink = {&kDiscard, build<DiscardOutput>};

}  // namespace messina::endpoint
