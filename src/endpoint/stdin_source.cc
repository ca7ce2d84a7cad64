// stdin source: records from standard input.
#include <optional>

#include <poll.h>
#include <unistd.h>

#include "endpoint/endpoint.h"

namespace messina::endpoint {
namespace {

const config::Section kSection = {
    .name = "stdin",
    .summary = "Reads records from standard input.",
    .options = {{.name = "format",
                 .type = config::one_of(format_sections()),
                 .fallback = "json",
                 .doc = "Format of the records."},
                {.name = "record_max",
                 .type = config::size(1024, 1ull << 30),
                 .fallback = "16MiB",
                 .doc = "Largest record; a larger one goes to the dead letters."}},
    .details = "Nothing is remembered: a restart reads what standard input gives then.",
    .example = "stdin: { format: json }",
};

/// Gives what is there and never waits: a worker has other lanes, timers and a stop to hear of.
class PolledStream final : public ByteStream {
  public:
    explicit PolledStream(int fd)
        : fd_(fd), stream_(make_byte_stream(FileDescriptor(::dup(fd)), "standard input")) {}
    Result<size_t> read(char* to, size_t bytes_max) override {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 0) == 0) return size_t{0};
        MESSINA_TRY(const size_t got, stream_->read(to, bytes_max));
        is_open_ = got > 0;
        return got;
    }
    [[nodiscard]] bool is_open_ended() const override { return is_open_; }

  private:
    int fd_;
    std::unique_ptr<ByteStream> stream_;
    bool is_open_ = true;
};

class StdinLane final : public engine::LaneReader {
  public:
    StdinLane(const Format& format, size_t record_bytes_max, Clock& clock) : format_(format) {
        RecordReaderOptions options;
        options.splitter = format.splitter();
        options.record_bytes_max = record_bytes_max;
        options.timestamp_base_us = clock.now().time_since_epoch().count() / 1000;
        reader_.emplace(std::make_unique<PolledStream>(STDIN_FILENO), 0, options);
    }
    [[nodiscard]] const std::string& name() const override { return name_; }

    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        if (needs_header_) {
            std::string header;
            if (format_.has_header()) {
                MESSINA_TRY(header, reader_->take_header());
                if (header.empty())
                    return reader_->is_open_ended() ? engine::TakeState::Idle
                                                    : engine::TakeState::End;
            }
            MESSINA_TRY(schema_, format_.lane_schema(header));
            needs_header_ = false;
        }
        batch.schema = schema_;
        return reader_->take(batch, limits);
    }

  private:
    const std::string name_ = "stdin";
    const Format& format_;
    LaneSchemaRef schema_;
    bool needs_header_ = true;
    std::optional<RecordReader> reader_;
};

class StdinSource final : public engine::Source {
  public:
    StdinSource(const Format& format, size_t record_bytes_max, Clock& clock)
        : lane_(std::make_unique<StdinLane>(format, record_bytes_max, clock)) {}
    Result<void> open() override { return {}; }
    Result<std::unique_ptr<engine::LaneReader>> next_lane() override { return std::move(lane_); }
    [[nodiscard]] bool is_finished() const override { return lane_ == nullptr; }
    Result<void> commit(std::span<const engine::LanePosition>) override { return {}; }

  private:
    std::unique_ptr<engine::LaneReader> lane_;
};

class StdinSourcePlan final : public SourcePlan {
  public:
    StdinSourcePlan(FormatRef format, size_t record_bytes_max, Clock& clock)
        : format_(std::move(format)), record_bytes_max_(record_bytes_max), clock_(clock) {}
    [[nodiscard]] const Format& format() const override { return *format_; }
    [[nodiscard]] Result<TypeRef> event_type() const override { return format_->event_type({}); }
    Result<std::unique_ptr<engine::Source>> make() const override {
        return std::make_unique<StdinSource>(*format_, record_bytes_max_, clock_);
    }
    [[nodiscard]] std::string describe() const override {
        return format_->name() + " from standard input";
    }

  private:
    FormatRef format_;
    size_t record_bytes_max_;
    Clock& clock_;
};

Result<std::unique_ptr<SourcePlan>> build(const config::Options& options,
                                          const PipelineFacts& facts) {
    MESSINA_TRY(FormatRef format, make_format(options.get_nested("format")));
    return std::make_unique<StdinSourcePlan>(std::move(format), options.get_size("record_max"),
                                             *facts.clock);
}

}  // namespace

const SourceKind kStdinSource = {&kSection, build};

}  // namespace messina::endpoint
