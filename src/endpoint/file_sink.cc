// file sink: appends records to one file.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/failpoint.h"
#include "endpoint/endpoint.h"
#include "endpoint/stream_sink.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "file",
    .summary = "Writes records to a file.",
    .options =
        {{.name = "path", .type = config::text(), .is_required = true, .doc = "The file; its folder is created when missing.", .example = "out/enriched.jsonl"},
         {.name = "format", .type = config::one_of(format_sections()), .fallback = "json", .doc = "Format of the records."},
         {.name = "mode",
          .type = config::choice({"append", "replace"}),
          .fallback = "append",
          .doc = "What to do with a file that is there: add to it, or begin anew. A run that goes on from a checkpoint always adds."},
         {.name = "sync",
          .type = config::choice({"process", "machine"}),
          .fallback = "process",
          .doc = "When a record counts as durable: when the kernel has it (survives kill -9), or when it is on disk (survives loss of power; slower)."}},
    .details = "At least once: after a crash the records since the last checkpoint are written again. A half-written last line is cut off at start.",
    .example = "file: { path: out/enriched.jsonl }",
};

/// Cuts a record that a crash left half-written off the end of the file. Returns the length that remains.
Result<off_t> cut_torn_end(int fd, const std::string& path) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return fail(system_error("look at", path));
    off_t end = status.st_size;
    char block[4096];
    while (end > 0) {
        const auto want = static_cast<size_t>(std::min<off_t>(end, sizeof block));
        const ssize_t got = ::pread(fd, block, want, end - static_cast<off_t>(want));
        if (got < 0) return fail(system_error("read", path));
        const size_t at = std::string_view(block, static_cast<size_t>(got)).rfind('\n');
        if (at != std::string_view::npos) {
            end = end - static_cast<off_t>(want) + static_cast<off_t>(at) + 1;
            break;
        }
        end -= static_cast<off_t>(want);
    }
    if (end != status.st_size && ::ftruncate(fd, end) != 0) return fail(system_error("cut", path));
    return end;
}

class FileOutput final : public StreamOutput {
  public:
    static Result<std::shared_ptr<FileOutput>> open(const std::string& path, bool is_replaced, bool is_synced) {
        const std::filesystem::path parent = std::filesystem::path(path).parent_path();
        std::error_code error;
        if (!parent.empty()) std::filesystem::create_directories(parent, error);
        if (error) return fail(ErrorClass::Misconfigured, "file.io", fmt::format("cannot create {}: {}", parent.string(), error.message()));
        MESSINA_TRY(FileDescriptor file, open_file(path, O_RDWR | O_CREAT | (is_replaced ? O_TRUNC : 0)));
        MESSINA_TRY(const off_t length, cut_torn_end(file.get(), path));
        return std::make_shared<FileOutput>(std::move(file), path, length, is_synced);
    }
    FileOutput(FileDescriptor file, std::string path, off_t length, bool is_synced)
        : file_(std::move(file)), path_(std::move(path)), length_(length), is_synced_(is_synced) {}

    Result<void> write(std::string_view records) override {
        const std::lock_guard lock(mutex_);
        if (failpoint("file_sink.before_write")) return fail(injected());
        if (::lseek(file_.get(), length_, SEEK_SET) < 0) return fail(system_error("write to", path_));
        // Two halves, so that the chaos run can end the process between them.
        const std::string_view half = records.substr(0, records.size() / 2);
        Result<void> written = write_all(file_.get(), half, path_);
        (void)failpoint("file_sink.torn_write");
        if (written) written = write_all(file_.get(), records.substr(half.size()), path_);
        if (!written) {
            // Part of it may be there: cut back, so that trying again does not leave half a record in the middle.
            if (::ftruncate(file_.get(), length_) != 0) return fail(system_error("cut", path_));
            return written;
        }
        length_ += static_cast<off_t>(records.size());
        if (failpoint("file_sink.after_write")) return fail(injected());
        return {};
    }
    Result<void> sync() override {
        if (is_synced_ && ::fdatasync(file_.get()) != 0) {
            // After a failed fsync nobody knows what is on disk; trying again would report success without it.
            Error error = system_error("sync", path_);
            error.error_class = ErrorClass::Fatal;
            return fail(std::move(error));
        }
        (void)failpoint("file_sink.after_sync");
        return {};
    }

  private:
    [[nodiscard]] Error injected() const {
        return Error{ErrorClass::Transient, "file.io", fmt::format("cannot write to {}: failpoint", path_)};
    }
    std::mutex mutex_;
    FileDescriptor file_;
    std::string path_;
    off_t length_;
    bool is_synced_;
};

class FileSinkPlan final : public SinkPlan {
  public:
    FileSinkPlan(std::string name, const config::Options& options, FormatRef format, std::string pipeline)
        : name_(std::move(name)),
          path_(options.get_text("path")),
          is_replaced_(options.get_text("mode") == "replace"),
          is_synced_(options.get_text("sync") == "machine"),
          format_(std::move(format)),
          pipeline_(std::move(pipeline)) {}

    [[nodiscard]] const Format* format() const override { return format_.get(); }
    Result<void> open(bool is_resumed) override {
        MESSINA_TRY(output_, FileOutput::open(path_, is_replaced_ && !is_resumed, is_synced_));
        return {};
    }
    Result<std::unique_ptr<engine::Sink>> make(const codec::OutputPlan& output, plan::StepSupport support) override {
        MESSINA_TRY(auto encoder, format_->make_encoder(output));
        observe::Counter& bytes = support.worker.metrics().counter(observe::kBytesOut, {{"pipeline", pipeline_}, {"sink", name_}});
        return std::make_unique<StreamSink>(name_, std::move(encoder), output_, bytes);
    }
    [[nodiscard]] std::string describe() const override { return fmt::format("{} to file {}", format_->name(), path_); }

  private:
    std::string name_;
    std::string path_;
    bool is_replaced_;
    bool is_synced_;
    FormatRef format_;
    std::string pipeline_;
    std::shared_ptr<FileOutput> output_;
};

Result<std::unique_ptr<SinkPlan>> build(std::string name, const config::Options& options, plan::BuildContext&,
                                        const PipelineFacts& facts) {
    MESSINA_TRY(FormatRef format, make_format(options.get_nested("format")));
    return std::make_unique<FileSinkPlan>(std::move(name), options, std::move(format), facts.name);
}

}  // namespace

const SinkKind kFileSink = {&kSection, build};

}  // namespace messina::endpoint
