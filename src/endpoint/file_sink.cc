// file sink: appends records to one file.
#include <fmt/core.h>

#include "endpoint/append_file.h"
#include "endpoint/avro_output.h"
#include "endpoint/endpoint.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "file",
    .summary = "Writes records to a file.",
    .options = {{.name = "path",
                 .type = config::text(),
                 .is_required = true,
                 .doc = "The file; its folder is created when missing.",
                 .example = "out/enriched.jsonl"},
                {.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records."},
                {.name = "mode",
                 .type = config::choice({"append", "replace"}),
                 .fallback = "append",
                 .doc = "What to do with a file that is there: add to it, or begin anew. A run "
                        "that goes on from a checkpoint always adds."},
                {.name = "sync",
                 .type = config::choice({"process", "machine"}),
                 .fallback = "process",
                 .doc = "When a record counts as durable: when the kernel has it (survives kill "
                        "-9), or when it is on disk (survives loss of power; slower)."}},
    .details =
        "At least once: after a crash the records since the last checkpoint are written again. A "
        "half-written last record is cut off at start.",
    .example = "file: { path: out/enriched.jsonl }",
};

class FileSinkPlan final : public SinkPlan {
  public:
    FileSinkPlan(std::string name, const config::Options& options, FormatRef format,
                 std::string pipeline)
        : name_(std::move(name)),
          path_(options.get_text("path")),
          is_replaced_(options.get_text("mode") == "replace"),
          is_synced_(options.get_text("sync") == "machine"),
          format_(std::move(format)),
          pipeline_(std::move(pipeline)) {}

    [[nodiscard]] const Format* format() const override { return format_.get(); }
    Result<void> open(bool is_resumed) override {
        AppendOptions options{path_, is_replaced_ && !is_resumed, is_synced_};
        if (format_->framing() == Framing::Container) {
            MESSINA_TRY(output_, open_avro_output(std::move(options), *format_));
        } else {
            MESSINA_TRY(output_, open_line_output(std::move(options)));
        }
        return {};
    }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output,
                                               plan::StepSupport support) override {
        MESSINA_TRY(auto encoder, format_->make_encoder(output));
        output_->expect(output);
        observe::Counter& bytes = support.worker.metrics().counter(
            observe::kBytesOut, {{"pipeline", pipeline_}, {"sink", name_}});
        return std::make_unique<StreamSink>(name_, std::move(encoder), output_, bytes);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("{} to file {}", format_->name(), path_);
    }

  private:
    std::string name_;
    std::string path_;
    bool is_replaced_;
    bool is_synced_;
    FormatRef format_;
    std::string pipeline_;
    std::shared_ptr<StreamOutput> output_;
};

Result<std::unique_ptr<SinkPlan>> build(std::string name, const config::Options& options,
                                        plan::BuildContext&, const PipelineFacts& facts) {
    MESSINA_TRY(FormatRef format, make_format(options.get_nested("format")));
    return std::make_unique<FileSinkPlan>(std::move(name), options, std::move(format), facts.name);
}

}  // namespace

const SinkKind kFileSink = {&kSection, build};

}  // namespace messina::endpoint
