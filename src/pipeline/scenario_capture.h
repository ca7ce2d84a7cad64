// The outputs of a pipeline under test: encoded as always, kept in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "endpoint/endpoint.h"
#include "endpoint/stream_sink.h"

namespace messina::pipeline {

/// What one output has written.
class Capture final : public endpoint::StreamOutput {
  public:
    explicit Capture(const endpoint::Format& format)
        : splitter_(format.splitter()), is_json_(format.name() == "json") {}
    Result<void> write(std::string_view records, std::span<const size_t>) override {
        const std::lock_guard lock(mutex_);
        text_ += records;
        return {};
    }
    Result<void> sync() override { return {}; }

    /// The records in order: values of a JSON output, lines of any other.
    [[nodiscard]] Result<std::vector<Value>> records(Arena& arena) const;

  private:
    endpoint::RecordSplitter splitter_;
    bool is_json_;
    mutable std::mutex mutex_;
    std::string text_;
};

/// Takes the place of `original`, which has a format, and writes to `capture`.
std::unique_ptr<endpoint::SinkPlan> make_capturing_sink(
    std::string name, std::string pipeline, std::unique_ptr<endpoint::SinkPlan> original,
    std::shared_ptr<Capture> capture);

}  // namespace messina::pipeline
