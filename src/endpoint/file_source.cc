// file source: records of the files that match a pattern, each file a lane; goes on after the
// checkpoint.
#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include "endpoint/avro_format.h"
#include "endpoint/endpoint.h"
#include "engine/checkpoint.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "file",
    .summary = "Reads records from files.",
    .options = {{.name = "path",
                 .type = config::text_list(),
                 .is_required = true,
                 .doc = "Files to read; *, ? and [] match as in a shell.",
                 .example = "logs/*.jsonl.gz"},
                {.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records."},
                {.name = "compression",
                 .type = config::choice({"auto", "none", "gzip", "zstd"}),
                 .fallback = "auto",
                 .doc = "Compression of the files; auto looks at their first bytes."},
                {.name = "follow",
                 .type = config::boolean(),
                 .fallback = "false",
                 .doc = "Waits for more at the end of a file, and for new files that match; "
                        "without it the pipeline ends with the last file."},
                {.name = "record_max",
                 .type = config::size(1024, 1ull << 30),
                 .fallback = "16MiB",
                 .doc = "Largest record; a larger one goes to the dead letters."}},
    .details =
        "With `state:` set the position of each file is kept, and a restart goes on there. A "
        "record's timestamp is the time its "
        "file was last changed plus its byte offset in microseconds, so that of two writes to one "
        "row the later line wins.",
    .example = "file: { path: events/*.jsonl, format: json }",
};

struct FileSpec {
    std::vector<std::string> patterns;
    FormatRef format;
    Compression compression = Compression::Auto;
    bool is_followed = false;
    size_t record_bytes_max = 0;
    PipelineFacts facts;
};

std::vector<std::string> match(const std::vector<std::string>& patterns) {
    std::vector<std::string> paths;
    for (const std::string& pattern : patterns) {
        glob_t found{};
        if (::glob(pattern.c_str(), GLOB_BRACE | GLOB_TILDE, nullptr, &found) == 0)
            for (size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
        ::globfree(&found);
    }
    std::ranges::sort(paths);
    const auto repeated = std::ranges::unique(paths);
    paths.erase(repeated.begin(), repeated.end());
    return paths;
}

Result<struct stat> status_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return fail(system_error("look at", path));
    return status;
}

/// Opens a file at `position` with its header known.
class FileLane final : public engine::LaneReader {
  public:
    static Result<std::unique_ptr<FileLane>> open(const FileSpec& spec, const std::string& path,
                                                  Position position) {
        MESSINA_TRY(const struct stat status, status_of(path));
        RecordReaderOptions options;
        options.splitter = spec.format->splitter();
        options.record_bytes_max = spec.record_bytes_max;
        options.is_followed = spec.is_followed;
        options.timestamp_base_us =
            static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000'000 + status.st_mtim.tv_nsec / 1000;

        auto lane = std::make_unique<FileLane>(spec, path, std::move(options),
                                               static_cast<uint64_t>(position.major));
        MESSINA_TRY_VOID(lane->begin_at(lane->needs_header_ ? 0 : lane->begin_));
        if (!lane->needs_header_) {
            MESSINA_TRY(lane->schema_, spec.format->lane_schema({}));
        }
        return lane;
    }
    FileLane(const FileSpec& spec, std::string path, RecordReaderOptions options, uint64_t begin)
        : spec_(spec),
          path_(std::move(path)),
          options_(std::move(options)),
          begin_(begin),
          needs_header_(spec.format->has_header()) {}

    [[nodiscard]] const std::string& name() const override { return path_; }
    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        if (needs_header_) {
            MESSINA_TRY(const bool is_known, read_header());
            if (!is_known)
                return reader_->is_open_ended() ? engine::TakeState::Idle : engine::TakeState::End;
        }
        batch.schema = schema_;
        Result<engine::TakeState> state = reader_->take(batch, limits);
        if (!state) return fail(std::move(state.error()).at(path_));
        return state;
    }

  private:
    Result<void> begin_at(uint64_t position) {
        MESSINA_TRY(auto stream, open_byte_stream(path_, spec_.compression));
        if (Result<void> skipped = stream->skip(position); !skipped)
            return fail(std::move(skipped.error()).at(path_));
        reader_.emplace(std::move(stream), position, options_);
        return {};
    }
    /// Reads the header at the start of the file and goes to where records are wanted. False: it is
    /// not there yet.
    Result<bool> read_header() {
        Result<std::string> header = reader_->take_header();
        if (!header) return fail(std::move(header.error()).at(path_));
        if (header->empty()) return false;
        Result<LaneSchemaRef> schema = spec_.format->lane_schema(*header);
        if (!schema) return fail(std::move(schema.error()).at(path_));
        schema_ = std::move(*schema);
        if (begin_ > reader_->position()) MESSINA_TRY_VOID(begin_at(begin_));
        needs_header_ = false;
        return true;
    }

    const FileSpec& spec_;
    std::string path_;
    RecordReaderOptions options_;
    uint64_t begin_;
    bool needs_header_;
    LaneSchemaRef schema_;
    std::optional<RecordReader> reader_;
};

class FileSource final : public engine::Source {
  public:
    explicit FileSource(const FileSpec& spec) : spec_(spec) {}

    Result<void> open() override {
        if (!spec_.facts.state_directory.empty()) {
            MESSINA_TRY(
                engine::CheckpointFile file,
                engine::CheckpointFile::open(spec_.facts.state_directory, spec_.facts.name));
            checkpoint_.emplace(std::move(file));
        }
        find_files();
        if (waiting_.empty() && !spec_.is_followed)
            return fail(ErrorClass::Misconfigured, "file.no_match",
                        fmt::format("no file matches {}", fmt::join(spec_.patterns, ", ")),
                        "check `path:` of the source, seen from the folder messina runs in");
        return {};
    }

    Result<std::unique_ptr<engine::LaneReader>> next_lane() override {
        if (waiting_.empty() && spec_.is_followed && spec_.facts.clock->instant() >= next_scan_)
            find_files();
        if (waiting_.empty()) return nullptr;
        const std::string path = waiting_.front();
        waiting_.erase(waiting_.begin());
        if (spec_.format->framing() == Framing::Container)
            return open_avro_lane(path, committed_of(path), spec_.record_bytes_max);
        MESSINA_TRY(auto lane, FileLane::open(spec_, path, committed_of(path)));
        return std::unique_ptr<engine::LaneReader>(std::move(lane));
    }

    [[nodiscard]] bool is_finished() const override {
        return waiting_.empty() && !spec_.is_followed;
    }
    /// A followed file never ends: whoever waited for it would wait for ever.
    [[nodiscard]] bool can_wait() const override { return !spec_.is_followed; }
    Result<void> commit(std::span<const engine::LanePosition> positions) override {
        return checkpoint_ ? checkpoint_->save(positions) : Result<void>();
    }
    [[nodiscard]] bool is_resumed() const override {
        return checkpoint_ && !checkpoint_->positions().empty();
    }
    [[nodiscard]] engine::SourceSize size() const override {
        return {spec_.is_followed ? 0 : bytes_};
    }

  private:
    [[nodiscard]] Position committed_of(const std::string& path) const {
        if (!checkpoint_) return {};
        const auto found = checkpoint_->positions().find(path);
        return found == checkpoint_->positions().end() ? Position{} : found->second;
    }
    void find_files() {
        next_scan_ = spec_.facts.clock->instant() + std::chrono::seconds(1);
        for (const std::string& path : match(spec_.patterns)) {
            if (!known_.insert(path).second) continue;
            waiting_.push_back(path);
            if (const auto status = status_of(path);
                status && status->st_size > committed_of(path).major)
                bytes_ += static_cast<uint64_t>(status->st_size - committed_of(path).major);
        }
    }

    const FileSpec& spec_;
    std::optional<engine::CheckpointFile> checkpoint_;
    std::set<std::string> known_;
    std::vector<std::string> waiting_;
    Instant next_scan_{};
    uint64_t bytes_ = 0;
};

class FileSourcePlan final : public SourcePlan {
  public:
    explicit FileSourcePlan(FileSpec spec) : spec_(std::move(spec)) {}
    [[nodiscard]] const Format& format() const override { return *spec_.format; }
    [[nodiscard]] Result<TypeRef> event_type() const override {
        const bool looks_inside =
            spec_.format->has_header() || spec_.format->framing() == Framing::Container;
        const std::vector<std::string> paths =
            looks_inside ? match(spec_.patterns) : std::vector<std::string>{};
        if (paths.empty()) return spec_.format->event_type({});
        if (spec_.format->framing() == Framing::Container) return avro_file_type(paths.front());
        MESSINA_TRY(auto stream, open_byte_stream(paths.front(), spec_.compression));
        RecordReaderOptions options;
        options.splitter = spec_.format->splitter();
        RecordReader reader(std::move(stream), 0, options);
        MESSINA_TRY(const std::string header, reader.take_header());
        return spec_.format->event_type(header);
    }
    Result<std::unique_ptr<engine::Source>> make() const override {
        return std::make_unique<FileSource>(spec_);
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("{} files {}{}", spec_.format->name(), fmt::join(spec_.patterns, ", "),
                           spec_.is_followed ? ", followed" : "");
    }

  private:
    FileSpec spec_;
};

Result<std::unique_ptr<SourcePlan>> build(const config::Options& options,
                                          const PipelineFacts& facts) {
    FileSpec spec;
    spec.patterns = options.get_text_list("path");
    MESSINA_TRY(spec.format, make_format(options.get_nested("format")));
    const std::string& compression = options.get_text("compression");
    spec.compression = compression == "none"   ? Compression::None
                       : compression == "gzip" ? Compression::Gzip
                       : compression == "zstd" ? Compression::Zstd
                                               : Compression::Auto;
    spec.is_followed = options.get_boolean("follow");
    spec.record_bytes_max = options.get_size("record_max");
    spec.facts = facts;
    return std::make_unique<FileSourcePlan>(std::move(spec));
}

}  // namespace

const SourceKind kFileSource = {&kSection, build};

}  // namespace messina::endpoint
