// The part that file and stdout sinks share: encodes batches into one buffer, hands it to an output
// all workers share, and reports rows as done when the output says they are durable.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/file.h"
#include "codec/codec.h"
#include "engine/sink.h"
#include "observe/metrics.h"

namespace messina::endpoint {

/// Where encoded bytes go; shared by the workers' sinks. Thread-safe.
class StreamOutput {
  public:
    virtual ~StreamOutput() = default;
    /// What the encoders were made for; called once for each worker before the first batch.
    virtual void expect(const codec::OutputPlan&) {}
    /// Called before a batch is encoded: an output whose head depends on the records (a schema)
    /// writes it now.
    virtual Result<void> prepare(const Batch&) { return {}; }
    /// Writes whole records, all or nothing as far as the medium allows. `ends`: where each of them
    /// ends in `records`.
    virtual Result<void> write(std::string_view records, std::span<const size_t> ends) = 0;
    /// Makes what was written durable.
    virtual Result<void> sync() = 0;
};

class StreamSink final : public engine::Sink {
  public:
    StreamSink(std::string name, std::unique_ptr<codec::Encoder> encoder,
               std::shared_ptr<StreamOutput> output, observe::Counter& bytes_out);

    [[nodiscard]] const std::string& name() const override { return name_; }
    void write(Batch& batch, std::span<const RowIndex> rows, engine::Delivery& delivery) override;
    void flush() override;
    Result<void> close() override { return {}; }

  private:
    struct Pending {
        engine::Delivery* delivery;
        std::vector<RowIndex> rows;
    };
    /// Bytes that are gathered before they are handed on unasked.
    static constexpr size_t kBufferBytes = 256 * 1024;

    std::string name_;
    std::unique_ptr<codec::Encoder> encoder_;
    std::shared_ptr<StreamOutput> output_;
    observe::Counter& bytes_out_;
    Buffer buffer_;
    std::vector<size_t> ends_;
    std::vector<Pending> pending_;
};

}  // namespace messina::endpoint
